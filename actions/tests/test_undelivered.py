import pytest

from actions import answers
from actions.models import Commitment, SponsorRequest
from actions.undelivered import undelivered_on
from failforward import testing
from failforward.outbox.models import Mail
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


def told(action_list) -> list[str]:
    return [one.sentence for one in undelivered_on(action_list)]


def test_the_list_says_who_could_not_be_asked(cast):
    owned = testing.action_list(cast)
    nobody = testing.person("Nia Nomail", cast.north, email=None)
    Commitment.make(nobody, nobody, "Try the gateways", TODAY, now=NOW, action_list=owned)
    assert told(owned) == ["Nia Nomail has no e-mail address, so nobody asked them."]


def test_a_question_that_an_early_answer_took_back_is_no_trouble(cast):
    owned = testing.action_list(cast)
    made = Commitment.make(cast.rep, cast.rep, "Try the gateways", TODAY, now=NOW, action_list=owned)
    answers.give(made.follow_ups.get(), cast.rep, "done", via="desk", now=NOW)
    assert told(owned) == []


@pytest.mark.parametrize("how", ["open", "dropped", "requested", "taken back"])
def test_only_what_is_still_open_is_listed(cast, how):
    owned = testing.action_list(cast)
    action = testing.action(cast, action_list=owned, state="committed", done_criterion="Not seen")
    nobody = testing.person("Nia Nomail", cast.north, email=None)
    verb = Commitment.make if how in ("open", "dropped") else Commitment.request
    by = nobody if verb == Commitment.make else cast.list_owner
    made = verb(by, nobody, "Try the gateways", TODAY, now=NOW, action=action, asked_by=cast.list_owner)
    if how in ("dropped", "taken back"):
        made.drop(by, "Not needed")
    assert len(told(owned)) == (how in ("open", "requested"))


@pytest.mark.parametrize(("state", "heard"), [("bounced", 1), ("failed", 1), ("sent", 0), ("withheld", 0)])
def test_a_mail_that_did_not_reach_the_sponsor_is_listed_while_it_waits(client, cast, state, heard):
    owned = testing.action_list(cast)
    asked = SponsorRequest.ask(cast.list_owner, owned, "A second reader", TODAY, now=NOW, today=TODAY)
    Mail.objects.filter(kind="sponsor_request").update(state=state)
    assert len(told(owned)) == heard
    client.force_login(cast.list_owner)
    page = client.get(f"/lists/{owned.pk}/").content.decode()
    assert ("Mail that did not arrive" in page) == bool(heard)
    asked.withdraw(cast.list_owner)
    assert told(owned) == []
