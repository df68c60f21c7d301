"""The page of an open deal that asks whether the buyer moves."""

import datetime as dt
import re

import pytest
from django.utils import timezone

from failforward import testing
from failforward.guards import Conflict
from failforward.history.models import Change
from failforward.history.words import phrase
from failforward.undo import of
from reviews.models import Activity, ClientQuestion, Deal, JointMilestone

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def deal(cast, today):
    return testing.deal(
        cast, outcome="open", lost_on=None, closed_on=None, opened_on=today - dt.timedelta(40), name="Kilns"
    )


def history_of(deal):
    return Change.objects.filter(subject="reviews.deal", subject_id=deal.pk)


def page(client, person, path: str) -> str:
    client.force_login(person)
    return client.get(path).content.decode()


def post(client, deal, verb: str, **said):
    return client.post(f"/deals/{deal.pk}/buyer/{verb}/", {f"{verb}-{name}": value for name, value in said.items()})


def test_a_stalled_deal_offers_the_question_to_the_client(cast, deal, client):
    assert "The buyer has not moved for 40 days." in page(client, cast.rep, f"/deals/{deal.pk}/")
    assert "The buyer has not moved for 40 days." in page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    form = page(client, cast.rep, f"/deals/{deal.pk}/buyer/?do=ask")
    assert "What would have to happen on your side for this to go on?" in form


def test_the_buyers_move_and_an_agreed_milestone_are_noted(cast, deal, today, client):
    client.force_login(cast.rep)
    assert post(client, deal, "move", subject="They sent the drawing", happened_on=today).status_code == 302
    assert Activity.objects.get().direction == "in"
    due = today + dt.timedelta(20)
    answer = post(client, deal, "agree", what="The pilot runs", with_whom="", agreed_on=today, due_on=due)
    assert answer.status_code == 400
    assert "The pilot runs" in answer.content.decode()
    post(client, deal, "agree", what="The pilot runs", with_whom="Anna Berg", agreed_on=today, due_on=due)
    assert JointMilestone.objects.get().with_whom == "Anna Berg"
    text = page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    assert "The buyer moved last on" in text
    assert "They sent the drawing" in text


def test_it_is_parked_with_a_reason_and_a_day_and_taken_up_again(cast, deal, today, client):
    client.force_login(cast.rep)
    until = today + dt.timedelta(30)
    assert post(client, deal, "park", reason="", until=until).status_code == 400
    assert post(client, deal, "park", reason="Their budget round", until=until).status_code == 302
    assert "Their budget round" in page(client, cast.rep, f"/deals/{deal.pk}/")
    assert post(client, deal, "take-up").status_code == 302
    deal.refresh_from_db()
    assert deal.parked_until is None


def test_the_question_and_all_that_came_of_it(cast, deal, today, client):
    client.force_login(cast.rep)
    post(client, deal, "ask", question="What would move it?", whom="Anna Berg", asked_on=today)
    asked = ClientQuestion.objects.get()
    path = f"/client-questions/{asked.pk}/"
    said = {"said": "Their IT has to agree.", "said_on": today, "seen": asked.version}

    refused = client.post(path, said | {"addresses": "not_ours"})
    assert refused.status_code == 400
    assert "Their IT has to agree." in refused.content.decode()

    answered = said | {"answered": "We know.", "addresses": "not_ours", "options": "A call with our security lead."}
    assert client.post(path, answered).status_code == 302

    text = page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    for words in ("Their IT has to agree.", "We know.", "A call with our security lead.", "Not in our power"):
        assert words in text
    assert not Deal.objects.stalled(today).exists()
    assert client.post(path, answered | {"said": "Something else"}).status_code == 400, "somebody else changed it"


def test_who_reads_the_deal_reads_this_and_only_who_writes_it_writes(cast, deal, client):
    reader = cast.manager
    assert page(client, reader, f"/deals/{deal.pk}/buyer/")
    client.force_login(cast.other_rep)
    assert client.get(f"/deals/{deal.pk}/buyer/").status_code == 404
    assert post(client, deal, "take-up").status_code == 404


