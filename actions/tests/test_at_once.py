"""The same thing done by several at the same moment, on the real database."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from actions.models import Answer, AnswerToken, Commitment, FollowUp
from actions.tests.at_once import all_at_once
from failforward import testing
from failforward.outbox.models import Mail

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 8


@pytest.fixture
def link():
    cache.clear()
    cast = testing.cast()
    made = Commitment.make(cast.rep, cast.rep, "Try the gateways", timezone.localdate(), asked_by=cast.manager)
    follow_up = made.follow_ups.get()
    until = timezone.now() + dt.timedelta(days=9)
    return f"/f/{AnswerToken.issue(follow_up=follow_up, person=cast.rep, expires_at=until)}/"


def test_send_pressed_by_many_hands_is_one_answer_and_one_next_commitment(link):
    tomorrow = (timezone.localdate() + dt.timedelta(1)).isoformat()
    said = {"status": "partly", "outcome": "Half", "new_on": tomorrow, "next_what": "Ask Lena", "next_on": tomorrow}
    codes = all_at_once(MANY, lambda number: Client().post(link, said | {"seen": ""}).status_code)
    assert codes == [302] * MANY
    assert Answer.objects.count() == 1
    assert Commitment.objects.count() == 2
    assert sorted(FollowUp.objects.values_list("commitment__what", "occurrence", "state")) == [
        ("Ask Lena", 1, "planned"),
        ("Try the gateways", 1, "answered"),
        ("Try the gateways", 2, "planned"),
    ]
    assert Mail.objects.filter(kind="answers").count() == 1


def test_of_two_different_answers_one_stands_and_the_other_is_told(link):
    def answer(number: int) -> int:
        return Client().post(link, {"status": "done", "outcome": f"Tab {number}", "seen": ""}).status_code

    assert sorted(all_at_once(MANY, answer)) == [302] + [400] * (MANY - 1)
    assert Answer.objects.count() == 1
