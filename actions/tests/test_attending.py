"""What calendars answer to an invitation: who comes is noted, and no question is taken as answered."""

import datetime as dt

import pytest

from actions.inbound.arrival import read
from actions.inbound.parse import kind
from actions.models import Answer, MeetingPerson, MeetingSeries
from failforward import testing
from failforward.inbound.models import InboundMail
from failforward.outbox import run_due
from failforward.outbox.models import Mail

pytestmark = pytest.mark.django_db
NOW = testing.NOW


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def series(cast):
    owned = testing.action_list(cast, people=(cast.rep,), time_zone="Europe/Berlin")
    testing.action(cast, action_list=owned)
    made = MeetingSeries.plan(cast.list_owner, owned, now=NOW)
    run_due(NOW)
    return made


def answered(series, sender: str, status: str, *, at: str = "", method: str = "REPLY", subject: str = "Accepted: x"):
    calendar = "\r\n".join(
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Calendar//EN",
            "VERSION:2.0",
            f"METHOD:{method}",
            "BEGIN:VEVENT",
            f"UID:meetings-{series.uuid}@tarnholm.example",
            "DTSTAMP:20261125T100000Z",
            *([f"RECURRENCE-ID:{at}"] if at else []),
            f"ATTENDEE;PARTSTAT={status}:mailto:{sender}",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        ]
    )
    return (
        f"From: {sender}\r\nTo: ff@tarnholm.example\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n"
        f"Message-ID: <{status}{at}@x.example>\r\n"
        f"Content-Type: text/calendar; charset=UTF-8; method={method}\r\n\r\n{calendar}"
    ).encode()


def arrive(raw: bytes) -> InboundMail:
    mail = InboundMail.objects.create(
        sha256=str(hash(raw)), raw=raw, size=len(raw), channel="pipe", received_at=NOW, next_at=NOW
    )
    read(mail, NOW)
    mail.refresh_from_db()
    return mail


def absent(series) -> list[str]:
    return [str(one.user) for one in MeetingPerson.objects.filter(meeting__series=series) if not one.is_there]


def test_a_calendars_answer_is_a_robots_mail(cast, series):
    assert kind(answered(series, cast.rep.email, "ACCEPTED", subject="done")) == "auto_reply"


def test_whoever_declines_will_not_come_and_whoever_accepts_comes_after_all(cast, series):
    before = Mail.objects.count()
    mail = arrive(answered(series, cast.rep.email, "DECLINED"))
    assert (mail.state, mail.why, mail.person) == ("note", "calendar", cast.rep)
    assert absent(series) == ["Ines Duarte"]
    arrive(answered(series, cast.rep.email, "ACCEPTED"))
    assert absent(series) == []
    assert Mail.objects.count() == before
    assert not Answer.objects.exists()


def test_one_meeting_that_is_declined_is_that_meeting(cast, series):
    arrive(answered(series, cast.rep.email, "DECLINED", at="20261202T140000Z"))
    assert absent(series) == []
    arrive(answered(series, cast.rep.email, "DECLINED", at="20261125T140000Z"))
    assert absent(series) == ["Ines Duarte"]


@pytest.mark.parametrize("who", ["stranger@x.example", "oda@tarnholm.example", "tom@tarnholm.example"])
def test_nobody_else_says_who_comes(cast, series, who):
    mail = arrive(answered(series, who, "DECLINED"))
    assert (mail.state, mail.why) == ("ignored", "robot")
    assert absent(series) == []


def test_what_is_undecided_or_broken_changes_nothing(cast, series):
    for raw in (
        answered(series, cast.rep.email, "TENTATIVE"),
        answered(series, cast.rep.email, "DECLINED").replace(b"UID:meetings-", b"UID:other-"),
        answered(series, cast.rep.email, "DECLINED").replace(b"BEGIN:VEVENT", b"BEGIN:VEV"),
        answered(series, cast.rep.email, "DECLINED", at="20269999T000000Z"),
        answered(series, cast.rep.email, "DECLINED")[:260],
        answered(series, cast.rep.email, "DECLINED", method="COUNTER"),
    ):
        arrive(raw)
        assert absent(series) == []


def test_an_answer_to_a_meeting_that_is_over_changes_nothing(cast, series):
    meeting = series.meetings.get()
    meeting.skip(cast.list_owner, "A holiday.", now=NOW)
    arrive(answered(series, cast.rep.email, "DECLINED", at="20261125T140000Z"))
    assert absent(series) == []
    assert series.meetings.count() == 2
    assert dt.timedelta(days=7) == series.meetings.latest("starts_at").starts_at - meeting.starts_at
