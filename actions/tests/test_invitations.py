"""Meetings in people's calendars: what the mails bring there, replayed into a small calendar of one person's."""

import datetime as dt
import email
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
import vobject
from django.test import Client
from icalendar import Calendar

from actions.models import CalendarFeed, Invitee, Meeting, MeetingSeries
from failforward import testing
from failforward.accounts import people
from failforward.outbox import run_due
from failforward.outbox.models import Mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("on_the_day")]
NOW = testing.NOW
BERLIN = ZoneInfo("Europe/Berlin")
KINDS = ["meeting_invitation", "meeting_cancellation", "meeting_skipped", "meeting_moved"]


class Owners:
    """A calendar as RFC 5546 has it: by UID and RECURRENCE-ID, and what is older than it knows is ignored."""

    def __init__(self, address: str) -> None:
        self.address, self.events, self.gone, self.seen, self.moved = address, {}, set(), {}, {}

    def take(self, text: str) -> None:
        made = Calendar.from_ical(text)
        strict(text)
        for event in made.walk("VEVENT"):
            assert str(event["attendee"]) == f"mailto:{self.address}"
            uid = str(event["uid"])
            newness = (int(event["sequence"]), event["dtstamp"].dt)
            if newness >= self.seen.get(uid, (-1, NOW - dt.timedelta(9999))):
                self.seen[uid] = newness
                self.put(made["method"], uid, event)

    def put(self, method: str, uid: str, event) -> None:
        """The whole series takes the place of all that was known of it; one of it takes its own."""
        if "recurrence-id" not in event:
            self.gone = {one for one in self.gone if one[0] != uid}
            self.moved = {one: there for one, there in self.moved.items() if one[0] != uid}
            self.events.pop(uid, None)
            if method == "REQUEST":
                self.events[uid] = event
        else:
            one = (uid, event["recurrence-id"].dt)
            self.moved.pop(one, None)
            (self.gone.discard if method == "REQUEST" else self.gone.add)(one)
            if method == "REQUEST":
                self.moved[one] = event

    def starts(self, most: int = 60) -> list[dt.datetime]:
        found = []
        for uid, event in self.events.items():
            rules = strict(as_calendar(event)).vevent.getrruleset(addRDate=True)
            by_plan = list(rules[:most])
            assert {one[1] for one in self.moved} <= set(by_plan), (
                "a moved one stands in the place of one of the series"
            )
            moved = {one: event.start for one, event in self.moved.items()}
            found += [moved.get((uid, at), at) for at in by_plan if (uid, at) not in self.gone]
        return sorted(found)


def as_calendar(event) -> str:
    made = Calendar()
    made.add("prodid", "-//test//")
    made.add("version", "2.0")
    made.add_component(event)
    made.add_missing_timezones()
    return made.to_ical().decode()


def strict(text: str):
    """A second library, which refuses what is missing or stands twice."""
    made = vobject.readOne(text)
    made.validate(raiseException=True)
    return made


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def owned(cast):
    made = testing.action_list(cast, people=(cast.rep, cast.facilitator), time_zone="Europe/Berlin", name="Quotes")
    testing.action(cast, action_list=made)
    return made


@pytest.fixture
def series(cast, owned):
    return MeetingSeries.plan(cast.list_owner, owned, now=NOW)


def send(minutes: int = 0) -> None:
    run_due(NOW + dt.timedelta(minutes=minutes))


def mails(person, kinds=KINDS) -> list:
    rows = Mail.objects.filter(recipient=person, kind__in=kinds, state="sent").order_by("pk")
    return [email.message_from_bytes(bytes(row.body), policy=default) for row in rows]


def calendar_of(message) -> str:
    [part] = [one for one in message.walk() if one.get_content_type() == "text/calendar"]
    [file] = [one for one in message.walk() if one.get_content_type() == "application/ics"]
    text = part.get_content()
    assert part["Content-Type"].params["method"] in text
    assert file.get_content().decode().split() == text.split()
    return text


def owners(person) -> Owners:
    kept = Owners(person.email)
    for message in mails(person):
        if any(part.get_content_type() == "text/calendar" for part in message.walk()):
            kept.take(calendar_of(message))
    return kept


def days(starts) -> list[str]:
    return [f"{at:%Y-%m-%d %H:%M}" for at in starts]


def test_planning_invites_everybody_on_the_list_once(cast, series):
    send()
    send(5)
    invited = Mail.objects.filter(kind="meeting_invitation", state="sent")
    assert {mail.recipient for mail in invited} == {cast.list_owner, cast.rep, cast.facilitator}
    assert invited.count() == 3
    series.plan_next(NOW)
    assert Mail.objects.filter(kind="meeting_invitation").count() == 3


