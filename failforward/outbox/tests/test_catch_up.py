import datetime as dt
import logging

import pytest
from django.utils import timezone

from failforward.outbox import catch_up, plan, run_due
from failforward.outbox.models import Mail, State, Tick
from failforward.outbox.waiting import look

DAY, HOUR, MINUTE = dt.timedelta(1), dt.timedelta(hours=1), dt.timedelta(minutes=1)


def down_for(gap: dt.timedelta) -> None:
    Tick.objects.update_or_create(name="run_due", defaults={"at": timezone.now() - gap})


def states() -> set[str]:
    return set(Mail.objects.values_list("state", flat=True))


@pytest.fixture
def slept(monkeypatch) -> list[float]:
    """How long the sender waited, without waiting."""
    waits: list[float] = []
    monkeypatch.setattr("failforward.outbox.sending.time.sleep", waits.append)
    return waits


@pytest.fixture
def flood(anna, monkeypatch) -> None:
    monkeypatch.setattr(catch_up, "FLOOD", 3)
    for number in range(4):
        plan(f"note:{number}", "note", anna, timezone.now() - 5 * DAY)


def test_late_mail_goes_out_one_a_second_for_a_domain_and_fresh_mail_at_once(anna, smtp, slept):
    down_for(3 * HOUR)
    for number in range(3):
        plan(f"late:{number}", "note", anna, timezone.now() - 3 * HOUR)
    plan("fresh", "note", anna, timezone.now() - 10 * MINUTE)

    assert run_due().sent == 4

    assert [round(wait) for wait in slept] == [0, 1, 2]
    assert b"Note fresh" in smtp.accepted[-1].content


def test_without_a_gap_nothing_is_slow(anna, smtp, slept):
    down_for(14 * MINUTE)
    for number in range(3):
        plan(f"note:{number}", "note", anna, timezone.now() - 3 * HOUR)
    assert run_due().sent == 3
    assert slept == []


def test_a_wait_that_is_long_is_waited_in_the_table(anna, smtp, slept):
    down_for(3 * HOUR)
    for number in range(8):
        plan(f"note:{number}", "note", anna, timezone.now() - 3 * HOUR)
    assert run_due().sent == 6
    waiting = Mail.objects.exclude(state=State.SENT)
    assert set(waiting.values_list("state", "attempts")) == {(State.READY, 0)}
    assert all(at > timezone.now() for at in waiting.values_list("next_at", flat=True))


def test_a_flood_waits_an_hour_tells_the_operator_and_then_goes_by_itself(flood, anna, smtp, slept, caplog):
    down_for(5 * DAY)
    with caplog.at_level(logging.ERROR):
        assert run_due().sent == 0
        assert run_due().sent == 0
    assert states() == {State.PLANNED}
    assert len([record for record in caplog.records if "overdue by more than a working day" in record.message]) == 1
    assert not look(timezone.now()).is_late

    assert run_due(timezone.now() + HOUR + MINUTE).sent == 4


def test_somebody_who_looked_may_let_it_go_at_once(flood, anna, smtp, slept):
    down_for(5 * DAY)
    run_due()
    assert catch_up.let_go(timezone.now())
    assert not catch_up.let_go(timezone.now())
    assert run_due().sent == 4


def test_what_is_written_already_waits_with_the_flood_and_a_log_in_mail_does_not(flood, anna, smtp, slept):
    from failforward.outbox.rendering import render_due

    render_due(timezone.now())
    down_for(5 * DAY)
    fresh = timezone.now()
    Mail.objects.create(
        key="log-in",
        kind="message",
        address=anna.email,
        state=State.READY,
        due_at=fresh,
        next_at=fresh,
        body=b"Subject: Log in\r\n\r\nx\r\n",
    )
    assert run_due().sent == 1
    assert b"Log in" in smtp.accepted[0].content
    assert catch_up.let_go(timezone.now())
    assert run_due().sent == 4


@pytest.mark.parametrize(("gap", "hold"), [(5 * DAY, 0), (10 * MINUTE, 3600)])
def test_nothing_is_held_without_a_gap_or_where_the_setting_says_so(gap, hold, flood, smtp, slept, settings):
    settings.CATCH_UP_HOLD = hold
    down_for(gap)
    assert run_due().sent == 4


def test_few_are_not_held(anna, smtp, slept):
    down_for(5 * DAY)
    plan("note:1", "note", anna, timezone.now() - 5 * DAY)
    assert run_due().sent == 1


def test_the_working_day_before_a_monday_is_friday():
    monday = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
    assert catch_up.working_day_before(monday) == dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


def test_a_gap_seen_by_a_clock_that_was_set_back_slows_nothing(anna, smtp, slept):
    ahead = timezone.now() + 2 * DAY
    Tick.objects.create(name=catch_up.NOTICED, at=ahead)
    Tick.objects.create(name="pace firm.internal", at=ahead)
    for number in range(3):
        plan(f"note:{number}", "note", anna, timezone.now() - 3 * HOUR)
    assert run_due().sent == 3
    assert slept == []


def test_a_pace_of_a_clock_that_was_set_back_begins_anew(anna):
    Tick.objects.create(name="pace firm.internal", at=timezone.now() + 2 * DAY)
    now = timezone.now()
    assert [catch_up.slot(anna.email, now) - now for _ in range(2)] == [dt.timedelta(0), catch_up.ONE_A_DOMAIN]
