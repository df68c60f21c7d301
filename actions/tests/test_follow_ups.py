import datetime as dt

import pytest
from django.core.management import call_command

from actions import follow_ups, replanning
from actions.models import Commitment, FollowUp
from failforward import testing
from failforward.accounts import people
from failforward.celery import app
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db

FRIDAY = dt.date(2026, 11, 27)
SATURDAY = dt.date(2026, 11, 28)


@pytest.fixture
def cast():
    return testing.cast()


def promise(person, due_on, now=NOW):
    return Commitment.make(person, person, "Try the gateways", due_on, now=now)


def utc(*parts) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("fields", "due_on", "due_at"),
    [
        ({}, FRIDAY, utc(2026, 11, 27, 15)),
        ({}, SATURDAY, utc(2026, 11, 30, 15)),
        ({"work_days": "71234"}, FRIDAY, utc(2026, 11, 29, 15)),
        ({"ask_hour": 8, "time_zone": "America/New_York"}, FRIDAY, utc(2026, 11, 27, 13)),
        ({"ask_hour": 0, "time_zone": "Pacific/Kiritimati"}, FRIDAY, utc(2026, 11, 26, 10)),
        ({}, TODAY, utc(2026, 11, 25, 15)),
        ({"ask_hour": 8}, TODAY, NOW),
        ({}, dt.date(2026, 11, 20), NOW),
    ],
)
def test_due_is_the_first_working_day_at_the_persons_hour_or_at_once(cast, fields, due_on, due_at):
    for name, value in fields.items():
        setattr(cast.rep, name, value)
    assert promise(cast.rep, due_on).follow_ups.get().due_at == due_at


def test_somebody_without_an_address_is_not_asked_and_the_row_says_so(cast):
    nobody = testing.person("Nia Nomail", cast.north, email=None)
    mail = promise(nobody, FRIDAY).follow_ups.get().mail
    mail.refresh_from_db()
    assert (mail.state, mail.last_text) == ("withheld", "Nia Nomail has no e-mail address.")


def test_who_gets_an_address_later_is_asked_after_all(cast):
    nobody = testing.person("Nia Late", cast.north, email=None)
    made = promise(nobody, dt.date(2030, 11, 28))
    people.change_person(cast.admin, nobody, "Nia Late", "nia@tarnholm.example")
    assert made.follow_ups.get().mail.state == "planned"


def test_who_gets_an_address_later_gets_what_was_asked_of_them(cast):
    nobody = testing.person("Nia Nomail", cast.north, email=None)
    open_one, taken_back = (Commitment.request(cast.manager, nobody, what, TODAY, now=NOW) for what in "ab")
    taken_back.drop(cast.manager, "Not needed")
    assert set(Mail.objects.values_list("state", flat=True)) == {"withheld"}
    people.change_person(cast.admin, nobody, nobody.name, "nia@tarnholm.example")
    states = dict(Mail.objects.filter(kind="request").values_list("subject_id", "state"))
    assert states == {open_one.pk: "planned", taken_back.pk: "withheld"}


def test_who_gets_an_address_is_asked(cast):
    nobody = testing.person("Nia Nomail", cast.north, email=None)
    promise(nobody, FRIDAY)
    nobody.email = "nia@tarnholm.example"
    nobody.save()
    assert replanning.replan_for(nobody, NOW) == 1
    assert Mail.objects.get().state == "planned"


def test_a_new_zone_hour_or_week_moves_what_was_not_asked_and_doubles_nothing(cast):
    promise(cast.rep, FRIDAY)
    cast.rep.time_zone, cast.rep.ask_hour, cast.rep.work_days = "Asia/Dubai", 9, "71234"
    cast.rep.save()
    assert replanning.replan_for(cast.rep, NOW) == 1
    assert replanning.replan_for(cast.rep, NOW) == 0
    asked = FollowUp.objects.get()
    assert (asked.due_at, asked.zone, asked.hour) == (utc(2026, 11, 29, 5), "Asia/Dubai", 9)
    assert Mail.objects.get().due_at == asked.due_at