def test_the_list_of_deals_shows_the_stalled_and_the_parked(cast, deal, today, client):
    parked = testing.deal(cast, outcome="open", lost_on=None, closed_on=None, opened_on=today, name="Dryers")
    parked.park(cast.rep, "Their budget round", today + dt.timedelta(9), today=today)
    stalled = page(client, cast.rep, "/deals/?outcome=stalled")
    assert ("Kilns" in stalled, "Dryers" in stalled) == (True, False)
    resting = page(client, cast.rep, "/deals/?outcome=parked")
    assert ("Kilns" in resting, "Dryers" in resting) == (False, True)
    assert "In one of your deals the buyer has not moved for two weeks" in page(client, cast.rep, "/")


def test_a_closed_deal_has_no_such_page(cast, client):
    lost = testing.deal(cast)
    client.force_login(cast.rep)
    assert client.get(f"/deals/{lost.pk}/buyer/").status_code == 302
    assert post(client, lost, "move", subject="They rang", happened_on=timezone.localdate()).status_code == 302
    assert not Activity.objects.exists()


def test_a_move_lies_between_the_opening_of_the_deal_and_today(cast, deal, today, client):
    client.force_login(cast.rep)
    for day in (dt.date(2001, 1, 1), deal.opened_on - dt.timedelta(1), today + dt.timedelta(1)):
        answer = post(client, deal, "move", subject="They rang", happened_on=day)
        assert (answer.status_code, "They rang" in answer.content.decode()) == (400, True)
        assert list(answer.context["form"].errors) == ["happened_on"]
        assert post(client, deal, "ask", question="What now?", asked_on=day).status_code == 400
        agreed = {"what": "A pilot", "with_whom": "Anna Berg", "agreed_on": day, "due_on": today + dt.timedelta(9)}
        assert list(post(client, deal, "agree", **agreed).context["form"].errors) == ["agreed_on"]
    assert not (Activity.objects.exists() or ClientQuestion.objects.exists() or JointMilestone.objects.exists())
    assert post(client, deal, "move", subject="They rang", happened_on=deal.opened_on).status_code == 302


def test_a_move_noted_wrongly_is_taken_back_and_put_back(cast, deal, today, client):
    client.force_login(cast.rep)
    post(client, deal, "move", subject="They rang", happened_on=today)
    back = f"/deals/{deal.pk}/buyer/moves/{Activity.objects.get().pk}/take-back/"
    assert back in page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    assert client.post(back).status_code == 302
    assert not Activity.objects.exists()
    text = page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    assert "The buyer has not moved for 40 days." in text
    assert f'action="/deals/{deal.pk}/buyer/move/"' in text, "Undo"
    assert client.post(back).status_code == 302, "twice does no harm"
    assert [change.verb for change in history_of(deal)].count("remove activity") == 1
    post(client, deal, "move", subject="They rang", happened_on=today)
    assert Activity.objects.get().subject == "They rang"


def test_what_they_said_to_a_question_and_what_was_brought_in_are_not_taken_back(cast, deal, today, client):
    client.force_login(cast.rep)
    asked = ClientQuestion.put(deal, cast.rep, question="What now?", asked_on=today, today=today)
    asked.tell(cast.rep, said="Wait for March", said_on=today, today=today)
    Activity.objects.create(deal=deal, direction="in", happened_on=today, subject="A call", source="crm")
    for move in Activity.objects.all():
        assert client.post(f"/deals/{deal.pk}/buyer/moves/{move.pk}/take-back/").status_code == 302
    assert Activity.objects.count() == 2
    text = page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    assert "take-back" not in text
    client.force_login(cast.other_rep)
    assert client.post(f"/deals/{deal.pk}/buyer/moves/1/take-back/").status_code == 404


def test_what_both_agreed_is_taken_back_and_put_back(cast, deal, today, client):
    said = {"what": "Trial run", "with_whom": "Mr Brandt", "agreed_on": today, "due_on": today}
    client.force_login(cast.rep)
    post(client, deal, "agree", **said)
    back = f"/deals/{deal.pk}/buyer/agreed/{JointMilestone.objects.get().pk}/take-back/"
    assert back in page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    for _twice in range(2):
        assert client.post(back).status_code == 302
    assert not JointMilestone.objects.exists()
    assert [change.verb for change in history_of(deal)].count("remove milestone") == 1
    assert undone(client, deal)
    made = JointMilestone.objects.get()
    assert {name: getattr(made, name) for name in said} == said
    client.force_login(cast.other_rep)
    assert client.post(back).status_code == 404