def test_an_invitation_has_what_calendars_need(cast, series):
    send()
    [message] = mails(cast.rep)
    assert message["Subject"] == "Meetings: Quotes"
    made = strict(calendar_of(message))
    event = made.vevent
    assert made.method.value == "REQUEST"
    assert event.sequence.value == "0"
    assert event.organizer.value.startswith("mailto:") and event.organizer.value != f"mailto:{cast.list_owner.email}"
    assert (event.attendee.params["PARTSTAT"], event.attendee.params["RSVP"]) == (["NEEDS-ACTION"], ["TRUE"])
    text = calendar_of(message).replace("\r\n ", "")
    for line in ("DTSTART;TZID=Europe/Berlin:20261125T150000", "RRULE:FREQ=WEEKLY;BYDAY=WE", "BEGIN:VTIMEZONE"):
        assert line in text
    assert "DURATION:PT30M" in text and "DTSTAMP:2026" in text and "LAST-MODIFIED:2026" in text
    body = message.get_body(("plain",)).get_content()
    assert "every Wednesday at 15:00 (Europe/Berlin), 30 minutes" in body
    assert max(map(len, body.splitlines())) < 78


def test_the_hour_stays_when_the_clocks_change(cast, series):
    send()
    starts = owners(cast.rep).starts()
    march = [at for at in starts if at.month in (3, 4) and at.year == 2027]
    assert {at.hour for at in march} == {15}
    assert {at.utcoffset() for at in march} == {dt.timedelta(hours=1), dt.timedelta(hours=2)}
    assert {at.astimezone(dt.UTC).hour for at in march} == {14, 13}


def test_the_rules_of_the_zone_stand_in_the_mail(cast, series):
    """For programs that know no zone database: read with the offsets of the mail alone, the hour stays too."""
    send()
    zone = Calendar.from_ical(calendar_of(mails(cast.rep)[0])).walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    offsets = [dt.datetime(2027, month, 10, 15, tzinfo=zone).utcoffset() for month in (3, 4)]
    assert offsets == [dt.timedelta(hours=1), dt.timedelta(hours=2)]


def test_an_update_replaces(cast, owned, series):
    send()
    owned.refresh_from_db()
    owned.change(cast.list_owner, meeting_weekday=4, meeting_time=dt.time(9, 30), time_zone="America/New_York")
    send(5)
    assert [message["Subject"] for message in mails(cast.rep)] == [
        "Meetings: Quotes",
        "The meetings have changed: Quotes",
    ]
    kept = owners(cast.rep)
    assert len(kept.events) == 1
    first = kept.starts()[0]
    assert (first.isoweekday(), first.hour, first.minute, first.tzname()) == (4, 9, 30, "EST")
    assert "every Thursday at 09:30 (America/New_York)" in mails(cast.rep)[1].get_body(("plain",)).get_content()


def test_an_older_mail_that_comes_late_changes_nothing(cast, owned, series):
    send()
    series.refresh_from_db()
    series.change(cast.list_owner, now=NOW, minutes=60)
    send(5)
    first, second = map(calendar_of, mails(cast.rep))
    kept = Owners(cast.rep.email)
    for text in (second, first):
        kept.take(text)
    [event] = kept.events.values()
    assert (event["duration"].dt, event["sequence"]) == (dt.timedelta(minutes=60), 1)


def test_two_changes_before_the_mail_goes_out_are_one_mail(cast, owned, series):
    send()
    for minutes in (45, 60):
        series.refresh_from_db()
        series.change(cast.list_owner, now=NOW, minutes=minutes)
    send(5)
    assert len(mails(cast.rep)) == 2
    text = mails(cast.rep)[1].get_body(("plain",)).get_content()
    assert "60 minutes" in text
    assert "If you decline all of them, only the next one does." in " ".join(text.split())


def test_a_skipped_meeting_leaves_every_calendar_and_says_why(cast, series):
    send()
    before = days(owners(cast.rep).starts())
    meeting = Meeting.objects.get()
    meeting.skip(cast.list_owner, "Most of us are at the fair.", now=NOW)
    send(5)
    [message] = mails(cast.rep, ["meeting_skipped"])
    assert message["Subject"] == "No meeting on Wed 25 Nov 2026: Quotes"
    assert "Most of us are at the fair." in message.get_body(("plain",)).get_content()
    assert days(owners(cast.rep).starts()) == before[1:]
    assert strict(calendar_of(message)).vevent.sequence.value == "1"
    series.refresh_from_db()
    series.change(cast.list_owner, now=NOW, minutes=45)
    send(10)
    after = days(owners(cast.rep).starts())
    assert (before[0] in after, after[0]) == (False, before[1])


