import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from failforward import testing
from failforward.accounts import people
from failforward.outbox import ledger, plan
from failforward.outbox.claiming import cap_waits, claim
from failforward.outbox.clock import Clock
from failforward.outbox.models import Mail, State
from failforward.outbox.rendering import render_due
from failforward.outbox.run import run_due
from failforward.outbox.transports import Outcome, Reply

ACCEPTED = Reply(Outcome.ACCEPTED, 250, "ok")


def ready(anna, count: int) -> list[int]:
    """Ids of written mails that are due, the oldest first."""
    start = timezone.now() - dt.timedelta(hours=1)
    ids = [plan(f"note:{n}", "note", anna, start + dt.timedelta(seconds=n)).pk for n in range(count)]
    while render_due(timezone.now()):
        pass
    return ids


def lease_end() -> dt.datetime:
    return timezone.now() + dt.timedelta(seconds=901)


def test_a_claim_takes_the_oldest_and_nobody_else_gets_them(anna):
    ids = ready(anna, 30)

    first, second, third = (claim(timezone.now()) for _ in range(3))

    assert [row.id for row in first] == ids[:20]
    assert [row.id for row in second] == ids[20:]
    assert third == []


def test_two_claimers_at_once_never_share_a_row(transactional_db):
    ids = ready(testing.person("Anna Berg", email="anna@firm.internal"), 120)
    taken, start = [], threading.Barrier(3)

    def take() -> None:
        start.wait()
        while rows := claim(timezone.now(), limit=7):
            taken.extend(row.id for row in rows)
        connection.close()

    threads = [threading.Thread(target=take) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert sorted(taken) == sorted(ids)


@pytest.mark.parametrize("begun", [False, True])
def test_a_lease_that_ended_frees_the_row_and_doubt_is_only_where_handing_over_had_begun(begun, anna):
    ready(anna, 1)
    (row,) = claim(timezone.now())
    if begun:
        assert ledger.turn(None, row, Clock.read()) == (False, True)

    assert claim(timezone.now()) == []
    (again,) = claim(lease_end())

    assert (again.id, bool(again.uncertain)) == (row.id, begun)


def test_a_worker_that_slept_past_its_lease_can_note_nothing(anna):
    ready(anna, 1)
    clock = Clock.read()
    (sleeper,) = claim(timezone.now())
    ledger.turn(None, sleeper, clock)
    (waker,) = claim(lease_end())

    assert ledger.turn((sleeper, ACCEPTED), None, clock) == (False, False)
    assert ledger.turn(None, sleeper, clock) == (False, False)
    assert ledger.settle(sleeper, Reply(Outcome.REFUSED, 550, "no"), clock, State.FAILED) is False

    assert Mail.objects.get().state == State.CLAIMED
    assert ledger.turn(None, waker, clock) == (False, True)
    assert ledger.turn((waker, ACCEPTED), None, clock) == (True, False)
    assert Mail.objects.get().state == State.SENT


def test_beginning_to_hand_over_begins_the_lease_anew(anna):
    ready(anna, 1)
    (row,) = claim(timezone.now() - dt.timedelta(seconds=600))

    ledger.turn(None, row, Clock.read())

    assert claim(timezone.now() + dt.timedelta(seconds=600)) == []


def test_a_claim_costs_few_queries_whatever_waits(anna, django_assert_num_queries):
    ready(anna, 25)
    with django_assert_num_queries(3):  # savepoint, claim, release
        claim(timezone.now())


def test_after_the_clock_was_set_back_no_lease_lasts_longer_than_one_from_now(anna):
    ready(anna, 1)
    claim(timezone.now() + dt.timedelta(days=1))

    cap_waits(timezone.now())

    assert Mail.objects.get().next_at <= lease_end()


def test_a_tick_caps_such_a_lease_and_another_takes_over(anna, smtp):
    ready(anna, 1)
    claim(timezone.now() + dt.timedelta(days=1))

    assert run_due().sent == 0
    assert Mail.objects.get().next_at <= lease_end()
    assert run_due(lease_end()).sent == 1


def test_after_the_clock_was_set_back_nothing_that_is_due_waits_for_days(anna, smtp):
    ready(anna, 2)
    first, second = Mail.objects.order_by("pk")
    Mail.objects.filter(pk=first.pk).update(state=State.RETRY, next_at=timezone.now() + dt.timedelta(days=2))
    # One that was put off as it should be.
    Mail.objects.filter(pk=second.pk).update(state=State.RETRY, next_at=timezone.now() + dt.timedelta(hours=1))

    assert run_due().sent == 1
    assert [mail.state for mail in Mail.objects.order_by("pk")] == [State.SENT, State.RETRY]


def test_a_worker_whose_clock_is_off_sends_nothing(anna, past, smtp, time_machine):
    plan("note:1", "note", anna, past)
    time_machine.move_to(dt.datetime.now(dt.UTC) + dt.timedelta(days=2))

    assert run_due().sent == 0
    assert smtp.accepted == []


def test_what_is_taken_up_for_whoever_leaves_is_looked_at_once_more(
    anna, smtp, cast, django_capture_on_commit_callbacks
):
    ready(anna, 2)
    first, second = claim(timezone.now())
    clock = Clock.read()
    ledger.turn(None, first, clock)

    with django_capture_on_commit_callbacks(execute=True):
        people.deactivate(cast.admin, anna)

    # The one being handed over goes on; the other is not the worker's any more.
    assert ledger.turn((first, ACCEPTED), second, clock) == (True, False)
    run_due()
    assert smtp.accepted == []
    assert [mail.state for mail in Mail.objects.order_by("pk")] == [State.SENT, State.WITHHELD]


def test_what_is_taken_up_for_an_old_address_goes_to_the_new_one(anna, smtp, cast, django_capture_on_commit_callbacks):
    ready(anna, 1)
    (row,) = claim(timezone.now())

    with django_capture_on_commit_callbacks(execute=True):
        people.change_person(cast.admin, anna, anna.name, "anna.berg@firm.internal")

    assert ledger.turn(None, row, Clock.read()) == (False, False)
    run_due()
    run_due()
    assert [one.address for one in smtp.accepted] == ["anna.berg@firm.internal"]
