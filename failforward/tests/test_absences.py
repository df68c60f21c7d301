import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from failforward import testing
from failforward.accounts import times
from failforward.accounts.models import Absence
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import TODAY

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(1)
MONDAY = TODAY + 5 * DAY


@pytest.fixture
def cast():
    return testing.cast()


def plan(by, person, since=MONDAY, until=MONDAY + 4 * DAY, stand_in=None) -> Absence:
    return Absence.plan(by, person, since, until, stand_in, today=TODAY)


def test_one_is_away_on_both_days_and_all_between(cast):
    plan(cast.rep, cast.rep)
    calendar = times.calendar_of(cast.rep)
    assert [day for day in (MONDAY + n * DAY for n in range(-1, 7)) if calendar.works_on(day)] == []
    assert calendar.works_on(MONDAY + 7 * DAY)
    assert calendar.works_on(TODAY)


@pytest.mark.parametrize("who", ["rep", "manager", "admin"])
def test_oneself_ones_manager_and_an_admin_may_plan_it(cast, who):
    assert plan(getattr(cast, who), cast.rep).stands


@pytest.mark.parametrize("who", ["other_rep", "outsider", "sponsor", "list_owner"])
def test_nobody_else_may(cast, who):
    with pytest.raises(Refused, match="Only Ines Duarte"):
        plan(getattr(cast, who), cast.rep)
    made = plan(cast.rep, cast.rep)
    for verb in (
        lambda by: made.change(by, MONDAY, MONDAY, today=TODAY),
        lambda by: made.end(by, today=TODAY),
    ):
        with pytest.raises(Refused, match="Only Ines Duarte"):
            verb(getattr(cast, who))
    assert list(Absence.objects.visible_to(getattr(cast, who))) == []


@pytest.mark.parametrize(
    ("since", "until", "stand_in", "says"),
    [
        (MONDAY, MONDAY - DAY, None, "before the first"),
        (TODAY - 9 * DAY, TODAY - DAY, None, "are over"),
        (MONDAY, MONDAY + 800 * DAY, None, "within the next two years"),
        (dt.date(9999, 12, 30), dt.date(9999, 12, 31), None, "within the next two years"),
        (MONDAY, MONDAY, "rep", "Choose somebody else to stand in"),
    ],
)
def test_what_cannot_be_is_refused(cast, since, until, stand_in, says):
    with pytest.raises(Refused, match=says):
        plan(cast.rep, cast.rep, since, until, stand_in and getattr(cast, stand_in))
    assert Absence.objects.count() == 0


@pytest.mark.parametrize(("since", "until"), [(0, 4), (4, 9), (-3, 0), (1, 2), (-5, 20)])
def test_two_absences_of_one_person_do_not_overlap(cast, since, until):
    plan(cast.rep, cast.rep)
    with pytest.raises(Refused, match="already"):
        plan(cast.rep, cast.rep, MONDAY + since * DAY, MONDAY + until * DAY)
    plan(cast.other_rep, cast.other_rep, MONDAY + since * DAY, MONDAY + until * DAY)


def test_they_may_touch_and_take_the_place_of_one_called_off(cast):
    made = plan(cast.rep, cast.rep)
    plan(cast.rep, cast.rep, MONDAY + 5 * DAY, MONDAY + 6 * DAY)
    made.end(cast.rep, today=TODAY)
    assert made.state == "called_off"
    plan(cast.rep, cast.rep, MONDAY + DAY, MONDAY + 4 * DAY)


def test_the_database_itself_refuses_an_overlap(cast):
    days = st.tuples(st.integers(0, 12), st.integers(0, 6))

    @given(st.lists(st.tuples(days, st.sampled_from(["standing", "called_off"])), min_size=2, max_size=5))
    def check(drawn):
        with transaction.atomic():
            Absence.objects.all().delete()
            taken: list[set] = []
            for (start, length), state in drawn:
                found = {MONDAY + (start + n) * DAY for n in range(length + 1)}
                row = Absence(person=cast.rep, from_on=min(found), until_on=max(found), state=state)
                clashes = state == "standing" and any(found & other for other in taken)
                try:
                    with transaction.atomic():
                        row.save(force_insert=True)
                except IntegrityError:
                    assert clashes
                else:
                    assert not clashes
                    taken += [found] if state == "standing" else []

    check()


