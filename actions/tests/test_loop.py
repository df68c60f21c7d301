"""The loop from losses to proof: exact figures, each with the list behind it."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions.loop import period_of
from actions.loop_picture import loop_of
from actions.models import Milestone
from failforward import testing
from failforward.desk import share_for

pytestmark = pytest.mark.django_db
TODAY = testing.TODAY
PERIOD = period_of(None, TODAY)
PROMISED = dt.date(2026, 10, 10)


@pytest.fixture
def cast():
    return testing.cast()


def counts(user, period=PERIOD) -> dict[str, int]:
    found = loop_of(user, period)
    return {bar.name: bar.count for bar in [*found.losses, *found.actions]}


def reviewed_loss(cast, finding, **fields):
    review = testing.review(cast, **{"state": "closed", "closed_at": testing.NOW} | fields)
    settled = {"category": "planning", "verdict": "systemic", "settled_at": testing.NOW, "readings": 1}
    testing.event(review, finding=finding, **settled)
    return review


def done(cast, finding, on: dt.date, promised: dt.date | None = PROMISED, state="claimed_done", **fields):
    action = testing.action(
        cast,
        state=state,
        done_criterion="Not seen.",
        claimed_done_at=dt.datetime.combine(on, dt.time(12), dt.UTC),
        **fields,
    )
    action.findings.add(finding)
    if promised:
        Milestone.objects.create(action=action, what="It is there", due_on=on, first_due_on=promised)
    return action


@pytest.fixture
def world(cast):
    """Seven losses: one never put up, one to choose, one waived, one under way, three reviewed, of which two showed a
    weakness. Of seven actions on it one is dropped, one is open, two were in time, one late, one had no day."""
    weakness = testing.finding(cast)
    testing.deal(cast)
    testing.review(cast, state="pending")
    testing.review(cast, state="waived", waived_because="Too small.")
    testing.review(cast, state="coding")
    one_off = testing.review(cast, state="closed", closed_at=testing.NOW)
    testing.event(one_off, category="planning", verdict="one_off", settled_at=testing.NOW)
    reviewed_loss(cast, weakness)
    reviewed_loss(cast, weakness)
    testing.action(cast, state="proposed").findings.add(weakness)
    testing.action(cast, state="dropped", dropped_because="Not worth it.").findings.add(weakness)
    done(cast, weakness, PROMISED)
    done(cast, weakness, dt.date(2026, 9, 1), state="effective")
    done(cast, weakness, dt.date(2026, 10, 11), state="effective")
    done(cast, weakness, PROMISED, promised=None)
    done(cast, testing.finding(cast), PROMISED)
    return weakness


EXPECTED = {
    "losses": 7,
    "chosen": 4,
    "reviewed": 3,
    "systemic": 2,
    "actions": 5,
    "on-time": 2,
    "proved": 2,
}


def test_each_step_is_counted_exactly(cast, world):
    assert counts(cast.manager) == EXPECTED
    assert counts(cast.admin) == EXPECTED


def test_what_did_not_come_so_far_is_told_beside_it(cast, world):
    found = loop_of(cast.manager, PERIOD)
    assert {bar.name: bar.notes for bar in [*found.losses, *found.actions]} == {
        "losses": (),
        "chosen": ("1 waits to be chosen", "1 is not to be reviewed", "1 was never put up"),
        "reviewed": ("1 is under way",),
        "systemic": ("1 had nothing but one-offs",),
        "actions": ("1 is not done yet",),
        "on-time": ("1 was done late", "for 1 no day was promised"),
        "proved": ("2 are not proved, or not yet",),
    }
    assert [(bar.share, bar.small) for bar in found.actions] == [
        ("", ""),
        ("50 % of done", "n = 4"),
        ("50 % of done", "n = 4"),
    ]


def test_what_is_not_stated_is_drawn(cast, world):
    bar = loop_of(cast.manager, PERIOD).actions[1]
    assert bar.rest == 1
    client = Client()
    client.force_login(cast.manager)
    page = client.get(reverse("loop")).content.decode()
    assert page.count('class="b0"') == 2


def test_every_figure_opens_the_list_behind_it(cast, world):
    client = Client()
    client.force_login(cast.manager)
    found = loop_of(cast.manager, period_of(None, timezone.localdate()))
    for bar in [*found.losses, *found.actions]:
        page = client.get(bar.url).context["page"]
        assert (bar.name, page.count) == (bar.name, EXPECTED[bar.name])
        assert page.chips
    assert client.get(found.actions[1].rest_url).context["page"].count == 1


def test_named_and_sealed_reviews_are_counted_for_nobody(cast, world):
    for visibility in ("named", "sealed"):
        hidden = testing.finding(cast)
        deal = testing.deal(cast, owner=cast.rep)
        reviewed_loss(cast, hidden, deal=deal, visibility=visibility, people=[cast.rep, cast.manager])
        done(cast, hidden, PROMISED)
    for who in (cast.manager, cast.admin):
        assert counts(who) == EXPECTED | {"losses": 9}
    client = Client()
    client.force_login(cast.manager)
    assert client.get(loop_of(cast.manager, PERIOD).losses[2].url).context["page"].count == 3


def test_who_reads_less_counts_less(cast, world):
    assert set(counts(cast.outsider).values()) == {0}
    own = counts(cast.rep)
    assert (own["losses"], own["systemic"]) == (7, 2)
    assert counts(cast.other_rep)["losses"] == 0


def test_only_losses_of_the_time_are_counted_and_what_came_of_them(cast, world):
    old = testing.deal(cast, lost_on=dt.date(2025, 12, 1), closed_on=dt.date(2025, 12, 1))
    weakness = testing.finding(cast)
    reviewed_loss(cast, weakness, deal=old)
    done(cast, weakness, PROMISED)
    year = period_of("year", TODAY)
    assert (year.since, PERIOD.since) == (dt.date(2026, 1, 1), dt.date(2025, 11, 25))
    assert counts(cast.manager, year) == EXPECTED
    more = counts(cast.manager)
    assert (more["losses"], more["systemic"], more["actions"], more["on-time"]) == (8, 3, 6, 3)


def test_moving_a_deadline_does_not_make_it_on_time(cast):
    weakness = testing.finding(cast)
    reviewed_loss(cast, weakness)
    action = done(cast, weakness, dt.date(2026, 10, 20))
    action.milestones.update(due_on=dt.date(2026, 10, 30))
    assert counts(cast.manager)["on-time"] == 0


def test_an_action_on_two_weaknesses_counts_once(cast, world):
    other = testing.finding(cast)
    reviewed_loss(cast, other)
    action = done(cast, world, PROMISED)
    action.findings.add(other)
    assert counts(cast.manager)["actions"] == EXPECTED["actions"] + 1


def test_a_team_without_losses_is_told_so(cast):
    client = Client()
    client.force_login(cast.manager)
    page = client.get(reverse("loop") + "?period=year").content.decode()
    assert "No loss in this time." in page
    assert client.get(reverse("loop") + "?period=%00<b>").status_code == 200


@pytest.mark.parametrize("who", ["manager", "admin"])
def test_the_first_figure_of_the_desk_says_the_same_and_leads_to_it(cast, world, who):
    today = timezone.localdate()
    kept = [testing.review(cast, state="closed", closed_at=testing.NOW, lost_on=today) for _number in range(2)]
    not_lost = testing.review(cast, state="closed", closed_at=testing.NOW, lost_on=today).deal
    type(not_lost).objects.filter(pk=not_lost.pk).update(outcome="open")
    user = getattr(cast, who)
    share, found = share_for(user, today), counts(user, period_of("90-days", today))
    assert (share.closed, share.chosen) == (found["reviewed"], found["chosen"])
    assert share.closed >= len(kept)
    client = Client()
    client.force_login(user)
    page = client.get("/").content.decode()
    assert f"{reverse('loop')}?period=90-days" in page
    assert f"{share.closed} of {share.chosen}<" in page


def test_as_many_questions_for_one_row_as_for_many(cast, django_assert_max_num_queries, django_assert_num_queries):
    client = Client()
    client.force_login(cast.manager)
    weakness = testing.finding(cast)
    reviewed_loss(cast, weakness)
    done(cast, weakness, PROMISED)
    with django_assert_max_num_queries(8) as asked:
        client.get(reverse("loop"))
    for _number in range(2):
        reviewed_loss(cast, weakness)
        done(cast, weakness, PROMISED)
    with django_assert_num_queries(len(asked)):
        page = client.get(reverse("loop"))
    assert len(page.content) < 60_000


def test_bad_steps_and_days_in_the_address_are_no_error(cast):
    client = Client()
    client.force_login(cast.manager)
    for name in ("review_list", "action_list", "deal_list"):
        for query in (
            "loop=%00",
            "loop=nothing&since=x",
            "outcome=losses&since=0001-01-01",
            "until=9999-12-31&loop=actions",
        ):
            assert client.get(f"{reverse(name)}?{query}").status_code == 200