def moved_to(cast, day: str, time: str, because: str = "The fair.", place: str = "") -> Meeting:
    meeting = Meeting.objects.get(state="planned")
    starts_at = dt.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=BERLIN)
    assert meeting.move(cast.list_owner, starts_at, because, place, now=NOW)
    return meeting


def test_a_moved_meeting_moves_alone_in_every_calendar(cast, series):
    send()
    before = days(owners(cast.rep).starts())
    moved_to(cast, "2026-11-27", "10:00", place="https://meet.example/quotes")
    send(5)
    [message] = mails(cast.rep, ["meeting_moved"])
    assert message["Subject"] == "Moved to Fri 27 Nov 2026: Quotes"
    body = message.get_body(("plain",)).get_content()
    for line in ("Fri 27 Nov 2026, 10:00 (Europe/Berlin)", "not on Wed 25 Nov 2026, 15:00", "    The fair."):
        assert line in body
    event = strict(calendar_of(message)).vevent
    assert (event.sequence.value, event.location.value) == ("1", "https://meet.example/quotes")
    assert event.recurrence_id.value == dt.datetime(2026, 11, 25, 15, tzinfo=BERLIN)
    assert days(owners(cast.rep).starts()) == ["2026-11-27 10:00", *before[1:]]


def test_moved_again_and_back_every_calendar_follows(cast, series):
    send()
    before = days(owners(cast.rep).starts())
    for minute, (day, time) in enumerate((("2026-11-27", "10:00"), ("2026-11-25", "14:15")), 1):
        moved_to(cast, day, time)
        send(minute)
        assert days(owners(cast.rep).starts()) == [f"{day} {time}", *before[1:]]
    moved_to(cast, "2026-11-25", "15:00", "It fits after all.")
    send(5)
    assert mails(cast.rep)[-1]["Subject"] == "On Wed 25 Nov 2026 after all: Quotes"
    kept = owners(cast.rep)
    assert days(kept.starts()) == before
    assert [event["sequence"] for event in kept.moved.values()] == [3]
    series.refresh_from_db()
    series.change(cast.list_owner, now=NOW, minutes=45)
    send(10)
    assert (days(owners(cast.rep).starts()), owners(cast.rep).moved) == (before, {})


def test_in_another_place_it_is_told_so_and_goes_along_with_the_list(cast, owned, series, time_machine):
    time_machine.move_to(NOW)
    send()
    moved_to(cast, "2026-11-25", "15:00", place="Room 4")
    send(5)
    [message] = mails(cast.rep, ["meeting_moved"])
    assert message["Subject"] == "Elsewhere on Wed 25 Nov 2026: Quotes"
    body = message.get_body(("plain",)).get_content()
    assert "Room 4" in body and "Only this one is in another place" in " ".join(body.split())
    owned.refresh_from_db()
    owned.change(cast.list_owner, meeting_time=dt.time(17))
    send(10)
    assert days(owners(cast.rep).starts())[:2] == ["2026-11-25 17:00", "2026-12-02 17:00"]
    [alone] = owners(cast.rep).moved.values()
    assert (alone["location"], alone["sequence"], alone.start.hour) == ("Room 4", 2, 17)


def test_two_moves_before_the_mail_goes_out_are_one_mail(cast, series):
    send()
    moved_to(cast, "2026-11-27", "10:00")
    moved_to(cast, "2026-11-26", "11:00")
    send(5)
    [message] = mails(cast.rep, ["meeting_moved"])
    assert "Thu 26 Nov 2026, 11:00" in message.get_body(("plain",)).get_content()


def test_a_moved_meeting_that_is_skipped_leaves_every_calendar(cast, series):
    send()
    before = days(owners(cast.rep).starts())
    moved_to(cast, "2026-11-27", "10:00").skip(cast.list_owner, "Nobody is here.", now=NOW)
    send(5)
    assert mails(cast.rep, ["meeting_moved"]) == []
    [message] = mails(cast.rep, ["meeting_skipped"])
    assert message["Subject"] == "No meeting on Fri 27 Nov 2026: Quotes"
    assert "The next meeting is on Wed 2 Dec 2026, 15:00." in message.get_body(("plain",)).get_content()
    assert days(owners(cast.rep).starts()) == before[1:]
    series.refresh_from_db()
    series.change(cast.list_owner, now=NOW, minutes=45)
    send(10)
    assert days(owners(cast.rep).starts())[0] == before[1]


