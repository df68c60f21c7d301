"""What the oracle must find: planted here, so that a table that says "held" can be believed."""

from faults.oracle import Copy, Seen, look
from faults.table import Result

DUE = {"promise-1": 1, "promise-2": 1, "promise-3": 1}
ONE = Copy("<1@x>", "aa", frozenset({"promise-1"}))
# A digest: two questions in one mail.
TWO_AND_THREE = Copy("<2@x>", "bb", frozenset({"promise-2", "promise-3"}))
FINE = [ONE, TWO_AND_THREE]


def judged(seen: Seen, **more) -> Result:
    result = Result(1, "planted", "sqlite", **({"injected": 1, "due": 3} | more))
    result.take(seen)
    return result


def test_each_question_once_is_fine():
    seen = look(DUE, FINE)
    assert seen == Seen(lost=0, questions=1, extra=0, changed=0, strangers=0)
    assert judged(seen).is_fine


def test_a_loss_is_found():
    seen = look(DUE, [ONE])
    assert seen == Seen(lost=2, questions=1, extra=0, changed=0, strangers=0)
    assert judged(seen).reasons == ["2 lost"]


def test_everything_lost_is_found():
    seen = look(DUE, [])
    assert judged(seen).reasons == ["3 lost", "0 questions for one occurrence"]


def test_a_second_copy_is_found_and_fine_only_where_it_is_allowed():
    seen = look(DUE, [*FINE, ONE])
    assert seen == Seen(lost=0, questions=1, extra=1, changed=0, strangers=0)
    assert judged(seen).reasons == ["1 extra copies, 0 allowed"]
    assert judged(seen, allowed=1).is_fine


def test_a_changed_copy_is_found_even_where_a_copy_is_allowed():
    seen = look(DUE, [*FINE, Copy("<1@x>", "other", ONE.asks)])
    assert judged(seen, allowed=1).reasons == ["1 mails whose copies differ"]


def test_a_second_question_is_found_though_it_is_another_mail():
    seen = look(DUE, [*FINE, Copy("<9@x>", "cc", frozenset({"promise-3"}))])
    assert seen == Seen(lost=0, questions=2, extra=0, changed=0, strangers=0)
    assert judged(seen, allowed=5).reasons == ["2 questions for one occurrence"]


def test_two_occurrences_are_asked_twice_and_not_once_or_three_times():
    again = Copy("<3@x>", "dd", frozenset({"promise-1"}))
    twice = DUE | {"promise-1": 2}
    assert look(twice, [*FINE, again]) == Seen(lost=0, questions=1, extra=0, changed=0, strangers=0)
    assert look(twice, FINE).lost == 1
    assert look(twice, [*FINE, again, Copy("<4@x>", "ee", again.asks)]).questions == 2


def test_a_question_about_what_is_not_due_is_found():
    seen = look(DUE, [*FINE, Copy("<7@x>", "ff", frozenset({"promise-7"}))])
    assert judged(seen).reasons == ["1 questions about what was not due"]


def test_a_fault_that_did_not_happen_has_not_been_survived():
    assert judged(look(DUE, FINE), injected=0).reasons == ["the fault did not happen"]


def test_what_a_row_found_wrong_fails_it():
    assert not judged(look(DUE, FINE), wrong=["/readyz stayed green"]).is_fine
