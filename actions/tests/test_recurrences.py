"""What counts as fixed and is seen again: proposed, decided by a person, told to whoever answers for the fix."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import recurrences
from actions.models import Recurrence
from actions.tasks import look_for_returns, mend_follow_ups
from actions.tests.histories import done
from actions.tests.test_checks import begun, refused
from failforward import testing
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY
from reviews import coding
from reviews.models import Finding, Review

pytestmark = pytest.mark.django_db
FIXED_ON = TODAY - dt.timedelta(days=220)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def finding(cast):
    return testing.finding(cast, title="Nobody rings the plant after the quote", state="being_fixed")


@pytest.fixture
def fix(cast, finding):
    """Proved 220 days ago, with one closed review behind the finding."""
    closed = testing.review(cast, state="closed", closed_at=NOW - dt.timedelta(days=300))
    testing.event(closed, finding=finding, verdict="systemic", category="planning", settled_at=NOW)
    action = done(cast, finding, days_ago=220)
    begun(cast, action).decide(cast.facilitator, "met", "Nobody waited", today=TODAY, now=NOW)
    action.refresh_from_db()
    assert (action.state, Finding.objects.get().fixed_on) == ("effective", FIXED_ON)
    return action


def as_(client, user):
    client.force_login(user)
    return client


def settled(cast, *said, **fields):
    """And looked at, as the queue does after the commit."""
    event = only_settled(cast, *said, **fields)
    look_for_returns(event.pk)
    return event


def only_settled(
    cast, what="Nobody rang the plant for eleven days.", verdict="systemic", category="planning", **fields
):
    review = testing.review(
        cast, people=(cast.manager, cast.rep), facilitator=cast.rep, state="coding", readers_per_event=1, **fields
    )
    event = testing.event(review, what=what, causal_role="caused")
    coding.submit(event, cast.manager, category, verdict, now=NOW)
    return event


def test_a_new_event_like_it_is_proposed_with_its_reasons(cast, fix, finding):
    event = settled(cast)
    again = Recurrence.objects.get()
    assert (again.event, again.finding, again.state) == (event, finding, "proposed")
    assert (again.same_category, again.because) == (True, "plant")


def test_it_is_looked_at_after_the_commit_and_twice_is_once(cast, fix, monkeypatch, django_capture_on_commit_callbacks):
    rung = []
    monkeypatch.setattr(recurrences.bell, "ring", lambda task, *args: rung.append((task, args)))
    with django_capture_on_commit_callbacks(execute=True):
        event = only_settled(cast)
        only_settled(cast, verdict="one_off")
        only_settled(cast, visibility="named")
        assert not Recurrence.objects.exists()
        assert rung == []
    assert rung == [(look_for_returns, (event.pk,))]
    for _ in range(2):
        look_for_returns(event.pk)
    assert Recurrence.objects.get().event == event


def test_what_the_queue_was_not_told_of_is_looked_at_within_a_day(cast, fix):
    event = only_settled(cast)
    mend_follow_ups((NOW + dt.timedelta(hours=25)).isoformat())
    assert not Recurrence.objects.exists()
    for hours in (1, 2):
        mend_follow_ups((NOW + dt.timedelta(hours=hours)).isoformat())
    assert Recurrence.objects.get().event == event


def test_those_settled_of_late_are_found_by_an_index(cast, fix):
    """However many were settled before: this is asked each hour."""
    testing.events_of_ten_years(Review.objects.get())
    with CaptureQueriesContext(connection) as asked:
        recurrences.look_at_missed(NOW)
    (query,) = asked.captured_queries
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {'' if connection.vendor == 'postgresql' else 'QUERY PLAN'} {query['sql']}")
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "events_by_settling" in plan, plan


def test_what_was_settled_otherwise_meanwhile_or_is_gone_is_not_proposed(cast, fix):
    event = only_settled(cast)
    type(event).objects.filter(pk=event.pk).update(verdict="one_off")
    look_for_returns(event.pk)
    look_for_returns(0)
    assert not Recurrence.objects.exists()


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("The kiln was sized for malt only.", {}),
        ("Nobody rang the plant for eleven days.", {"verdict": "one_off"}),
        ("The plant had it.", {"category": "budget"}),
        ("Nobody rang the plant for eleven days.", {"visibility": "named"}),
        ("Nobody rang the plant for eleven days.", {"lost_on": FIXED_ON - dt.timedelta(days=1)}),
    ],
    ids=["other words", "one-off", "other category", "named review", "lost before the fix"],
)
def test_what_is_not_like_it_is_not(cast, fix, what, fields):
    if "lost_on" in fields:
        fields = {"deal": testing.deal(cast, lost_on=fields["lost_on"])}
    settled(cast, what, **fields)
    assert not Recurrence.objects.exists()


def test_another_teams_fix_is_not_looked_at(cast, fix, finding):
    Finding.objects.update(team=cast.south)
    settled(cast)
    assert not Recurrence.objects.exists()


def test_what_somebody_puts_into_a_fixed_finding_is_asked_about(cast, fix, finding):
    event = settled(cast, "The kiln was sized for malt only.")
    finding.refresh_from_db()
    finding.take(event, cast.manager)
    assert Recurrence.objects.get().because == ""


def test_accepting_reopens_finding_and_last_review_marks_the_fix_and_tells(cast, fix, finding):
    event = settled(cast)
    again = Recurrence.objects.get()
    again.accept(cast.manager, now=NOW)
    again.accept(cast.manager, now=NOW)
    for thing in (fix, finding, event):
        thing.refresh_from_db()
    assert (finding.state, event.finding) == ("reopened", finding)
    assert (fix.state, fix.recurred_on, fix.came_back_after) == ("recurred", event.review.lost_on, "7 months")
    assert finding.events.exclude(pk=event.pk).get().review.state == "reopened"
    assert not fix.checks.filter(on_watch=True).exists()
    told = Mail.objects.filter(kind="came_back").values_list("recipient__name", flat=True)
    assert sorted(told) == ["Jonas Weil", "Sofia Berg"]


def test_a_check_under_way_ends_when_it_comes_back(cast, fix, finding):
    begun_again = fix.plan_check(cast.list_owner, today=TODAY, checker=cast.facilitator, after_days=1)
    begun_again.begin(cast.facilitator, today=TODAY + dt.timedelta(days=1))
    settled(cast)
    Recurrence.objects.get().accept(cast.manager, now=NOW)
    fix.refresh_from_db()
    begun_again.refresh_from_db()
    assert (fix.state, begun_again.state) == ("recurred", "retired")


def test_a_loss_that_was_moved_before_the_fix_says_nothing_about_it(cast, fix, finding, client):
    again = Recurrence.objects.get(event=settled(cast))
    before = FIXED_ON - dt.timedelta(days=9)
    again.event.review.deal.change(cast.manager, today=TODAY, lost_on=before, reason="Their letter.")
    again.refresh_from_db()
    assert not Recurrence.objects.waiting_for(cast.manager).exists()
    assert "lost before the fix" in refused(again.accept, cast.manager, now=NOW)
    client.force_login(cast.manager)
    page = client.get(again.get_absolute_url()).content.decode()
    assert "lies before the fix now" in page
    assert reverse("recurrence_verb", args=[again.pk, "accept"]) not in page
    again.reject(cast.manager, "It was lost before", now=NOW)


def test_what_came_back_never_did_so_before_the_fix(cast, fix, finding):
    """As it was kept until a loss that was moved could not be accepted any more."""
    fix.state, fix.recurred_on = "recurred", FIXED_ON - dt.timedelta(days=9)
    assert fix.came_back_after == "0 days"


def test_the_review_says_at_the_event_what_it_looks_like(cast, fix, finding, client):
    again = Recurrence.objects.get(event=settled(cast))
    review, link = again.event.review, f'href="{again.get_absolute_url()}"'
    client.force_login(cast.rep)
    page = client.get(f"{review.get_absolute_url()}?event={again.event_id}").content.decode()
    card = page[page.index(f'id="event-{again.event_id}"') : page.index('name="version"')]
    assert "Looks like “Nobody rings the plant after the quote”, which counts as fixed" in card
    assert page.count(link) == 2
    assert client.get(review.get_absolute_url()).content.decode().count(link) >= 1
    again.reject(cast.rep, "Their phone was dead", now=NOW)
    assert link not in client.get(review.get_absolute_url()).content.decode()


def test_the_review_does_not_name_a_finding_that_its_reader_may_not_see(cast, fix, finding, client):
    again = Recurrence.objects.get(event=settled(cast))
    Finding.objects.filter(pk=finding.pk).update(team=cast.south)
    client.force_login(cast.rep)
    assert finding.title not in client.get(again.event.review.get_absolute_url()).content.decode()


def test_rejecting_needs_a_reason_and_is_not_asked_again(cast, fix, finding):
    event = settled(cast)
    again = Recurrence.objects.get()
    assert "something else" in refused(again.reject, cast.manager, " ", now=NOW)
    again.reject(cast.manager, "Their phone was dead", now=NOW)
    coding.ask_again(event, cast.manager, "Look again", now=NOW)
    coding.settle(event, coding.Reading("planning", "systemic"), cast.manager, NOW)
    look_for_returns(event.pk)
    finding.refresh_from_db()
    assert (Recurrence.objects.get().state, finding.state) == ("rejected", "fixed")


def test_it_is_put_before_managers_and_whoever_facilitates(cast, fix, client):
    settled(cast)
    asked = {name for name, person in cast.people.items() if Recurrence.objects.waiting_for(person).exists()}
    assert asked == {"admin", "manager", "rep"}
    client.force_login(cast.rep)
    assert "Has it come back? “Nobody rings the plant" in client.get("/").content.decode()


def test_nobody_is_asked_about_what_they_do_not_read(cast, fix, client):
    event = settled(cast)
    review = event.review
    type(review).objects.filter(pk=review.pk).update(facilitator=cast.outsider, depth="full", state="gathering")
    for person in (cast.outsider, cast.manager):
        assert not Recurrence.objects.waiting_for(person).exists()
        client.force_login(person)
        assert "Has it come back?" not in client.get("/").content.decode()
        assert client.get(Recurrence.objects.get().get_absolute_url()).status_code == 404
    review.persons.filter(user=cast.manager).update(has_told=True)
    assert Recurrence.objects.waiting_for(cast.manager).exists()


def test_an_event_that_was_put_elsewhere_since_stays_there(cast, fix, finding, client):
    event = settled(cast)
    again, other = Recurrence.objects.get(), testing.finding(cast, title="Planned too late")
    other.take(event, cast.manager)
    client.force_login(cast.manager)
    page = client.get(again.get_absolute_url()).content.decode()
    assert "The event belongs to another finding now." in page
    assert "Planned too late" not in page
    assert reverse("recurrence_verb", args=[again.pk, "accept"]) not in page
    response = client.post(reverse("recurrence_verb", args=[again.pk, "accept"]), follow=True)
    assert "Take it out of that one first." in response.content.decode()
    for thing in (event, finding, again):
        thing.refresh_from_db()
    assert (event.finding, finding.state, again.state) == (other, "fixed", "proposed")


def test_a_finding_is_fixed_from_the_last_fix_on(cast, finding):
    late, early = done(cast, finding, days_ago=100), done(cast, finding, days_ago=160)
    for action in (late, early):
        begun(cast, action).decide(cast.facilitator, "met", "Nobody waited", today=TODAY, now=NOW)
    finding.refresh_from_db()
    assert (finding.state, finding.fixed_on) == ("fixed", TODAY - dt.timedelta(days=100))
    settled(cast, deal=testing.deal(cast, lost_on=TODAY - dt.timedelta(days=130)))
    assert not Recurrence.objects.exists()


def test_a_facilitator_says_so_by_the_page(cast, fix, finding, client):
    settled(cast)
    again = Recurrence.objects.get()
    client.force_login(cast.rep)
    page = client.get(again.get_absolute_url()).content.decode()
    assert "The same category, and both speak of <i>plant</i>." in page
    bad = client.post(reverse("recurrence_verb", args=[again.pk, "reject"]), {"reason": ""})
    assert bad.status_code == 400
    assert "Say why it is something else." in bad.content.decode()
    assert client.post(reverse("recurrence_verb", args=[again.pk, "accept"])).status_code == 302
    finding.refresh_from_db()
    assert finding.state == "reopened"
    client.force_login(cast.list_owner)
    page = client.get(fix.get_absolute_url()).content.decode()
    assert "It came back after 7 months" in page
    assert f"/actions/new/?finding={finding.pk}&amp;list={fix.action_list_id}" in page
    assert "Try something else" not in as_(client, cast.sponsor).get(fix.get_absolute_url()).content.decode()
    client.force_login(cast.list_owner)
    assert "It came back after 7 months" in client.get(finding.get_absolute_url()).content.decode()


def test_what_has_become_secret_is_asked_nobody(cast, fix, client):
    event = settled(cast)
    again = Recurrence.objects.get()
    type(event.review).objects.filter(pk=event.review_id).update(visibility="sealed")
    for person in cast.people.values():
        assert not Recurrence.objects.waiting_for(person).exists()
        client.force_login(person)
        assert client.get(again.get_absolute_url()).status_code == 404


def test_the_mail_names_the_fix_and_not_the_loss(cast, fix, finding):
    from failforward.outbox.rendering import prepare

    event = settled(cast, "Nobody rang the plant; Frau Ott was furious.")
    Recurrence.objects.get().accept(cast.manager, now=NOW)
    mail = Mail.objects.filter(kind="came_back", recipient=cast.sponsor).get()
    prepare(mail)
    said = bytes(mail.body).decode().replace("=\n", "").replace("\n", " ")
    assert "Subject: It came back: Nobody rings the plant after the quote" in said
    assert "It lasted 7 months." in said
    assert "Ott" not in said
    assert str(event.review.deal) not in said
