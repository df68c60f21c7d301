"""What reached nobody is told once to who can do something about it, and to nobody else."""

import datetime as dt

import pytest
from django.utils import timezone

from actions import answers
from actions.models import Commitment
from actions.rhythm import unreached
from actions.tasks import mend_follow_ups
from actions.tests import test_rhythm
from actions.tests.test_rhythm import MONDAY, at, go_through, letters, on_list, promise, sent, texts
from failforward.outbox.models import Mail, State
from failforward.outbox.run import run_due

pytestmark = pytest.mark.django_db
cast, owned = test_rhythm.cast, test_rhythm.owned
GONE = "550 5.1.1 no such user"


def come_back(kind: str = "follow_up") -> None:
    for mail in sent(kind):
        mail.bounced(GONE, at(hour=17))


def tell(days: int = 0) -> None:
    """The hour after everything came back, and the day of whoever hears of it."""
    mend_follow_ups(at(days, hour=18).isoformat())
    run_due(at(days + 1))


def told(kind: str = unreached.KIND) -> set[str]:
    return {mail.recipient.name for mail in sent(kind)}


def test_the_owner_of_the_list_hears_of_it_once_with_the_way_to_the_list(cast, owned):
    on_list(cast, owned)
    go_through(at())
    come_back()
    for _hour in range(3):
        tell()
    (text,) = texts(unreached.KIND)
    (letter,) = letters(unreached.KIND)
    assert told() == {cast.list_owner.name}
    assert letter["Subject"] == f"Our mail did not reach {cast.rep.name}"
    assert "Call Brandt" in text
    assert f"The mail to {cast.rep.name} came back." in text
    assert f"/lists/{owned.pk}/" in text


def test_without_a_list_who_asked_hears_of_it(cast):
    made = promise(cast)
    go_through(at())
    come_back()
    tell()
    assert told() == {cast.manager.name}
    assert f"/commitments/{made.pk}/" in texts(unreached.KIND)[0]


def test_of_what_is_private_nobody_hears_nor_does_the_person_themselves(cast, owned):
    promise(cast, "Call mother", private=True, asked_by=None)
    promise(cast, "Tidy the desk", asked_by=cast.rep)
    on_list(cast, owned, "Write the minutes", person=cast.list_owner, asked_by=None)
    go_through(at())
    assert len(sent("follow_up")) == 3
    come_back()
    tell()
    assert not Mail.objects.filter(kind=unreached.KIND).exists()


def test_several_are_one_mail_and_a_digest_is_told_by_its_parts(cast, owned):
    for number in range(4):
        on_list(cast, owned, f"Thing {number}")
    on_list(cast, owned, "Count", person=cast.manager)
    promise(cast, "Something private", private=True, asked_by=None)
    go_through(at())
    come_back()
    come_back("digest")
    tell()
    (text,) = texts(unreached.KIND)
    assert [text.count(what) for what in ("Thing 0", "Thing 3", "Count", "private")] == [1, 1, 1, 0]
    assert letters(unreached.KIND)[0]["Subject"] == "5 questions that reached nobody"


def test_one_that_comes_back_later_is_told_by_itself(cast, owned):
    on_list(cast, owned, "Thing 1")
    on_list(cast, owned, "Thing 2", on=MONDAY + dt.timedelta(1))
    go_through(at())
    come_back()
    go_through(at(1))
    tell()
    come_back()
    tell(1)
    first, second = texts(unreached.KIND)
    assert ("Thing 1" in first, "Thing 2" in first) == (True, False)
    assert ("Thing 1" in second, "Thing 2" in second) == (False, True)


@pytest.mark.parametrize("how", ["answered", "sent again", "dropped"])
def test_what_is_settled_by_then_is_not_told(how, cast, owned):
    made = on_list(cast, owned)
    go_through(at())
    come_back()
    mend_follow_ups(at(hour=18).isoformat())
    if how == "answered":
        answers.give(made.follow_ups.get(), cast.rep, "done", via="desk", now=at(hour=19))
    elif how == "sent again":
        Mail.objects.filter(kind="follow_up").update(state=State.SENT)
    else:
        Mail.objects.filter(kind="follow_up").update(dropped_at=timezone.now())
    run_due(at(1))
    assert [mail.state for mail in Mail.objects.filter(kind=unreached.KIND)] == [State.WITHHELD]


def test_a_request_that_came_back_reaches_its_asker(cast):
    asked = Commitment.request(cast.manager, cast.rep, "Ring the plant", MONDAY, now=at(hour=8))
    run_due(at(hour=8))
    come_back("request")
    tell()
    assert told() == {cast.manager.name}
    assert asked.what in texts(unreached.KIND)[0]


def test_looking_costs_the_same_however_much_is_known(cast, owned, django_assert_num_queries):
    on_list(cast, owned)
    go_through(at())
    come_back()
    unreached.tell(at(hour=18))
    with django_assert_num_queries(2):
        assert unreached.tell(at(hour=19)) == 0