def test_whoever_comes_later_is_invited_to_the_moved_one_where_it_is(cast, owned, series):
    moved_to(cast, "2026-11-27", "10:00")
    owned.add_person(cast.list_owner, cast.other_rep)
    send(5)
    assert days(owners(cast.other_rep).starts())[:2] == ["2026-11-27 10:00", "2026-12-02 15:00"]


@pytest.mark.parametrize(
    ("values", "first", "second"),
    [
        ({"meeting_weekday": 4, "meeting_time": dt.time(9)}, "2026-11-27 10:00", "2026-12-03 09:00"),
        ({"meeting_weekday": 1}, "2026-11-27 10:00", "2026-11-30 15:00"),
        ({"meeting_weekday": 5, "meeting_time": dt.time(10)}, "2026-11-27 10:00", "2026-12-04 10:00"),
    ],
)
def test_the_series_changes_while_one_is_moved(cast, owned, series, values, first, second):
    send()
    MeetingSeries.objects.update(starts_on=dt.date(2026, 11, 1))
    moved_to(cast, "2026-11-27", "10:00")
    send(1)
    owned.refresh_from_db()
    owned.change(cast.list_owner, **values)
    send(5)
    ahead = [at for at in days(owners(cast.rep).starts()) if at >= "2026-11-21"]
    assert ahead[:2] == [first, second]
    assert f"{Meeting.objects.get().starts_at.astimezone(BERLIN):%Y-%m-%d %H:%M}" == first


def test_a_moved_one_that_no_longer_lies_between_two_goes_where_the_series_is(cast, owned, series):
    send()
    moved_to(cast, "2026-12-01", "10:00")
    send(1)
    owned.refresh_from_db()
    owned.change(cast.list_owner, meeting_weekday=1)
    send(5)
    meeting = Meeting.objects.get()
    assert (meeting.is_moved, days(owners(cast.rep).starts())[0]) == (False, "2026-11-30 15:00")
    assert meeting.starts_at.astimezone(BERLIN) == owners(cast.rep).starts()[0]


def test_moved_over_a_change_of_clocks_the_hour_is_the_one_said(cast, owned):
    MeetingSeries.plan(cast.list_owner, owned, now=NOW, starts_on=dt.date(2027, 3, 22))
    send()
    moved_to(cast, "2027-03-29", "15:00")
    send(5)
    starts = owners(cast.rep).starts()[:2]
    assert days(starts) == ["2027-03-29 15:00", "2027-03-31 15:00"]
    assert [at.astimezone(dt.UTC).hour for at in starts] == [13, 13]
    [(_uid, by_plan)] = owners(cast.rep).moved
    assert by_plan.utcoffset() == dt.timedelta(hours=1)


def test_the_feeds_have_the_moved_time(cast, owned, series):
    moved_to(cast, "2026-11-27", "10:00")
    for feed in (
        CalendarFeed.make(cast.rep),
        CalendarFeed.make(cast.rep, owned),
        CalendarFeed.make(cast.sponsor, owned),
    ):
        text = Client().get(f"/calendar/{feed}.ics").content.decode()
        strict(text)
        weekly, single = [one for one in Calendar.from_ical(text).walk("VEVENT") if "meetings-" in one["uid"]]
        assert (weekly["uid"], weekly["sequence"]) == (single["uid"], single["sequence"])
        assert single["recurrence-id"].dt == weekly.start == dt.datetime(2026, 11, 25, 15, tzinfo=BERLIN)
        assert single.start == dt.datetime(2026, 11, 27, 10, tzinfo=BERLIN)


def test_whoever_is_expected_without_an_invitation_reads_why_too(cast, owned, series):
    testing.action(cast, action_list=owned, responsible=cast.other_rep)
    Meeting.objects.get().skip(cast.list_owner, "A holiday.", now=NOW)
    send(5)
    [message] = mails(cast.other_rep)
    assert message["Subject"].startswith("No meeting on")
    assert [part for part in message.walk() if part.get_content_type() == "text/calendar"] == []


def test_an_ended_series_keeps_its_past_and_has_no_later_ones(cast, series):
    send()
    series.end(cast.list_owner, dt.date(2026, 12, 9), now=NOW)
    send(5)
    assert days(owners(cast.rep).starts()) == ["2026-11-25 15:00", "2026-12-02 15:00", "2026-12-09 15:00"]
    assert "until Wed 9 Dec 2026" in mails(cast.rep)[1].get_body(("plain",)).get_content()


