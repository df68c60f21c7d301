import pytest
from django.urls import reverse

from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import NOW
from reviews import coding
from reviews.models import FailureEvent

SETTLED = {"causal_role": "caused", "category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1}


@pytest.fixture
def review(cast):
    return testing.review(cast, people=(cast.rep, cast.facilitator), facilitator=cast.facilitator)


@pytest.fixture
def told(cast, review):
    """The same thing, told by two."""
    first = testing.event(review, what="The quote came late.", author=cast.rep, source="the CRM")
    second = testing.event(review, what="The quote came eight days late.", author=cast.other_rep, source="a mail")
    return first, second


def join(client, user, event, **said):
    client.force_login(user)
    return client.post(reverse("event_merge", args=[event.pk]), said)


def page(client, review, query="") -> str:
    return client.get(review.get_absolute_url() + query).content.decode()


def test_what_is_told_twice_becomes_one_that_names_both(client, cast, review, told):
    kept, second = told

    assert join(client, cast.rep, second, kept=kept.pk).status_code == 302

    assert list(review.events.all()) == [kept]
    assert not FailureEvent.objects.visible_to(cast.rep).filter(pk=second.pk).exists()
    shown = page(client, review, "?event=none")
    assert "1 event, 0 settled" in shown
    assert "Also told by Tom, a mail:" in shown and "The quote came eight days late." in shown
    assert [(c.verb, c.by) for c in Change.objects.about(kept)] == [("took_in", cast.rep)]
    second.refresh_from_db()
    assert (second.author, second.source) == (cast.other_rep, "a mail")


def test_joining_is_undone_and_leaves_both_as_they_were(client, cast, review, told):
    kept, second = told
    before = FailureEvent.everything.values("what", "author", "source", "causal_role", "merged_into").order_by("pk")
    before = list(before)
    second.merge_into(kept, cast.rep)
    assert not second.merge_into(kept, cast.rep)
    client.force_login(cast.rep)
    assert "Take apart" in page(client, review, f"?event={kept.pk}")

    for _press in range(2):
        assert client.post(reverse("event_separate", args=[second.pk])).status_code == 302

    assert list(FailureEvent.objects.values(*before[0]).order_by("pk")) == before
    assert [c.verb for c in Change.objects.about(kept)] == ["let_out", "took_in"]


def test_what_is_read_differently_is_joined_only_by_saying_why(client, cast, review, told):
    kept, second = told
    FailureEvent.objects.filter(pk=kept.pk).update(**SETTLED)
    FailureEvent.objects.filter(pk=second.pk).update(**SETTLED | {"category": "budget", "causal_role": "unrelated"})

    refused = join(client, cast.rep, second, kept=kept.pk)

    assert refused.status_code == 422
    assert "“Unrelated” here, “Caused it” there" in refused.content.decode()
    assert review.events.count() == 2
    join(client, cast.rep, second, kept=kept.pk, reason="One quote, seen from two sides.")
    change = Change.objects.about(kept).get()
    assert change.details["reason"] == "One quote, seen from two sides."
    assert "budget" in change.details["differs"].lower()


def test_what_was_said_without_a_name_stays_so(client, cast, review, told):
    nameless = review.add_event(cast.facilitator, "A late quote.", anonymous=True)

    join(client, cast.rep, nameless, kept=told[0].pk)

    assert "Also told by without a name" not in page(client, review)
    assert "Also told by somebody, without a name:" in page(client, review)


@pytest.mark.parametrize("why", ["itself", "elsewhere", "behind", "before", "finding", "closed", "reader"])
def test_what_does_not_fit_is_refused(cast, review, told, why):
    kept, second = told
    by = cast.rep
    if why == "itself":
        second = kept
    elif why == "elsewhere":
        second = testing.event(testing.review(cast, people=(cast.rep,)))
    elif why == "behind":
        kept.merge_into(testing.event(review), by)
    elif why == "before":
        testing.event(review).merge_into(second, by)
    elif why == "finding":
        FailureEvent.objects.filter(pk=second.pk).update(finding=testing.finding(cast), **SETTLED)
    elif why == "closed":
        type(review).objects.filter(pk=review.pk).update(state="closed", closed_at=NOW)
    else:
        by = cast.list_owner

    with pytest.raises(Refused):
        second.merge_into(kept, by)
    assert FailureEvent.everything.get(pk=second.pk).merged_into is None


def test_nobody_is_asked_to_read_it_and_it_holds_nothing_up(cast, review, told):
    kept, second = told
    FailureEvent.objects.filter(pk=kept.pk).update(**SETTLED | {"verdict": "one_off"})
    second.merge_into(kept, cast.rep)

    assert not coding.waiting_for(cast.rep).exists()
    assert not review.events.loose().exists()
    review.refresh_from_db()
    assert review.state == "acting"


def test_what_stands_behind_another_is_judged_and_read_nowhere(cast):
    """Somebody else may have joined it while one had it open."""
    about = testing.review(cast, (cast.rep,), facilitator=cast.manager, readers_per_event=1)
    gone, kept = (testing.event(about, causal_role="unrelated") for _number in range(2))
    finding = testing.finding(cast)
    gone.merge_into(kept, cast.manager)
    for verb in (
        lambda: gone.judge(cast.manager, "caused"),
        lambda: coding.submit(gone, cast.manager, "planning", "systemic", now=NOW),
        lambda: coding.ask_again(gone, cast.manager, "Because.", now=NOW),
        lambda: coding.adjudicate(gone, cast.manager, "planning", "systemic", "Because.", now=NOW),
        lambda: finding.take(gone, cast.manager),
    ):
        with pytest.raises(Refused, match="stands behind another"):
            verb()
