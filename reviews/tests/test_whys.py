import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from failforward import testing
from failforward.accounts.models import User
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from failforward.testing import NOW
from reviews import why_tree
from reviews.models import Why

SAID = {"text": "The sheet has no field for it.", "evidence": "", "assumed": True, "ends_in_person": False}
PERSON = SAID | {"text": "Tom forgot to ask.", "ends_in_person": True}


@pytest.fixture
def review(cast):
    return testing.review(cast, people=(cast.rep, cast.facilitator), facilitator=cast.facilitator)


@pytest.fixture
def event(review):
    return testing.event(review, causal_role="caused")


@pytest.fixture
def as_rep(client, cast):
    client.force_login(cast.rep)
    return client


def url(event) -> str:
    return reverse("event_whys", args=[event.pk])


def tree(event, kind: str = "why") -> list:
    def told(node):
        return (node.why.text, [told(one) for one in node.answers]) if node.answers else node.why.text

    return [told(top) for top in why_tree.grown(event.whys.standing().filter(kind=kind).in_order())]


def test_answers_stand_under_each_other_and_beside_each_other(cast, event):
    first = Why.answer(event, cast.rep, **SAID | {"text": "A"})
    Why.answer(event, cast.rep, parent=first, **SAID | {"text": "B"})
    Why.answer(event, cast.facilitator, parent=first, **SAID | {"text": "C"})
    Why.answer(event, cast.rep, **SAID | {"text": "D"})
    escaped = Why.answer(event, cast.rep, kind="escape", **SAID | {"text": "E"})
    below = Why.answer(event, cast.rep, parent=escaped, **SAID | {"text": "F"})

    assert tree(event) == [("A", ["B", "C"]), "D"]
    assert tree(event, "escape") == [("E", ["F"])]
    assert below.kind == "escape"
    assert Why.answer(event, cast.rep, parent=first, **SAID | {"text": " B "}).text == "B"
    assert event.whys.count() == 6