def test_a_series_that_ends_before_its_first_meeting_is_cancelled(cast, owned):
    series = MeetingSeries.plan(cast.list_owner, owned, now=NOW, starts_on=dt.date(2026, 11, 26))
    send()
    series.end(cast.list_owner, dt.date(2026, 11, 27), now=NOW)
    send(5)
    assert owners(cast.rep).events == {}
    assert "are called off" in mails(cast.rep)[1].get_body(("plain",)).get_content()


def test_whoever_leaves_is_cancelled_and_whoever_joins_is_invited(cast, owned, series):
    send()
    owned.remove_person(cast.list_owner, cast.facilitator)
    owned.add_person(cast.list_owner, cast.other_rep)
    send(5)
    assert owners(cast.facilitator).events == {}
    assert mails(cast.facilitator)[1]["Subject"] == "No more meetings for you: Quotes"
    assert len(owners(cast.other_rep).events) == 1
    assert len(mails(cast.rep)) == 1
    owned.add_person(cast.list_owner, cast.facilitator)
    send(10)
    assert len(owners(cast.facilitator).events) == 1
    owned.remove_person(cast.list_owner, cast.facilitator)
    send(15)
    assert owners(cast.facilitator).events == {}
    assert [invitee.sequence for invitee in Invitee.objects.filter(person=cast.facilitator)] == [3]


def test_the_new_owner_is_invited(cast, owned, series):
    send()
    owned.refresh_from_db()
    owned.change(cast.manager, owner=cast.manager)
    send(5)
    assert len(owners(cast.manager).events) == 1
    assert owners(cast.list_owner).events == {}


def test_the_feeds_have_the_series_by_the_uid_of_the_invitation(cast, owned, series):
    send()
    [invited] = owners(cast.rep).events
    Meeting.objects.get().skip(cast.list_owner, "A holiday.", now=NOW)
    for feed in (CalendarFeed.make(cast.rep), CalendarFeed.make(cast.rep, owned)):
        text = Client().get(f"/calendar/{feed}.ics").content.decode()
        strict(text)
        [event] = [one for one in Calendar.from_ical(text).walk("VEVENT") if "rrule" in one]
        assert (str(event["uid"]), int(event["sequence"])) == (invited, 1)
        starts = list(strict(as_calendar(event)).vevent.getrruleset()[:20])
        assert days(starts)[0] == "2026-12-02 15:00"
        assert {at.hour for at in starts} == {15}


def test_the_feed_of_a_reader_who_is_not_invited_grows_with_a_skip_too(cast, owned, series):
    feed = CalendarFeed.make(cast.sponsor, owned)

    def shown() -> tuple[int, bool]:
        made = Calendar.from_ical(Client().get(f"/calendar/{feed}.ics").content.decode())
        [event] = [one for one in made.walk("VEVENT") if "rrule" in one]
        return int(event["sequence"]), "exdate" in event

    assert shown() == (0, False)
    Meeting.objects.get().skip(cast.list_owner, "A holiday.", now=NOW)
    assert shown() == (1, True)
    send()
    assert len(mails(cast.rep, ["meeting_invitation"])) == 1


def test_nothing_to_meet_about_is_in_no_feed(cast, owned, series):
    owned.actions.update(state="effective", claimed_done_at=NOW, done_criterion="x")
    text = Client().get(f"/calendar/{CalendarFeed.make(cast.rep)}.ics").content.decode()
    assert "VEVENT" not in text


def test_hostile_names_stay_in_their_line(cast, owned):
    owned.name = 'A"; X-EVIL:1\\, ü\r\nATTENDEE:mailto:x@evil.example'
    owned.save(update_fields=["name"])
    cast.rep.name = 'Eve";CN=x:mailto:a@b\r\n END:VEVENT'
    cast.rep.save(update_fields=["name"])
    MeetingSeries.plan(cast.list_owner, owned, now=NOW)
    send()
    text = calendar_of(mails(cast.rep)[0])
    made = strict(text)
    assert [str(one.value) for one in made.vevent.attendee_list] == [f"mailto:{cast.rep.email}"]
    assert "\r\nX-EVIL" not in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_whoever_gets_an_address_later_gets_the_newest_invitation_then(cast, owned):
    cast.rep.email = None
    cast.rep.save(update_fields=["email"])
    series = MeetingSeries.plan(cast.list_owner, owned, now=NOW)
    send()
    series.change(cast.list_owner, now=NOW, minutes=60)
    send(5)
    assert mails(cast.rep) == []
    cast.rep.email = "ines@new.example"
    cast.rep.save(update_fields=["email"])
    for look_again in people.after_a_new_address:
        look_again(cast.rep)
    send(10)
    run_due()
    [message] = mails(cast.rep)
    assert "60 minutes" in message.get_body(("plain",)).get_content()
    assert len(owners(cast.rep).events) == 1