def test_what_they_said_is_taken_back_before_the_question_and_both_come_back(cast, deal, today, client):
    asked = ClientQuestion.put(deal, cast.rep, question="What now?", whom="Mr Brandt", asked_on=today, today=today)
    asked.tell(cast.rep, said="Wait for March", answered="We do", addresses="yes", said_on=today, today=today)
    told = ("said", "said_on", "answered", "addresses")
    client.force_login(cast.rep)
    take_back(client, asked, shown_version(client, asked))
    assert not Activity.objects.exists()
    assert undone(client, deal)
    assert ClientQuestion.objects.values_list(*told).get() == ("Wait for March", today, "We do", "yes")
    assert Activity.objects.get().subject == "Wait for March"
    take_back(client, asked, shown_version(client, asked))
    take_back(client, asked, shown_version(client, asked))
    assert not ClientQuestion.objects.exists()
    assert undone(client, deal)
    assert ClientQuestion.objects.values_list("question", "whom", "said").get() == ("What now?", "Mr Brandt", "")
    verbs = [change.verb for change in history_of(deal)]
    assert (verbs.count("remove client said"), verbs.count("remove question")) == (2, 1)


@pytest.mark.parametrize("last", [2, None, ""])
def test_pressed_twice_or_in_an_old_tab_it_takes_back_only_what_was_shown(cast, deal, today, client, last):
    asked = ClientQuestion.put(deal, cast.rep, question="What now?", asked_on=today, today=today)
    client.force_login(cast.rep)
    old_tab = shown_version(client, asked)
    asked.tell(cast.rep, said="Wait for March", said_on=today, today=today)
    take_back(client, asked, old_tab)
    assert "This changed meanwhile" in page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    assert ClientQuestion.objects.get().said == "Wait for March"
    take_back(client, asked, shown_version(client, asked))
    take_back(client, asked, last)
    assert "This changed meanwhile" in page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    assert ClientQuestion.objects.values_list("question", "said").get() == ("What now?", "")


def test_a_question_that_went_while_it_was_taken_back_is_no_error(cast, deal, today):
    asked = ClientQuestion.put(deal, cast.rep, question="What now?", asked_on=today, today=today)
    ClientQuestion.objects.get().take_back(cast.rep, asked.version)
    with pytest.raises(Conflict):
        asked.take_back(cast.rep, asked.version)


def shown_version(client, asked) -> str:
    """What the page of the question posts with its last button."""
    shown = client.get(f"/client-questions/{asked.pk}/").content.decode()
    return re.search(r'take-back/".*?name="seen" value="(\d+)"', shown, re.DOTALL)[1]


def take_back(client, asked, seen) -> None:
    said = {} if seen is None else {"seen": seen}
    assert client.post(f"/client-questions/{asked.pk}/take-back/", said).status_code == 302


def undone(client, deal) -> bool:
    """Presses Undo in the newest message."""
    shown = client.get(f"/deals/{deal.pk}/buyer/")
    undo = [found for message in shown.context["messages"] if (found := of(message))][-1]
    return client.post(undo.url, dict(undo.fields)).status_code == 302


def test_a_move_before_the_opening_is_not_the_last_day_they_moved(cast, deal, today, client):
    deal.opened_on = today - dt.timedelta(4)
    deal.save(update_fields=["opened_on"])
    Activity.add(deal, cast.rep, direction="in", happened_on=dt.date(2001, 1, 1), subject="They rang", today=today)
    text = page(client, cast.rep, f"/deals/{deal.pk}/buyer/")
    assert "The buyer moved last on" not in text
    assert "the buyer has not moved yet" in text
    change = history_of(deal).get(verb="add activity")
    assert phrase(change) == "added “They rang” of Mon 1 Jan 2001"
