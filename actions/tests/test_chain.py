"""The whole chain of one object on one page: what is on it, what looks absent, how much it may hold."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from actions.chain.told import MOST_WEAKNESSES
from actions.chain.ways import KINDS, starts
from actions.chain.whole import chain_of
from actions.models import ActionItem, EffectivenessCheck, Milestone, Recurrence
from failforward import testing
from reviews.models import Finding

pytestmark = pytest.mark.django_db
DONE_AT = dt.datetime(2026, 10, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def world(cast):
    """A weakness seen in one loss, fixed, checked, and seen again in a later one."""
    review = testing.review(cast, state="acting", lost_on=dt.date(2026, 9, 1))
    weakness = testing.finding(cast, title="Nobody asks who signs")
    event = shown(review, weakness, what="The buyer’s lawyer was met too late.")
    owned = testing.action_list(cast)
    action = testing.action(
        cast, action_list=owned, what="Ask on day one", done_criterion="Asked.", committed_at=DONE_AT
    )
    action.state, action.claimed_done_at = "effective", DONE_AT
    action.save()
    action.findings.add(weakness)
    milestone = Milestone.objects.create(action=action, what="A page", due_on=testing.TODAY, first_due_on=testing.TODAY)
    promise = testing.commitment(cast, what="Write the page", milestone=milestone, action_list=owned)
    check = EffectivenessCheck.objects.create(
        action=action, checker=cast.manager, fixed_on=DONE_AT.date(), due_on=testing.TODAY
    )
    later = testing.review(cast, state="acting", lost_on=dt.date(2026, 11, 1))
    again = shown(later, weakness, what="Legal stopped it again.")
    objects = {"deal": review.deal, "review": review, "event": event, "finding": weakness}
    objects |= {"action": action, "commitment": promise, "check": check}
    return {"objects": objects, "later": later, "again": again}


def shown(review, finding, **fields):
    settled = {"category": "planning", "verdict": "systemic", "settled_at": testing.NOW, "readings": 1}
    return testing.event(review, finding=finding, causal_role="caused", **settled | fields)


def read(user, kind, start) -> tuple[int, str]:
    client = Client()
    client.force_login(user)
    response = client.get(reverse("chain", args=[kind, start.pk]))
    return response.status_code, response.content.decode()


def chain(user, kind, start):
    return chain_of(kind, starts(kind, user).get(pk=start.pk), user)


@pytest.mark.parametrize("kind", KINDS)
def test_from_any_object_the_whole_chain_is_read(cast, world, kind):
    status, page = read(cast.manager, kind, world["objects"][kind])
    assert status == 200
    order = [
        "lawyer was met",
        "asks who signs</a>",
        "Ask on day one",
        "Write the page",
        "Did it help?",
        "Legal stopped",
    ]
    places = [page.index(words, page.index('<ol class="chain"')) for words in order]
    assert places == sorted(places)
    assert "1 loss has been reviewed since" in page


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "deal"])
def test_where_one_came_from_is_marked_once(cast, world, kind):
    _status, page = read(cast.manager, kind, world["objects"][kind])
    assert page.split('<ol class="chain">')[1].count('aria-current="true"') == 1


def test_the_pages_of_the_objects_lead_to_it(cast, world):
    client = Client()
    client.force_login(cast.manager)
    for kind, one in world["objects"].items():
        if kind != "event":
            page = client.get(one.get_absolute_url()).content.decode()
            assert page.count(reverse("chain", args=[kind, one.pk])) == 1, kind
    why = client.get(reverse("event_whys", args=[world["objects"]["event"].pk])).content.decode()
    assert reverse("chain", args=["event", world["objects"]["event"].pk]) in why


def test_what_came_back_stands_as_proved_only_then(cast, world):
    decided = {"state": "decided", "said": "met", "evidence": "Asked.", "decided_by": cast.manager}
    EffectivenessCheck.objects.update(**decided, outcome="effective", decided_at=testing.NOW)
    ActionItem.objects.update(state="recurred", recurred_on=dt.date(2026, 11, 1))
    _status, page = read(cast.manager, "check", world["objects"]["check"])
    assert "Proved then</span>" in page and "Proved effective" not in page
    assert "came back on <time" in page


def test_from_a_later_loss_one_finds_the_fix_that_should_have_prevented_it(cast, world):
    weakness = world["objects"]["finding"]
    new = testing.event(
        world["later"], what="A third one.", category="planning", verdict="systemic", settled_at=testing.NOW
    )
    Recurrence.objects.create(event=new, finding=weakness, because="asks", proposed_at=testing.NOW)
    [strand] = chain(cast.manager, "event", new).strands
    assert strand.finding == weakness
    assert [fix.action for fix in strand.fixes] == [world["objects"]["action"]]
    assert [asked.event for asked in strand.asked] == [new]


def test_events_before_the_fix_and_after_it_stand_apart(cast, world):
    [strand] = chain(cast.manager, "finding", world["objects"]["finding"]).strands
    assert [loss.events for loss in strand.losses] == [[world["objects"]["event"]]]
    assert [loss.events for loss in strand.later] == [[world["again"]]]
    assert (strand.finding.seen, strand.finding.since) == (2, 1)


def test_what_one_may_not_read_looks_absent(cast, world):
    """Tom is of the team: he reads the weakness, and none of the reviews, actions and promises on it."""
    status, page = read(cast.other_rep, "finding", world["objects"]["finding"])
    assert status == 200
    for words in ("lawyer", "Ask on day one", "Write the page", "Legal stopped", "Ines", str(world["later"].deal)):
        assert words not in page
    assert "Nothing yet. The chain is open here." in page
    for kind in ("deal", "review", "event", "action", "commitment", "check"):
        assert read(cast.other_rep, kind, world["objects"][kind])[0] == 404


def test_a_sealed_review_is_counted_for_nobody_and_shown_to_those_on_it(cast, world):
    weakness = world["objects"]["finding"]
    sealed = testing.review(cast, people=(cast.rep,), visibility="sealed", state="acting", lost_on=dt.date(2026, 9, 2))
    secret = shown(sealed, weakness, what="Zeppelinquartz happened.")
    for who, sees in ((cast.rep, True), (cast.manager, False), (cast.admin, False)):
        [strand] = chain(who, "finding", weakness).strands
        assert (secret in [event for loss in strand.losses for event in loss.events]) == sees
        assert (strand.finding.seen, strand.finding.since) == (2, 1)
    assert read(cast.manager, "event", secret)[0] == 404


def test_what_looks_like_it_is_asked_of_those_who_read_the_event(cast, world):
    """On the chain as everywhere: not of a sealed review, nor while one is asked to tell first."""
    weakness = world["objects"]["finding"]
    reviews = [testing.review(cast, people=(cast.rep, cast.support), visibility=one) for one in ("standard", "sealed")]
    reviews.append(testing.review(cast, people=(cast.rep, cast.support), depth="full", facilitator=cast.rep))
    for review in reviews:
        again = testing.event(review, author=cast.rep)
        Recurrence.objects.create(event=again, finding=weakness, proposed_at=testing.NOW)
    seen = {}
    for name, person in cast.people.items():
        if weakness in Finding.objects.visible_to(person):
            [strand] = chain(person, "finding", weakness).strands
            asked = [one.event.review for one in strand.asked]
            assert set(strand.asked) == set(Recurrence.objects.visible_to(person)), name
            seen[name] = {reviews.index(review) for review in asked}
    assert {name: places for name, places in seen.items() if places} == {
        "admin": {0, 2},
        "manager": {0, 2},
        "rep": {0, 2},
        "support": {0},
    }
    assert "other_rep" in seen


def test_a_private_promise_is_on_nobody_elses_chain(cast, world):
    action = world["objects"]["action"]
    own = testing.commitment(cast, private=True, asked_by=None, team=None, action=action, what="Walrusmarmalade")
    assert "Walrusmarmalade" in read(cast.rep, "action", action)[1]
    for who in (cast.manager, cast.admin, cast.list_owner):
        assert "Walrusmarmalade" not in read(who, "action", action)[1]
        assert read(who, "commitment", own)[0] == 404


def test_a_promise_on_an_action_out_of_sight_shows_no_chain(cast, world):
    other = testing.commitment(cast, person=cast.support, action=world["objects"]["action"], team=None)
    status, page = read(cast.support, "commitment", other)
    assert status == 200
    assert "Ask on day one" not in page
    assert "It hangs from nothing that you may read." in page


def test_a_deal_whose_review_is_out_of_sight_looks_like_one_without(cast):
    deal = testing.deal(cast)
    before = read(cast.manager, "deal", deal)[1]
    sealed = testing.review(cast, deal=deal, people=(cast.facilitator,), visibility="sealed", state="acting")
    shown(sealed, testing.finding(cast))
    assert without_tokens(read(cast.manager, "deal", deal)[1]) == without_tokens(before)


def without_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line]


def test_an_event_that_shows_no_weakness_ends_there(cast):
    review = testing.review(cast)
    event = testing.event(review, what="A blizzard.", category="planning", verdict="one_off", settled_at=testing.NOW)
    found = chain(cast.manager, "review", review)
    assert (found.strands, [loss.events for loss in found.loose]) == ([], [[event]])
    assert "A blizzard." in read(cast.manager, "review", review)[1]


def test_a_promise_that_hangs_from_a_deal_stands_beside_it(cast):
    deal = testing.deal(cast)
    promise = testing.commitment(cast, deal=deal)
    assert chain(cast.manager, "deal", deal).hanging == [promise]
    assert chain(cast.manager, "commitment", promise).hanging == [promise]


def test_what_is_cut_says_how_much_and_leads_to_all_of_it(cast, world):
    weakness, action = world["objects"]["finding"], world["objects"]["action"]
    for _number in range(20):
        shown(testing.review(cast, state="acting", lost_on=dt.date(2026, 8, 1)), weakness)
        shown(testing.review(cast, state="acting", lost_on=dt.date(2026, 11, 2)), weakness)
        testing.action(cast, action_list=action.action_list).findings.add(weakness)
        testing.commitment(cast, action=action)
    client = Client()
    client.force_login(cast.manager)
    page = client.get(reverse("chain", args=["action", action.pk])).content.decode()
    assert page.index("Ask on day one") < page.index(">Action ")
    for more, address, rows in (
        ("and 9 more events", f"{reverse('review_list')}?finding={weakness.pk}", 42),
        ("and 15 more events", f"{reverse('review_list')}?finding={weakness.pk}&amp;since=2026-10-01", 21),
        ("and 13 more actions", f"{reverse('action_list')}?finding={weakness.pk}", 21),
        ("and 17 more", f"{reverse('commitment_list')}?action={action.pk}", 21),
    ):
        link = page[: page.index(more)].rpartition('<a href="')[2].partition('"')[0]
        assert link == address
        listed = client.get(link.replace("&amp;", "&")).context["page"]
        assert listed.count == rows, link


def test_the_lists_it_leads_to_tell_nothing_of_what_is_out_of_sight(cast, world):
    weakness = world["objects"]["finding"]
    client = Client()
    client.force_login(cast.outsider)
    mine = testing.review(cast, deal=testing.deal(cast, team=cast.south, owner=cast.outsider))
    for name, query in (("review_list", f"finding={weakness.pk}"), ("finding_list", f"deal={world['later'].deal_id}")):
        assert client.get(f"{reverse(name)}?{query}").context["page"].chips == []
    sealed = testing.review(cast, deal=mine.deal, people=(cast.rep,), visibility="sealed", state="acting")
    shown(sealed, testing.finding(cast, team=cast.south))
    page = client.get(f"{reverse('finding_list')}?deal={mine.deal_id}").context["page"]
    assert page.rows == []


@pytest.mark.parametrize("many", [False, True])
def test_a_page_stays_small(cast, many):
    review = testing.review(cast, state="acting", lost_on=dt.date(2026, 9, 1))
    long = "A very long sentence with <b>marks</b> & “quotes”. " * 200
    for _number in range(MOST_WEAKNESSES + 3 if many else 1):
        weakness = testing.finding(cast, title="W" * 200)
        for _event in range(15):
            shown(review, weakness, what=long)
        later = testing.review(
            cast, state="acting", lost_on=dt.date(2026, 11, 1), deal=testing.deal(cast, name="D" * 200)
        )
        for _event in range(8):
            shown(later, weakness, what=long)
        for _action in range(9):
            action = testing.action(cast, what="A" * 300, done_criterion="x", committed_at=DONE_AT)
            action.state, action.claimed_done_at = "claimed_done", DONE_AT
            action.save()
            action.findings.add(weakness)
            EffectivenessCheck.objects.create(action=action, checker=cast.manager, fixed_on=DONE_AT.date())
            for _promise in range(6):
                testing.commitment(cast, what=long, action=action)
    page = read(cast.manager, "review", review)[1]
    assert len(page.encode()) < 60_000
    assert ("More weaknesses hang on it" in page) == many


def test_as_many_questions_for_one_row_as_for_three(cast, django_assert_max_num_queries, django_assert_num_queries):
    def grown(rows):
        review = testing.review(cast, state="acting", lost_on=dt.date(2026, 9, 1))
        later = testing.review(cast, state="acting", lost_on=dt.date(2026, 11, 1))
        for _number in range(rows):
            weakness = testing.finding(cast)
            for _each in range(rows):
                shown(review, weakness)
                shown(later, weakness)
                action = testing.action(cast, done_criterion="x", committed_at=DONE_AT)
                action.state, action.claimed_done_at = "claimed_done", DONE_AT
                action.save()
                action.findings.add(weakness)
                promise = testing.commitment(cast, action=action)
                check = EffectivenessCheck.objects.create(action=action, checker=cast.manager)
                new = testing.event(later, category="planning", verdict="systemic", settled_at=testing.NOW)
                Recurrence.objects.create(event=new, finding=weakness, proposed_at=testing.NOW)
        starts = {"deal": review.deal, "review": review, "event": new, "finding": weakness}
        return starts | {"action": action, "commitment": promise, "check": check}

    client = Client()
    client.force_login(cast.manager)
    one, three = grown(1), grown(3)
    client.get(reverse("desk"))
    for kind in KINDS:
        with django_assert_max_num_queries(10) as asked:
            assert client.get(reverse("chain", args=[kind, one[kind].pk])).status_code == 200
        with django_assert_num_queries(len(asked)):
            assert client.get(reverse("chain", args=[kind, three[kind].pk])).status_code == 200


def test_another_kind_is_not_there(cast, world):
    client = Client()
    client.force_login(cast.manager)
    assert client.get(f"/chain/mail/{world['later'].pk}/").status_code == 404


def test_what_a_won_deal_showed_is_said_beside_the_losses(cast, world):
    assert (
        "won"
        not in re.search(r"<small>(.*?)</small>", read(cast.manager, "finding", world["objects"]["finding"])[1])[1]
    )
    shown(testing.review(cast, state="acting", kind="win", deal=testing.won(cast)), world["objects"]["finding"])
    page = read(cast.manager, "finding", world["objects"]["finding"])[1]
    assert "seen in 2 reviewed losses, in 1 deal that was won" in page
