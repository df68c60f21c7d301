"""What comes after what: no chain leads back to where it began, whoever adds to it at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from actions.models import ActionItem, Dependency
from failforward import testing
from failforward.guards import Refused
from failforward.outbox.models import Mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def owned(cast):
    return testing.action_list(cast, people=(cast.rep, cast.other_rep))


def running(cast, owned, what, **fields):
    fields = {"state": "in_progress", "done_criterion": "Not seen", "no_steps_needed": True} | fields
    return testing.action(cast, action_list=owned, what=what, **fields)


@pytest.fixture
def abcd(cast, owned):
    return [running(cast, owned, name) for name in "ABCD"]


def news():
    return sorted(Mail.objects.filter(kind="news").values_list("recipient__name", flat=True))


def test_a_circle_is_refused_in_words_that_name_the_chain(cast, abcd):
    a, b, c, _ = abcd
    a.wait_for(cast.list_owner, b)
    b.wait_for(cast.list_owner, c)
    with pytest.raises(Refused) as refused:
        c.wait_for(cast.list_owner, a)
    assert str(refused.value) == (
        "That would be a circle: “A” waits for “B”, which waits for this one again. One of them has to come first."
    )
    assert refused.value.field == "other"
    assert Dependency.objects.count() == 2


def test_nothing_waits_for_itself_or_for_what_is_over_or_unseen(cast, abcd):
    a, b, *_ = abcd
    elsewhere = running(cast, testing.action_list(cast, owner=cast.manager, team=cast.south, sponsor=None), "Elsewhere")
    b.claim_done(cast.rep)
    for other in (a, b, elsewhere):
        with pytest.raises(Refused):
            a.wait_for(cast.list_owner, other)
    assert Dependency.objects.count() == 0


def test_the_chain_names_nothing_that_this_person_may_not_read(cast, owned, abcd):
    a, b, *_ = abcd
    hidden = running(cast, testing.action_list(cast, owner=cast.admin, sponsor=None), "Hidden")
    a.wait_for(cast.admin, hidden)
    hidden.wait_for(cast.admin, b)
    with pytest.raises(Refused) as refused:
        b.wait_for(cast.list_owner, a)
    assert "Hidden" not in str(refused.value)
    assert "“A” waits for an action that you do not see, which waits for this one again" in str(refused.value)


def test_twice_is_once_and_it_can_be_taken_back(cast, abcd):
    a, b, *_ = abcd
    a.wait_for(cast.list_owner, b)
    a.wait_for(cast.list_owner, b)
    assert Dependency.objects.count() == 1
    a.wait_no_more(cast.list_owner, b)
    a.wait_no_more(cast.list_owner, b)
    b.wait_for(cast.list_owner, a)
    assert list(Dependency.objects.values_list("action__what", "waits_for__what")) == [("B", "A")]


@pytest.mark.parametrize("chain", ["AA", "ABA", "ABCA", "ABCDA"])
def test_the_database_itself_knows_no_circle(abcd, chain):
    by_name = dict(zip("ABCD", abcd, strict=True))
    *pairs, last = [(by_name[one], by_name[other]) for one, other in zip(chain, chain[1:], strict=False)]
    for one, other in pairs:
        Dependency.objects.create(action=one, waits_for=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dependency.objects.create(action=last[0], waits_for=last[1])
    if pairs:
        with pytest.raises(IntegrityError), transaction.atomic():
            Dependency.objects.filter(action=pairs[0][0]).update(waits_for=pairs[0][0])
    assert Dependency.objects.count() == len(pairs)


def test_many_may_wait_for_one_and_one_for_many(abcd):
    a, b, c, d = abcd
    for one, other in [(a, b), (a, c), (b, d), (c, d), (a, d)]:
        Dependency.objects.create(action=one, waits_for=other)
    assert Dependency.objects.count() == 5


def test_what_waits_cannot_be_done_before_what_it_waits_for(cast, abcd):
    a, b, *_ = abcd
    a.wait_for(cast.list_owner, b)
    with pytest.raises(Refused) as refused:
        a.claim_done(cast.rep)
    assert "It comes after “B”, which is not done yet." in str(refused.value)
    b.claim_done(cast.rep)
    a.claim_done(cast.rep)
    assert a.state == "claimed_done"


def test_who_answers_for_what_waits_is_told_when_the_other_is_done_and_may_go_on(cast, owned, abcd):
    a, b, *_ = abcd
    a.responsible = cast.other_rep
    a.save()
    a.block(cast.list_owner, action=b)
    assert (a.state, a.waits_in_words, a.can_go_on) == ("blocked", "“B”", False)
    assert Dependency.objects.filter(action=a, waits_for=b).exists()
    b.claim_done(cast.rep)
    assert news() == ["Jonas Weil", "Tom Okafor"]
    a = ActionItem.objects.for_list().get(pk=a.pk)
    assert a.can_go_on
    a.unblock(cast.other_rep)
    assert (a.state, a.waits_in_words, a.blocked_by_action) == ("in_progress", "", None)


def test_what_else_it_waits_for_is_not_forgotten(cast, abcd):
    a, b, *_ = abcd
    a.block(cast.list_owner, "a signature", person=cast.other_rep, action=b)
    assert a.waits_in_words == "a signature, Tom Okafor, “B”"
    assert news() == ["Tom Okafor"]
    b.claim_done(cast.rep)
    assert not ActionItem.objects.for_list().get(pk=a.pk).can_go_on


def test_told_again_in_the_same_words_nothing_happens(cast, abcd):
    a, b, *_ = abcd
    for _ in range(2):
        a.block(cast.list_owner, "", person=cast.other_rep, action=b)
    assert news() == ["Tom Okafor"]
    version = ActionItem.objects.get(pk=a.pk).version
    a.block(cast.list_owner, "something else")
    assert (a.waits_in_words, a.version) == ("something else", version + 1)
    a.wait_no_more(cast.list_owner, b)


@pytest.mark.parametrize("who", ["outsider", "partner"])
def test_it_waits_for_nobody_who_cannot_be_told_here(cast, abcd, who):
    with pytest.raises(Refused):
        abcd[0].block(cast.list_owner, person=getattr(cast, who))
    assert ActionItem.objects.get(pk=abcd[0].pk).state == "in_progress"


def test_blocked_by_nothing_is_refused_by_the_verb_and_by_the_database(cast, abcd):
    with pytest.raises(Refused):
        abcd[0].block(cast.list_owner, "  ")
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionItem.objects.filter(pk=abcd[0].pk).update(state="blocked")


# --- At the same moment ------------------------------------------------------------------------------


def at_once(*acts):
    start = Barrier(len(acts))

    def one(act):
        try:
            start.wait(timeout=30)
            act()
            return "added"
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def waits(one, other, by):
    """On rows of their own, as two requests have them."""
    fresh = [ActionItem.objects.get(pk=row.pk) for row in (one, other)]
    return lambda: fresh[0].wait_for(by, fresh[1])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", range(5))
def test_of_two_that_wait_for_each_other_exactly_one_wins(cast, abcd, time):
    a, b, *_ = abcd
    said = at_once(waits(a, b, cast.list_owner), waits(b, a, cast.manager))
    assert sorted(one == "added" for one in said) == [False, True]
    assert next(one for one in said if one != "added").startswith("That would be a circle")
    assert Dependency.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", range(5))
def test_two_that_share_no_action_cannot_close_a_circle_together(cast, abcd, time):
    a, b, c, d = abcd
    Dependency.objects.create(action=a, waits_for=b)
    Dependency.objects.create(action=c, waits_for=d)
    said = at_once(waits(b, c, cast.list_owner), waits(d, a, cast.manager))
    assert sorted(one == "added" for one in said) == [False, True]
    assert Dependency.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_four_in_a_ring_at_once_are_three(cast, abcd):
    a, b, c, d = abcd
    ring = [(a, b), (b, c), (c, d), (d, a)]
    said = at_once(*[waits(one, other, cast.list_owner) for one, other in ring])
    assert sorted(one == "added" for one in said) == [False, True, True, True]
    assert Dependency.objects.count() == 3
