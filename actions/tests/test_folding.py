"""What the page of an action folds away: nothing that is open and near, nothing that was just done."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.utils import timezone

from actions.folding import fold
from actions.models import Milestone, Step, Update
from failforward import testing


def things(*over: int | None) -> list:
    return [SimpleNamespace(pk=pk, over=when) for pk, when in enumerate(over, 1)]


def shown(rows: list, **more) -> tuple[list[int], int]:
    folded = fold(rows, over=lambda thing: thing.over, **more)
    return [thing.pk for thing in folded.shown], folded.rest


def test_a_short_row_stays_whole():
    assert shown(things(*[None] * 9)) == (list(range(1, 10)), 0)


def test_of_what_is_over_the_newest_stay_and_of_what_is_open_the_first():
    rows = things(5, 1, 9, 2, 7, *[None] * 8)
    assert shown(rows) == ([1, 3, 5, 6, 7, 8, 9, 10, 11], 4)


def test_what_is_being_changed_is_shown_and_on_wish_everything():
    rows = things(*range(1, 13))
    assert shown(rows, opened=2) == ([2, 10, 11, 12], 8)
    assert shown(rows, unfolded=True) == (list(range(1, 13)), 0)


@pytest.mark.django_db
def test_the_page_folds_and_a_link_shows_the_rest(client):
    cast, now, today = testing.cast(), timezone.now(), timezone.localdate()
    action = testing.action(cast, state="in_progress", no_steps_needed=False, done_criterion="Not seen")
    for number in range(12):
        on = today + dt.timedelta(number + 1)
        Step.objects.create(action=action, position=number, what=f"Step-{number:02}.")
        Milestone.objects.create(action=action, what=f"Stone-{number:02}.", due_on=on, first_due_on=on)
        Update.objects.create(action=action, text=f"Told-{number:02}.", by=cast.rep, on=today, at=now)
    client.force_login(cast.list_owner)

    def found(query: str) -> list[int]:
        page = client.get(f"/actions/{action.pk}/{query}").content.decode()
        return [sum(f"{what}-{number:02}." in page for number in range(12)) for what in ("Step", "Stone", "Told")]

    assert (found(""), found("?do=all")) == ([6, 6, 6], [12, 12, 12])
    page = client.get(f"/actions/{action.pk}/").content.decode()
    assert all(f"?do=all#{anchor}" in page for anchor in ("steps", "milestones", "going"))
    folded = Milestone.objects.get(what="Stone-11.")
    assert "Stone-11." in client.get(f"/actions/{action.pk}/?do=milestone.edit.{folded.pk}").content.decode()