def test_who_moves_west_after_being_asked_is_not_asked_again(cast):
    promise(cast.rep, FRIDAY)
    Mail.objects.update(state="sent")
    cast.rep.time_zone = "America/Los_Angeles"
    cast.rep.save()
    assert replanning.replan_for(cast.rep, NOW) == 0
    assert list(FollowUp.objects.values_list("due_at", flat=True)) == [utc(2026, 11, 27, 15)]
    assert Mail.objects.count() == 1


def test_planning_twice_is_planning_once(cast):
    made = promise(cast.rep, FRIDAY)
    assert follow_ups.plan_next(made, NOW) == follow_ups.plan_next(made, NOW) == made.follow_ups.get()
    assert Mail.objects.count() == 1


def test_what_is_due_for_somebody_is_theirs_and_now(cast):
    mine = promise(cast.rep, TODAY)
    promise(cast.rep, FRIDAY)
    promise(cast.other_rep, TODAY)
    at_five = NOW + dt.timedelta(hours=7)
    assert [asked.commitment for asked in follow_ups.due_for(cast.rep, at_five)] == [mine]
    assert list(follow_ups.due_for(cast.rep, NOW)) == []


def test_a_mail_is_wanted_only_while_the_question_is_open(cast):
    made = promise(cast.rep, FRIDAY)
    asked = made.follow_ups.get()
    assert follow_ups.still_wanted(asked.pk) is True
    Commitment.objects.update(state="dropped")
    assert follow_ups.still_wanted(asked.pk) is not True
    Commitment.objects.update(state="accepted")
    made.refresh_from_db()
    made.drop(cast.rep, "Not needed")
    assert follow_ups.still_wanted(asked.pk) is not True
    assert follow_ups.still_wanted(10**9) is not True


def test_the_question_can_be_put_now_but_not_twice(cast):
    asked = promise(cast.rep, FRIDAY).follow_ups.get()
    assert follow_ups.ask_at(asked, NOW)
    assert (FollowUp.objects.get().due_at, Mail.objects.get().due_at) == (NOW, NOW)
    Mail.objects.update(state="sent")
    assert not follow_ups.ask_at(asked, NOW)


def test_what_is_missing_is_planned_and_logged(cast, caplog):
    made = testing.commitment(cast)
    promise(cast.rep, FRIDAY)
    assert follow_ups.mend(NOW) == 1
    assert made.follow_ups.get().state == "planned"
    assert "had no question ahead" in caplog.text
    assert follow_ups.mend(NOW) == 0


def test_only_what_is_open_due_soon_and_without_a_question_is_mended(cast):
    tomorrow = TODAY + dt.timedelta(days=1)
    lacking = [testing.commitment(cast, due_on=day) for day in (dt.date(2026, 10, 1), TODAY, tomorrow)]
    for state in ("requested", "dropped", "declined"):
        testing.commitment(cast, state=state)
    far = testing.commitment(cast, due_on=TODAY + dt.timedelta(days=30))
    asked = promise(cast.rep, TODAY)
    Mail.objects.update(state="sent")

    assert follow_ups.mend(NOW) == 3

    assert set(FollowUp.objects.values_list("commitment", flat=True)) == {one.pk for one in [*lacking, asked]}
    assert follow_ups.mend(NOW + dt.timedelta(days=29)) == 1
    assert far.follow_ups.count() == 1


def test_mending_costs_the_same_whatever_has_its_question(cast, django_assert_num_queries):
    for number in range(3):
        promise(cast.rep, TODAY + dt.timedelta(days=number))
    with django_assert_num_queries(1):
        follow_ups.mend(NOW)


def test_a_question_that_is_missing_is_mended_by_the_clock(cast):
    made = testing.commitment(cast, due_on=dt.date(2026, 11, 20))
    call_command("run_due")
    assert made.follow_ups.get().state == "planned"


def test_every_entry_of_the_clock_is_a_task_there_is(settings):
    app.loader.import_default_modules()
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} == {
        "failforward.outbox.tasks.run_due",
        "reviews.tasks.carry_on_imports",
        "actions.tasks.mend_follow_ups",
        "failforward.inbound.tasks.fetch_mail",
        "failforward.inbound.tasks.forget_old_mail",
        "failforward.inbound.tasks.read_inbound",
        "failforward.tasks.count_rows",
        "actions.tasks.mind_silence",
    }
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= set(app.tasks)