def test_what_shows_an_answer_that_stands_already_is_not_lost(as_rep, cast, event):
    assumed = Why.answer(event, cast.rep, text="Nobody asked.", evidence="", assumed=True, ends_in_person=False)
    again = {"text": "Nobody asked.", "evidence": "The mail of 3 May."}
    page = as_rep.post(url(event), again)
    assert page.status_code == 422
    assert "stands here already" in page.content.decode() and "The mail of 3 May." in page.content.decode()
    assumed.refresh_from_db()
    assert (event.whys.count(), assumed.evidence, assumed.assumed) == (1, "", True)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"text": " "}, "text"),
        ({"assumed": False}, "evidence"),
        ({"evidence": "The mail of 3 May"}, "assumed"),
    ],
)
def test_an_answer_says_what_shows_it_or_that_it_is_assumed(cast, event, said, field):
    with pytest.raises(Refused) as refused:
        Why.answer(event, cast.rep, **SAID | said)
    assert refused.value.field == field
    for fields in ({"assumed": False, "evidence": ""}, {"assumed": True, "evidence": "a mail"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Why.objects.create(event=event, text="x", **fields)


def test_it_is_asked_seven_times_at_most_and_forty_answers_are_enough(cast, event):
    why = None
    for number in range(7):
        why = Why.answer(event, cast.rep, parent=why, **SAID | {"text": f"Step {number}"})
    with pytest.raises(Refused, match="deep enough"):
        Why.answer(event, cast.rep, parent=why, **SAID)
    for number in range(33):
        Why.answer(event, cast.rep, **SAID | {"text": f"Beside {number}"})
    with pytest.raises(Refused, match="Forty"):
        Why.answer(event, cast.rep, **SAID)


def test_a_chain_that_ends_in_a_person_asks_once_more(cast, event):
    why = Why.answer(event, cast.rep, **PERSON)
    assert asking(event) == [why]

    below = Why.answer(event, cast.rep, parent=why, **PERSON | {"text": "Nobody told Tom."})
    assert asking(event) == [below]
    with pytest.raises(Refused, match="in a word"):
        below.put_aside(cast.rep, " ")
    assert below.put_aside(cast.rep, "We know no more.")
    assert not below.put_aside(cast.rep, "We know no more.")
    assert asking(event) == []

    below.edit(cast.rep, version=2, **SAID)
    assert (below.aside_because, below.version) == ("", 3)
    with pytest.raises(Refused, match="ends in a person"):
        below.put_aside(cast.rep, "Still")


def asking(event) -> list[Why]:
    return [node.why for node in why_tree.asking(why_tree.grown(event.whys.standing().in_order()))]


def test_what_is_taken_out_goes_with_all_below_it_and_comes_back_whole(cast, event):
    top = Why.answer(event, cast.rep, **SAID | {"text": "A"})
    middle = Why.answer(event, cast.rep, parent=top, **SAID | {"text": "B"})
    Why.answer(event, cast.rep, parent=middle, **SAID | {"text": "C"})
    leaf = Why.answer(event, cast.rep, parent=middle, **SAID | {"text": "D"})

    assert leaf.take_out(cast.rep) and middle.take_out(cast.rep)
    assert not middle.take_out(cast.rep)
    assert tree(event) == ["A"]
    with pytest.raises(Refused, match="Bring that back first"):
        leaf.bring_back(cast.rep)
    with pytest.raises(Refused, match="taken out meanwhile"):
        middle.edit(cast.rep, version=1, **SAID)
    with pytest.raises(Refused, match="taken out meanwhile"):
        Why.answer(event, cast.rep, parent=middle, **SAID)

    assert middle.bring_back(cast.rep) and not middle.bring_back(cast.rep)
    assert tree(event) == [("A", [("B", ["C"])])]
    assert leaf.bring_back(cast.rep)
    assert tree(event) == [("A", [("B", ["C", "D"])])]


def test_two_who_change_an_answer_at_once_lose_nothing(cast, event):
    why = Why.answer(event, cast.rep, **SAID)
    assert why.edit(cast.facilitator, version=1, **SAID | {"text": "Theirs"})
    assert not why.edit(cast.rep, version=1, **SAID | {"text": "Theirs"})
    with pytest.raises(Conflict):
        why.edit(cast.rep, version=1, **SAID | {"text": "Mine"})
    assert Why.objects.get().text == "Theirs"


def test_only_what_counts_is_asked_why_and_only_by_those_who_work_on_it(cast, review, event):
    with pytest.raises(Refused, match="did something to the outcome"):
        Why.answer(testing.event(review, causal_role="unrelated"), cast.rep, **SAID)
    with pytest.raises(Refused, match="people on the review"):
        Why.answer(event, cast.other_rep, **SAID)
    elsewhere = testing.why(testing.event(testing.review(cast), causal_role="caused"))
    with pytest.raises(Refused, match="taken out meanwhile"):
        Why.answer(event, cast.rep, parent=elsewhere, **SAID)
    why = Why.answer(event, cast.rep, **SAID)
    type(review).objects.filter(pk=review.pk).update(state="closed", closed_at=NOW)
    for change in (
        lambda: Why.answer(event, cast.rep, **SAID | {"text": "More"}),
        lambda: why.edit(cast.rep, version=1, **PERSON),
        lambda: why.take_out(cast.rep),
    ):
        with pytest.raises(Refused, match="closed"):
            change()


def test_under_what_was_told_without_a_name_nobody_is_named(cast, review):
    hidden = testing.event(review, causal_role="caused", anonymous=True)
    why = Why.answer(hidden, cast.rep, **SAID)
    why.edit(cast.rep, version=1, **PERSON)
    why.put_aside(cast.rep, "Enough")
    why.take_out(cast.rep)
    why.bring_back(cast.rep)

    changes = list(Change.objects.about(why))
    assert len(changes) == 5
    assert {(c.by, c.day_only, c.at.hour, c.id < 0) for c in changes} == {(None, True, 0, True)}
    assert User not in {field.related_model for field in Why._meta.concrete_fields}
    named = Why.answer(testing.event(review, causal_role="caused"), cast.rep, **SAID)
    assert [c.by for c in Change.objects.about(named)] == [cast.rep]


def test_the_page_is_filled_by_hand_and_says_it_on_the_card(as_rep, review, event):
    page = as_rep.get(url(event)).content.decode()
    assert "Nobody has said yet." in page and "Where could it have been seen" in page

    assert "Say why, in a sentence." in as_rep.post(url(event), {"assumed": "on"}).content.decode()
    refused = as_rep.post(url(event), {"text": "A leap"})
    assert refused.status_code == 422 and "or mark it as assumed" in refused.content.decode()
    added = as_rep.post(url(event), {"text": "Tom forgot", "evidence": "The list", "ends_in_person": "on"})
    why = Why.objects.get()
    assert added["Location"] == f"{url(event)}#why-{why.pk}"

    page = as_rep.get(url(event)).content.decode()
    assert "What let that happen?" in page and "put the question aside" in page and "one question is open" in page
    form = as_rep.get(f"{url(event)}?do=why.{why.pk}").content.decode()
    assert f'name="parent" value="{why.pk}"' in form
    as_rep.post(url(event), {"text": "No list for visits", "assumed": "on", "parent": why.pk})
    as_rep.post(url(event), {"text": "Nobody reads the notes", "assumed": "on", "kind": "escape"})

    said = "2 whys, one assumed, why it was not noticed sooner"
    for address in (reverse("review_board", args=[review.pk]), review.get_absolute_url()):
        assert said in as_rep.get(address).content.decode()
    assert "question" not in as_rep.get(reverse("review_board", args=[review.pk])).content.decode().split(said)[1][:40]


def test_a_question_is_put_aside_with_a_word(as_rep, cast, event):
    why = Why.answer(event, cast.rep, **PERSON)
    aside = reverse("why_aside", args=[why.pk])
    assert "in a word" in as_rep.post(aside, {"because": " "}).content.decode()
    assert as_rep.post(aside, {"because": "He left last year"}).status_code == 302
    page = as_rep.get(url(event)).content.decode()
    assert "Not asked further:" in page and "He left last year" in page and "put the question aside" not in page


def test_two_who_write_at_once_see_both(as_rep, cast, event):
    why = Why.answer(event, cast.facilitator, **SAID)
    why.edit(cast.facilitator, version=1, **SAID | {"text": "Theirs", "assumed": False, "evidence": "A mail"})
    mine = {"version": 1, "text": "Mine", "assumed": "on"}

    response = as_rep.post(reverse("why_edit", args=[why.pk]), mine)

    page = response.content.decode()
    assert response.status_code == 409
    assert all(words in page for words in ("Theirs", "A mail", "Mine", 'name="version" value="2"'))
    as_rep.post(reverse("why_edit", args=[why.pk]), mine | {"version": 2})
    assert Why.objects.get().text == "Mine"


def test_taking_out_is_undone_by_one_press(as_rep, cast, event):
    why = Why.answer(event, cast.rep, **SAID)
    page = as_rep.get(as_rep.post(reverse("why_out", args=[why.pk]))["Location"]).content.decode()
    assert SAID["text"] not in page and reverse("why_back", args=[why.pk]) in page
    changed = as_rep.post(reverse("why_edit", args=[why.pk]), {"version": 1, "text": "x", "assumed": "on"})
    assert changed.status_code == 422 and "taken out meanwhile" in changed.content.decode()

    as_rep.post(reverse("why_back", args=[why.pk]))
    assert SAID["text"] in as_rep.get(url(event)).content.decode()


@pytest.mark.parametrize("said", [{"kind": "x"}, {"parent": "x"}, {"parent": "99999999999999999999"}, {"version": "x"}])
def test_nonsense_changes_nothing(as_rep, cast, event, said):
    assert as_rep.post(url(event), {"text": "A", "assumed": "on"} | said).status_code in (404, 422)
    assert as_rep.get(f"{url(event)}?do=edit.7&event=x").status_code == 200
    assert not Why.objects.exists()


def test_the_history_of_a_nameless_event_names_nobody(as_rep, cast, review):
    hidden = testing.event(review, causal_role="caused", anonymous=True)
    Why.answer(hidden, cast.rep, **SAID)
    page = as_rep.get(f"{url(hidden)}?do=history").content.decode()
    history = page[page.index('id="history"') :]
    assert "Somebody said why" in history and cast.rep.name not in history


def test_a_closed_review_is_read_and_not_asked_on(as_rep, cast, review, event):
    Why.answer(event, cast.rep, **PERSON)
    type(review).objects.filter(pk=review.pk).update(state="closed", closed_at=NOW)
    page = as_rep.get(url(event)).content.decode()
    assert PERSON["text"] in page and "<form method" not in page[page.index("<main") : page.index("</main")]
    assert as_rep.post(url(event), {"text": "More", "assumed": "on"}).status_code == 422


def test_the_page_asks_as_much_for_one_answer_as_for_forty(as_rep, cast, event):
    top = testing.why(event)
    one = asked(as_rep, url(event))
    for number in range(13):
        testing.why(event, parent=top)
        testing.why(event, kind="escape", evidence=f"Mail {number}")
        testing.why(event, evidence="The list, as of the day before the offer went out.", ends_in_person=True)
    assert asked(as_rep, url(event)) == one <= 10
    assert len(as_rep.get(url(event)).content) < 60_000


def asked(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_what_was_looked_into_does_not_vanish_behind_another_event(cast, review, event):
    other = testing.event(review)
    why = Why.answer(event, cast.rep, **SAID)
    with pytest.raises(Refused, match="Keep this one"):
        event.merge_into(other, cast.rep)
    why.take_out(cast.rep)
    assert event.merge_into(other, cast.rep)