def test_the_database_refuses_an_overlap_by_a_change_too(cast):
    plan(cast.rep, cast.rep)
    later = plan(cast.rep, cast.rep, MONDAY + 7 * DAY, MONDAY + 8 * DAY)
    for fields in ({"from_on": MONDAY}, {"from_on": MONDAY + 9 * DAY}, {"stand_in": cast.rep}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Absence.objects.filter(pk=later.pk).update(**fields)
    Absence.objects.filter(pk=later.pk).update(until_on=MONDAY + 20 * DAY)


def test_the_guard_is_part_of_the_table_on_both_databases(cast):
    if connection.vendor == "sqlite":
        table = Absence._meta.db_table
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s ORDER BY name"
        with connection.cursor() as cursor:
            cursor.execute(found, [table])
            triggers = [name for (name,) in cursor.fetchall()]
        assert triggers == ["absences_do_not_overlap_insert", "absences_do_not_overlap_update"]
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT contype FROM pg_constraint WHERE conname = 'absences_do_not_overlap'")
            assert cursor.fetchall() == [("x",)]


def test_back_early_ends_it_the_day_before(cast):
    made = plan(cast.rep, cast.rep, TODAY - 2 * DAY, TODAY + 9 * DAY)
    made.end(cast.manager, today=TODAY)
    assert (made.state, made.until_on) == ("standing", TODAY - DAY)
    made.end(cast.manager, today=TODAY)
    assert [change.verb for change in Change.objects.about(made)] == ["ended", "planned"]


def test_back_on_the_first_day_calls_it_off(cast):
    made = plan(cast.rep, cast.rep, TODAY, TODAY + 9 * DAY)
    made.end(cast.rep, today=TODAY)
    assert made.state == "called_off"
    with pytest.raises(Refused, match="called off"):
        made.change(cast.rep, TODAY, TODAY, today=TODAY)


def test_changing_it_to_the_same_leaves_no_trace(cast):
    made = plan(cast.rep, cast.rep, stand_in=cast.other_rep)
    made.change(cast.rep, made.from_on, made.until_on, cast.other_rep, today=TODAY)
    made.change(cast.rep, made.from_on, made.until_on + DAY, None, today=TODAY)
    assert [change.verb for change in Change.objects.about(made)] == ["changed", "planned"]
    made.refresh_from_db()
    assert (made.until_on, made.stand_in) == (MONDAY + 5 * DAY, None)


# --- Read from an out-of-office mail ----------------------------------------------------------------


def test_an_offered_absence_holds_nothing_until_it_is_accepted(cast):
    offered = Absence.offer(cast.rep, TODAY + 9 * DAY, today=TODAY)
    assert times.calendar_of(cast.rep).works_on(TODAY)
    offered.accept(cast.rep, today=TODAY)
    offered.accept(cast.rep, today=TODAY)
    assert not times.calendar_of(cast.rep).works_on(TODAY)


def test_it_is_offered_once_and_follows_the_last_mail(cast):
    first = Absence.offer(cast.rep, TODAY + 9 * DAY, today=TODAY)
    again = Absence.offer(cast.rep, TODAY + 12 * DAY, today=TODAY + DAY)
    assert first == again == Absence.objects.get()
    assert Absence.objects.get().until_on == TODAY + 12 * DAY


def test_what_was_declined_is_not_offered_again(cast):
    Absence.offer(cast.rep, TODAY + 9 * DAY, today=TODAY).decline(cast.rep)
    assert Absence.offer(cast.rep, TODAY + 9 * DAY, today=TODAY + DAY) is None
    assert Absence.offer(cast.rep, TODAY + 30 * DAY, today=TODAY + DAY) is not None


@pytest.mark.parametrize("until", [TODAY - DAY, dt.date(2002, 1, 1), dt.date(9999, 12, 31)])
def test_a_day_that_cannot_be_meant_is_not_offered(cast, until):
    assert Absence.offer(cast.rep, until, today=TODAY) is None


def test_who_has_said_so_already_is_not_asked(cast):
    plan(cast.rep, cast.rep, TODAY, TODAY + 9 * DAY)
    assert Absence.offer(cast.rep, TODAY + 9 * DAY, today=TODAY) is None


def test_an_offer_that_was_overtaken_is_refused_in_words(cast):
    offered = Absence.offer(cast.rep, TODAY + 9 * DAY, today=TODAY)
    plan(cast.rep, cast.rep, TODAY, TODAY + 3 * DAY)
    with pytest.raises(Refused, match="already"):
        offered.accept(cast.rep, today=TODAY)
    offered.refresh_from_db()
    assert offered.state == "offered"
    offered.decline(cast.rep)
    with pytest.raises(Refused, match="called off"):
        offered.accept(cast.rep, today=TODAY)
