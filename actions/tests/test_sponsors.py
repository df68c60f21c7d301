"""What a sponsor is asked: its mail, the answer by link, by reply and at the desk, silence, one reminder."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from actions.models import SponsorRequest, SponsorToken
from actions.outgoing import ask_after_all
from actions.sponsors import silence
from actions.tests.arriving import Question, arrive, reply, told
from failforward import testing
from failforward.guards import Refused
from failforward.inbound.models import InboundMail
from failforward.outbox import run_due
from failforward.outbox.models import CapturedMail, Mail

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)


@pytest.fixture
def cast(settings):
    settings.REPLY_ADDRESS = "reply@mail.tarnholm.example"
    settings.EMAIL_BACKEND = "failforward.outbox.backend.OutboxBackend"
    return testing.cast()


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def today(now):
    return timezone.localdate(now)


@pytest.fixture
def owned(cast):
    return testing.action_list(cast)


@pytest.fixture
def asked(cast, owned, now, today):
    return SponsorRequest.ask(
        cast.list_owner, owned, "Half a day a week of Priya’s time", today + 9 * DAY, now=now, today=today
    )


def sent(asked: SponsorRequest) -> Question:
    run_due()
    mail = Mail.objects.select_related("recipient").get(kind="sponsor_request", subject_id=asked.pk)
    return Question(asked, mail, bytes(CapturedMail.objects.get(mail=mail).body))


def link(asked: SponsorRequest) -> str:
    return f"/s/{SponsorToken.issue(request=asked, person=asked.sponsor)}/"


def became(mail: InboundMail) -> tuple[str, str]:
    return mail.state, mail.why


# --- Asking -----------------------------------------------------------------------------------------


def test_one_mail_asks_the_sponsor_and_the_same_asked_twice_is_one(cast, owned, asked, now, today):
    again = SponsorRequest.ask(
        cast.list_owner, owned, " Half a day a week of Priya’s time ", today + 3 * DAY, now=now, today=today
    )

    assert again == asked
    words = sent(asked).letter.get_body(("plain",)).get_content()
    assert told("sponsor_request") == [cast.sponsor.email]
    assert "Half a day a week of Priya’s time" in " ".join(words.split())
    assert words.count("/s/") == 3
    assert max(len(line) for line in words.splitlines() if "http" not in line) < 78


def test_who_leads_the_list_or_works_on_the_action_asks(cast, owned, now, today):
    action = testing.action(cast, action_list=owned)
    when = {"now": now, "today": today}
    assert SponsorRequest.ask(cast.rep, action, "A spare unit", today, **when).action == action
    for by, about in ((cast.rep, owned), (cast.sponsor, owned), (cast.other_rep, action)):
        with pytest.raises(Refused):
            SponsorRequest.ask(by, about, "A second unit", today, **when)


@pytest.mark.parametrize(("what", "days", "field"), [(" ", 1, "what"), ("A unit", -1, "needed_by")])
def test_what_is_missing_is_said_at_its_field(cast, owned, now, today, what, days, field):
    with pytest.raises(Refused) as no:
        SponsorRequest.ask(cast.list_owner, owned, what, today + days * DAY, now=now, today=today)
    assert no.value.field == field


def test_without_a_sponsor_nobody_is_asked(cast, now, today):
    with pytest.raises(Refused):
        SponsorRequest.ask(
            cast.list_owner, testing.action_list(cast, sponsor=None), "A unit", today, now=now, today=today
        )
    assert told("sponsor_request") == []


def test_another_sponsor_is_asked_in_place_of_the_one_before(cast, owned, asked, client):
    old = link(asked)
    owned.change(cast.list_owner, sponsor=cast.manager)

    assert told("sponsor_request") == [cast.sponsor.email, cast.manager.email]
    asked.refresh_from_db()
    assert asked.sponsor == cast.manager
    assert client.get(old).status_code == 410


def test_a_sponsor_who_is_it_again_is_asked_and_reminded_again(cast, owned, asked, now):
    sent(asked)
    silence.remind(now + 8 * DAY)
    assert told("sponsor_reminder") == [cast.sponsor.email]

    owned.change(cast.list_owner, sponsor=cast.manager)
    owned.change(cast.list_owner, sponsor=cast.sponsor)

    assert told("sponsor_request") == [cast.sponsor.email, cast.manager.email, cast.sponsor.email]
    assert silence.remind(now + 8 * DAY) == 0, "the second question did not go out yet"
    run_due()
    assert asked.tokens.alive(now).get().person == cast.sponsor
    assert silence.remind(now + 8 * DAY) == 1
    assert told("sponsor_reminder") == [cast.sponsor.email, cast.sponsor.email]


def test_what_did_not_go_yet_to_the_sponsor_before_is_withheld(cast, owned, asked):
    owned.change(cast.list_owner, sponsor=cast.manager)
    run_due()
    assert list(Mail.objects.order_by("pk").values_list("state", "recipient")) == [
        ("withheld", cast.sponsor.pk),
        ("sent", cast.manager.pk),
    ]


def test_with_an_address_at_last_the_sponsor_is_asked_once_and_who_was_it_before_is_not(cast, owned, asked):
    Mail.objects.update(state="withheld")
    for sponsor in (cast.manager, cast.sponsor):
        owned.change(cast.list_owner, sponsor=sponsor)
    Mail.objects.update(state="withheld")
    ask_after_all(cast.manager)
    ask_after_all(cast.sponsor)
    first, other, again = Mail.objects.order_by("pk")
    assert [first.state, other.state, again.state] == ["withheld", "withheld", "planned"]


# --- Answering by the link --------------------------------------------------------------------------


def test_looking_changes_nothing_and_sending_answers(cast, asked, client):
    address = link(asked)
    page = client.get(address, {"a": "yes"})
    assert (page.status_code, page["Referrer-Policy"]) == (200, "no-referrer")
    asked.refresh_from_db()
    assert asked.is_open

    assert client.post(address, {"state": "agreed", "words": "From Monday on."}).status_code == 302

    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.answered_on) == ("agreed", "From Monday on.", timezone.localdate())
    assert told("sponsor_answer") == [cast.list_owner.email]
    assert "From Monday on." in client.get(address).content.decode()


def test_words_need_words_and_what_was_typed_stays(asked, client):
    address = link(asked)
    assert client.post(address, {"state": "words", "words": " "}).status_code == 400
    assert client.post(address, {"state": "", "words": "Perhaps"}).status_code == 400
    assert "Perhaps" in client.post(address, {"state": "", "words": "Perhaps"}).content.decode()
    asked.refresh_from_db()
    assert asked.is_open


def test_an_answer_is_changed_for_a_week_and_no_longer(cast, asked, client, now, today):
    asked.give(cast.sponsor, "declined", now=now, today=today)
    address = link(asked)
    assert "Change my answer" in client.get(address).content.decode()

    client.post(address, {"state": "agreed", "words": ""})
    asked.refresh_from_db()
    assert asked.state == "agreed"
    with pytest.raises(Refused):
        asked.give(cast.sponsor, "declined", now=now + 8 * DAY, today=today)


def test_another_choice_of_the_mail_opens_the_answer_with_it_chosen(cast, asked, client, now, today):
    asked.give(cast.sponsor, "words", "Ask Ada", now=now, today=today)
    address = link(asked)

    def chosen(query: str) -> list[str]:
        return re.findall(r'value="(\w+)" checked', client.get(address + query).content.decode())

    assert [chosen(query) for query in ("?again=1", "?a=no", "?a=yes")] == [["words"], ["declined"], ["agreed"]]
    assert "You have answered" in client.get(f"{address}?a=no").content.decode()
    assert [chosen(query) for query in ("", "?a=words", "?a=nonsense")] == [[], [], []], "nothing else is chosen"
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("words", "Ask Ada")
    SponsorRequest.objects.update(answered_at=now - 8 * DAY)
    assert chosen("?a=no") == [], "too late"


def test_only_the_sponsor_answers(cast, asked, now, today):
    with pytest.raises(Refused):
        asked.give(cast.list_owner, "agreed", now=now, today=today)


def test_what_was_taken_back_says_so_and_is_not_mailed(cast, asked, client):
    asked.withdraw(cast.list_owner)
    assert "no longer needed" in client.get(link(asked)).content.decode()
    client.post(link(asked), {"state": "agreed"})
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    run_due()
    assert Mail.objects.get(kind="sponsor_request").state == "withheld"


@pytest.mark.parametrize(
    "ends",
    [{"revoked_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}, {"expires_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}],
)
def test_a_link_that_ended_opens_nothing(asked, client, ends):
    raw = SponsorToken.issue(request=asked, person=asked.sponsor, **ends)
    assert client.get(f"/s/{raw}/").status_code == 410
    assert client.post(f"/s/{raw}/", {"state": "agreed"}).status_code == 410


# --- Answering by reply -----------------------------------------------------------------------------

WHOLE = "We are stuck with this until the new plant is open."
REPLIES = [
    ("Yes, of course.", ("applied", ""), "agreed", "Yes, of course."),
    ("Yes", ("applied", ""), "agreed", ""),
    ("No.\nThe budget is spent until June.", ("applied", ""), "declined", "The budget is spent until June."),
    ("Ja, gerne", ("applied", ""), "agreed", "Ja, gerne"),
    ("Please bring it to the round on Tuesday.", ("applied", ""), "words", "Please bring it to the round on Tuesday."),
    ("Which budget would that be?", ("held", "unclear_yes"), "asked", ""),
    ("Yes, but only if finance agrees", ("held", "unclear_yes"), "asked", ""),
    ("Yes.\nOn second thought, no.", ("held", "unclear_yes"), "asked", ""),
    ("", ("held", "empty"), "asked", ""),
    ("done", ("held", "unclear_yes"), "asked", ""),
    ("Moved to Friday.", ("held", "unclear_yes"), "asked", ""),
    ("erledigt", ("held", "unclear_yes"), "asked", ""),
    ("We are stuck with this until the new plant is open.", ("applied", ""), "words", WHOLE),
]


@pytest.mark.parametrize(("text", "outcome", "state", "words"), REPLIES, ids=lambda value: str(value)[:30])
def test_a_reply_answers_where_it_leaves_no_doubt(cast, asked, now, text, outcome, state, words):
    assert became(arrive(reply(sent(asked), text), now)) == outcome

    asked.refresh_from_db()
    assert (asked.state, asked.answer) == (state, words)


BY_A_DAY = [
    ("Yes, by {:%A}", "agreed", 3),
    ("by {:%d %B %Y}", "agreed", 12),
    ("Bis zum {:%d.%m.%Y}", "agreed", 12),
    ("We shall talk about it on {:%A}", "words", None),
    ("Yes, of course", "agreed", None),
]


@pytest.mark.parametrize(("text", "state", "days"), BY_A_DAY, ids=lambda value: str(value)[:30])
def test_a_yes_by_a_day_is_a_yes_with_its_day(cast, asked, now, today, text, state, days):
    day = today + (days or 2) * DAY
    assert became(arrive(reply(sent(asked), text.format(day)), now)) == ("applied", "")
    asked.refresh_from_db()
    assert (asked.state, asked.promised_on) == (state, day if days else None)
    assert asked.said.startswith("yes, by ") == bool(days)


@pytest.mark.parametrize(
    "text",
    ["Erst am Freitag", "Rather on {:%d %B %Y}", "But only until Friday", "Only before Friday"]
    + ["Yes, but only until Friday", "Bis dann, am Freitag"],
)
def test_a_day_without_a_yes_before_it_is_said_by_the_sponsor(asked, now, today, text):
    assert became(arrive(reply(sent(asked), text.format(today + 12 * DAY)), now)) == ("held", "unclear_yes")
    asked.refresh_from_db()
    assert (asked.state, asked.promised_on) == ("asked", None)


def test_no_day_goes_with_a_no(cast, asked, now, today):
    asked.give(cast.sponsor, "agreed", "", today + DAY, now=now, today=today)
    asked.give(cast.sponsor, "declined", "", today + DAY, now=now, today=today)
    asked.refresh_from_db()
    assert asked.promised_on is None
    with pytest.raises(Refused):
        asked.give(cast.sponsor, "agreed", "", today - DAY, now=now, today=today)


def test_a_robots_reply_is_no_answer(asked, now):
    question = sent(asked)
    assert became(arrive(reply(question, "Yes", Auto_Submitted="auto-replied"), now)) == ("note", "away")
    away = f"I am out of office until {now + 12 * DAY:%d %B %Y}, in urgent cases call Tom."
    assert became(arrive(reply(question, away), now)) == ("note", "away")
    unsure = "I am out of office until 3 May and will answer then."
    assert became(arrive(reply(question, unsure), now)) == ("held", "unclear_yes")
    asked.refresh_from_db()
    assert asked.is_open


def test_a_reply_by_somebody_else_or_too_late_changes_nothing(cast, asked, now, today):
    question = sent(asked)
    stranger = reply(question, "Yes", From="Nobody <nobody@elsewhere.example>")
    assert became(arrive(stranger, now)) == ("held", "stranger")
    asked.give(cast.sponsor, "declined", now=now, today=today)
    assert became(arrive(reply(question, "Yes, please"), now)) == ("note", "late")
    asked.refresh_from_db()
    assert asked.state == "declined"


def test_what_was_held_is_said_by_its_sponsor(cast, asked, now, client):
    mail = arrive(reply(sent(asked), "Yes, but only if finance agrees"), now)
    client.force_login(cast.sponsor)
    page = client.get(f"/replies/{mail.pk}/")
    assert "only if finance agrees" in page.content.decode()
    assert client.post(f"/replies/{mail.pk}/", {"state": ""}).status_code == 400

    client.post(f"/replies/{mail.pk}/", {"state": "words", "words": "If finance agrees."})

    asked.refresh_from_db()
    mail.refresh_from_db()
    assert (asked.state, asked.answer, mail.state) == ("words", "If finance agrees.", "applied")


def test_a_held_reply_waits_no_longer_once_it_was_answered_otherwise(cast, asked, now, today):
    from actions import held

    mail = arrive(reply(sent(asked), "Which one?"), now)
    assert list(held.waiting_for(cast.sponsor)) == [mail]
    asked.give(cast.sponsor, "agreed", now=now, today=today)
    assert list(held.waiting_for(cast.sponsor)) == []


# --- Silence ----------------------------------------------------------------------------------------

SILENCE = [
    (0, 3, "asked today, no answer, needed by Saturday"),
    (1, 0, "asked yesterday, no answer, needed today"),
    (9, 2, "asked 9 days ago, no answer, needed by Friday"),
    (9, 30, "asked 9 days ago, no answer, needed by Fri 25 Dec"),
    (9, -1, "asked 9 days ago, no answer, needed since yesterday"),
    (9, -4, "asked 9 days ago, no answer, needed for 4 days"),
]


@pytest.mark.parametrize(("ago", "ahead", "words"), SILENCE)
def test_silence_is_said_in_words(ago, ahead, words):
    today = testing.TODAY
    asked = SponsorRequest(asked_on=today - ago * DAY, needed_by=today + ahead * DAY)
    assert silence.in_words(asked, today) == words


def test_one_polite_reminder_counted_from_when_it_went_out(cast, asked, now):
    assert silence.remind(now + 30 * DAY) == 0, "nothing went out yet"
    sent(asked)
    assert silence.remind(now) == 0

    assert silence.remind(now + 8 * DAY) == 1
    assert silence.remind(now + 20 * DAY) == 0

    assert told("sponsor_reminder") == [cast.sponsor.email]


def test_whoever_wants_no_reminders_gets_none_and_an_answer_takes_it_back(cast, asked, now, today):
    sent(asked)
    cast.sponsor.nudges = False
    cast.sponsor.save(update_fields=["nudges"])
    assert silence.remind(now + 8 * DAY) == 0
    cast.sponsor.nudges = True
    cast.sponsor.save(update_fields=["nudges"])
    silence.remind(now + 8 * DAY)
    asked.give(cast.sponsor, "agreed", now=now, today=today)

    run_due(now + 12 * DAY)

    assert Mail.objects.get(kind="sponsor_reminder").state == "withheld"


# --- Where silence stands ---------------------------------------------------------------------------


def seen_by(client, person, path: str) -> str:
    client.force_login(person)
    return client.get(path).content.decode()


def test_silence_stands_on_the_list_and_on_the_desks(cast, owned, asked, client):
    asked.asked_on -= 9 * DAY
    asked.save()
    assert "Asked 9 days ago, no answer, needed by" in seen_by(client, cast.list_owner, f"/lists/{owned.pk}/")
    desk = seen_by(client, cast.list_owner, "/")
    assert "Sofia has not answered: “Half a day a week of Priya’s time”" in desk
    assert "Asked 9 days ago, no answer, needed by" in desk
    assert "Jonas’s list asks you: “Half a day a week of Priya’s time”" in seen_by(client, cast.sponsor, "/")
    assert "Half a day a week" not in seen_by(client, cast.rep, "/")


def test_whoever_asked_without_owning_the_list_sees_the_silence_at_their_desk(cast, owned, now, today, client):
    owned.people.add(cast.rep)
    action = testing.action(cast, action_list=owned, responsible=cast.rep)
    SponsorRequest.ask(cast.rep, action, "A spare unit", today + 5 * DAY, now=now, today=today)
    assert "Sofia has not answered: “A spare unit”" in seen_by(client, cast.rep, "/")


def test_the_owner_asks_from_the_list_and_the_sponsor_answers_at_the_desk(cast, owned, today, client):
    client.force_login(cast.list_owner)
    client.post(f"/lists/{owned.pk}/sponsor/", {"what": "A spare unit", "needed_by": today + 5 * DAY})
    asked = SponsorRequest.objects.get()
    page = seen_by(client, cast.sponsor, f"/sponsor-requests/{asked.pk}/")
    assert "A spare unit" in page
    client.post(f"/sponsor-requests/{asked.pk}/", {"state": "agreed", "words": ""})
    asked.refresh_from_db()
    assert asked.state == "agreed"
    client.force_login(cast.list_owner)
    assert client.post(f"/sponsor-requests/{asked.pk}/", {"state": "declined"}).status_code == 403


def test_a_list_starts_with_the_sponsors_word_and_says_who_wrote_it_down(cast, client):
    client.force_login(cast.manager)
    fields = {"name": "Quotes", "team": cast.north.pk, "owner": cast.list_owner.pk, "sponsor": cast.sponsor.pk}
    fields |= {"weekday": 3, "time": "15:00", "buy_in": "Half a day a week.", "buy_in_how": "call"}
    cast.north.default_sponsor = cast.sponsor
    cast.north.save()

    answer = client.post("/lists/new/", fields)

    assert answer.status_code == 302
    page = client.get(answer.url).content.decode()
    assert "Half a day a week." in page
    assert "on the telephone; written down by Mara Lindqvist" in page
