"""Somebody who keeps an eye on one commitment: asked first, then behind a link, until one of the two ends it."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.utils import timezone

from actions import answers, follow_ups
from actions.models import Commitment, Partner, PartnerNote, SilenceStep
from actions.rhythm import silence
from actions.tests.test_rhythm import at, cast, on_list, owned, promise, texts, tick  # noqa: F401
from failforward import testing
from failforward.accounts.models import User
from failforward.accounts.people import add_person
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.outbox.models import Mail
from failforward.outbox.run import run_due
from failforward.working_days import local_date

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return testing.cast()


def made(team, **fields) -> Commitment:
    now = timezone.now()
    due_on = local_date(now, "Europe/Berlin") + dt.timedelta(days=3)
    return Commitment.make(team.rep, team.rep, fields.pop("what", "Learn to say no"), due_on, now=now, **fields)


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(team, commitment: Commitment, **posted):
    return logged_in(team.rep).post(f"/commitments/{commitment.pk}/partner/", posted)


def link(kind: str = "partner_request", number: int = -1) -> str:
    run_due()
    return re.search(r"/p/[a-z2-7]{26}/", texts(kind)[number]).group()


def mails() -> list[tuple[str, str]]:
    rows = Mail.objects.filter(state="sent").order_by("pk")
    return [(row.kind, row.recipient.email) for row in rows]


def outside(team, **fields) -> tuple[Commitment, str]:
    commitment = made(team, private=True, **fields)
    assert ask(team, commitment, name="Pia Past", email="Pia@else.example").status_code == 302
    return commitment, link()


def test_one_mail_asks_somebody_outside_and_says_what_for(team):
    commitment, url = outside(team)
    assert mails() == [("partner_request", "pia@else.example")]
    text = texts("partner_request")[0]
    assert "Ines Duarte would like you to keep an eye on one thing" in text
    assert "Learn to say no" in text and f"{url}?a=yes" in text and f"{url}?a=no" in text
    assert commitment.partners.get().state == "asked"


def test_opening_the_link_changes_nothing(team):
    commitment, url = outside(team)
    before = Change.objects.count()
    for query in ("", "?a=yes", "?a=no"):
        page = Client().get(url + query)
        assert page.status_code == 200 and "Learn to say no" in page.content.decode()
        assert Client().head(url + query).status_code == 200
    assert (commitment.partners.get().state, Change.objects.count()) == ("asked", before)


def test_after_yes_the_link_shows_that_one_commitment_and_its_answers_only(team):
    commitment, url = outside(team)
    other = made(team, private=True, what="Something else entirely")
    answers.give(follow_ups.waiting_for(other), team.rep, "done", via="desk", now=timezone.now(), outcome="Elsewhere")
    given = {"outcome": "I said it twice", "next_what": "Say it to the board", "next_on": commitment.due_on}
    answers.give(follow_ups.waiting_for(commitment), team.rep, "done", via="desk", now=timezone.now(), **given)
    assert Client().post(url, {"answer": "yes"}).status_code == 302
    text = Client().get(url).content.decode()
    assert "Learn to say no" in text and "I said it twice" in text
    assert "Something else entirely" not in text and "Elsewhere" not in text and "Say it to the board" not in text
    assert "Seen by: Ines Duarte." in text
    run_due()
    assert ("news", "ines@tarnholm.example") in mails()


def test_nothing_but_the_request_goes_out_before_yes_and_nothing_after_no(team):
    commitment, url = outside(team)
    assert Client().post(url, {"answer": "no"}).status_code == 302
    page = Client().get(url)
    assert page.status_code == 410 and "Learn to say no" not in page.content.decode()
    assert Client().post(url, {"answer": "yes"}).status_code == 410
    assert commitment.partners.get().state == "declined"
    again = ask(team, commitment, name="Pia", email="pia@else.example")
    assert again.status_code == 400 and "is not asked twice" in again.content.decode()
    run_due()
    assert [one for one in mails() if one[1] == "pia@else.example"] == [("partner_request", "pia@else.example")]


def test_a_post_without_an_answer_or_with_a_wrong_one_changes_nothing(team):
    commitment, url = outside(team)
    assert [Client().post(url, data).status_code for data in ({}, {"answer": "maybe"}, {"text": "x"})] == [400] * 3
    assert commitment.partners.get().state == "asked" and not PartnerNote.objects.exists()


def test_a_note_is_the_partners_and_not_the_answer(team):
    commitment, url = outside(team)
    Client().post(url, {"answer": "yes"})
    for _ in range(2):
        assert Client().post(url, {"text": "How about Tuesday?"}).status_code == 302
    assert Client().post(url, {"text": "  "}).status_code == 400
    assert list(PartnerNote.objects.values_list("text", flat=True)) == ["How about Tuesday?"]
    commitment.refresh_from_db()
    assert commitment.state == "accepted" and not commitment.follow_ups.answered().exists()
    text = logged_in(team.rep).get(commitment.get_absolute_url()).content.decode()
    assert "How about Tuesday?" in text and "Pia Past" in text
    assert logged_in(team.admin).get(commitment.get_absolute_url()).status_code == 404


def test_notes_on_a_shared_commitment_are_read_by_who_reads_it(team):
    commitment = made(team, asked_by=team.manager)
    Partner.ask(commitment, team.rep, team.partner, timezone.now())
    url = link()
    Client().post(url, {"answer": "yes"})
    Client().post(url, {"text": "Ring them first."})
    text = logged_in(team.manager).get(commitment.get_absolute_url()).content.decode()
    assert "Ring them first." in text and "the partner for this" in text
    page = Client().get(url).content.decode()
    assert "Seen by: Ines Duarte, Mara Lindqvist and admins." in page


@pytest.mark.parametrize("who", ["person", "partner"])
def test_either_of_them_ends_it_at_once(team, who):
    commitment, url = outside(team)
    Client().post(url, {"answer": "yes"})
    if who == "person":
        assert logged_in(team.rep).post(f"/commitments/{commitment.pk}/partner/end/").status_code == 302
    else:
        assert Client().post(url, {"end": "1"}).status_code == 302
    page = Client().get(url)
    assert page.status_code == 410 and "Learn to say no" not in page.content.decode()
    assert Client().post(url, {"text": "Still here"}).status_code == 410
    assert not PartnerNote.objects.exists() and commitment.partners.get().state == "ended"
    # Who left is not asked again; whoever was sent away may be.
    again = ask(team, commitment, name="Pia", email="pia@else.example").status_code
    assert again == (302 if who == "person" else 400)


def test_a_request_taken_back_before_it_went_out_never_goes_out(team):
    commitment = made(team)
    Partner.ask(commitment, team.rep, team.partner, timezone.now()).end(team.rep, timezone.now())
    run_due()
    assert mails() == [] and Mail.objects.get(kind="partner_request").state == "withheld"


def test_who_may_be_asked_for_what(team):
    commitment = made(team)
    now = timezone.now()
    nameless = testing.person("Nobody Mailed", team.north, email=None)
    for by, person in ((team.manager, team.partner), (team.rep, team.rep), (team.rep, nameless)):
        with pytest.raises(Refused):
            Partner.ask(commitment, by, person, now)
    first = Partner.ask(commitment, team.rep, team.partner, now)
    assert Partner.ask(commitment, team.rep, team.partner, now) == first
    with pytest.raises(Refused, match="End that first"):
        Partner.ask(commitment, team.rep, team.support, now)
    commitment.drop(team.rep, "No longer")
    first.end(team.rep, now)
    with pytest.raises(Refused, match="settled"):
        Partner.ask(commitment, team.rep, team.support, now)


@pytest.mark.parametrize("visibility", ["named", "sealed"])
def test_a_closed_circle_lets_no_partner_in_and_shuts_out_who_was_there(team, visibility):
    review = testing.review(team, people=(team.rep, team.facilitator), facilitator=team.facilitator)
    commitment = made(team, review=review)
    Partner.ask(commitment, team.rep, team.partner, timezone.now())
    url = link()
    Client().post(url, {"answer": "yes"})
    review.visibility = visibility
    review.save(update_fields=["visibility"])
    page = Client().get(url)
    assert page.status_code == 410 and "Learn to say no" not in page.content.decode()
    other = made(team, review=review)
    assert ask(team, other, person=team.other_rep.pk).status_code == 400
    assert not other.partners.exists()


def test_the_form_keeps_what_was_typed_and_says_what_is_missing(team):
    commitment = made(team)
    for posted in ({}, {"email": "x@else.example"}, {"name": "Pia", "email": "nonsense"}, {"person": "999999"}):
        page = ask(team, commitment, **posted)
        assert page.status_code == 400
        assert all(value in page.content.decode() for name, value in posted.items() if name != "person")
    assert not Partner.objects.exists() and not User.objects.filter(outside=True).exists()


def test_somebody_outside_is_in_no_list_gets_no_password_and_can_come_in(team, mailoutbox):
    outside(team)
    pia = User.objects.get(email="pia@else.example")
    assert pia.outside and not pia.has_usable_password()
    admin = logged_in(team.admin)
    assert "Pia Past" not in admin.get("/people/").content.decode()
    assert "Pia Past" not in admin.get("/commitments/new/").content.decode()
    assert admin.get(f"/people/{pia.pk}/").status_code == 404
    mailoutbox.clear()
    for email in ("pia@else.example", team.rep.email):
        Client().post("/accounts/password/reset/", {"email": email})
    assert [mail.to for mail in mailoutbox] == [[team.rep.email]]
    added = add_person(team.admin, "Pia Pastor", "pia@else.example", team.north, "rep")
    assert added == pia and (added.name, added.outside) == ("Pia Pastor", False)
    assert "Pia Pastor" in admin.get("/people/").content.decode()


def test_silence_reaches_the_partner_before_the_list_owner(cast, owned):  # noqa: F811
    commitment = on_list(cast, owned)
    Partner.ask(commitment, cast.rep, cast.partner, at(hour=8)).agree(at(hour=9))
    for moment in (at(0), at(1), at(3), at(7)):
        tick(moment)
        tick(moment + dt.timedelta(minutes=5))
    taken = SilenceStep.objects.filter(follow_up__commitment=commitment)
    assert [(one.step, one.to) for one in taken][:3] == [
        ("nudge", cast.rep),
        ("partner", cast.partner),
        ("list_owner", owned.owner),
    ]
    (text,) = texts("partner_help")
    assert "Ines has not said yet how this went" in text and "/commitments/" not in text
    page = Client().get(re.search(r"/p/[a-z2-7]{26}/", text).group())
    assert page.status_code == 200 and "Call Brandt" in page.content.decode()


def test_silence_about_a_private_one_reaches_the_partner_only(cast):  # noqa: F811
    commitment = promise(cast, private=True, asked_by=None)
    Partner.ask(commitment, cast.rep, cast.partner, at(hour=8)).agree(at(hour=9))
    asked = promise(cast, "Another", private=True, asked_by=None)
    Partner.ask(asked, cast.rep, cast.sponsor, at(hour=8))
    for day in range(12):
        tick(at(day))
    reached = {(one.step, one.to) for one in SilenceStep.objects.all()}
    assert reached == {("nudge", cast.rep), ("partner", cast.partner)}


def test_a_partner_who_owns_the_list_is_reached_once(cast, owned):  # noqa: F811
    commitment = on_list(cast, owned)
    Partner.ask(commitment, cast.rep, owned.owner, at(hour=8)).agree(at(hour=9))
    for day in range(12):
        tick(at(day))
    assert [one.step for one in SilenceStep.objects.filter(to=owned.owner)] == ["partner"]
    assert Mail.objects.filter(recipient=owned.owner, kind__in=["unanswered", "partner_help"]).count() == 1


def test_a_partner_ended_between_planning_and_sending_hears_nothing(cast):  # noqa: F811
    commitment = promise(cast, private=True, asked_by=None)
    partner = Partner.ask(commitment, cast.rep, cast.partner, at(hour=8))
    partner.agree(at(hour=9))
    for moment in (at(0), at(1)):
        tick(moment)
    silence.mind(at(3))
    mail = Mail.objects.get(kind="partner_help")
    partner.end(cast.rep, at(3))
    run_due(at(3, 17))
    mail.refresh_from_db()
    assert mail.state == "withheld" and texts("partner_help") == []
