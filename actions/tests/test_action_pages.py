import datetime as dt
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.models import ActionItem, ActionList, DateChange
from failforward import testing
from reviews.models import Finding

pytestmark = pytest.mark.django_db
NASTY = '"><script>alert(1)</script>'


def day(days):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def owned(cast):
    return ActionList.open(cast.manager, "Quotes", cast.north, cast.list_owner, cast.sponsor, people=[cast.rep])


@pytest.fixture
def finding(cast):
    return testing.finding(cast, title="Nobody follows up", category="planning")


@pytest.fixture
def action(cast, owned, finding):
    action = ActionItem.propose(
        cast.list_owner, owned, "Book the next step", [finding], responsible=cast.rep, no_steps_needed=True
    )
    action.add_milestone(cast.list_owner, "Ten quotes", day(7), today=day(0))
    return action


@pytest.fixture
def running(cast, action):
    action.commit(cast.list_owner)
    return action


@pytest.fixture
def owner(client, cast):
    client.force_login(cast.list_owner)
    return client


def verb(action, name):
    return reverse("action_verb", args=[action.pk, name])


def milestone_verb(action, name):
    return reverse("milestone_verb", args=[action.milestones.get().pk, name])


def detail(action, do=""):
    return f"/actions/{action.pk}/" + (f"?do={do}" if do else "")


def text(response):
    return response.content.decode()


# --- Proposing ---------------------------------------------------------------------------------


def test_the_form_knows_the_finding_its_criterion_and_the_only_list(owner, cast, owned, finding):
    page = text(owner.get(f"/actions/new/?finding={finding.pk}"))
    assert "every quote had a next step" in page
    assert f'<option value="{owned.pk}" selected>Quotes</option>' in page
    assert "Ines Duarte" in page and "Oda Outsider" not in page


def test_proposing_leads_to_the_page_that_says_what_is_missing(owner, owned, finding):
    response = owner.post(
        "/actions/new/", {"finding": finding.pk, "action_list": owned.pk, "what": "Book it", "type": "training"}
    )
    action = ActionItem.objects.get()
    assert response["Location"] == detail(action)
    assert (action.what, action.type, action.state) == ("Book it", "training", "proposed")
    page = text(owner.get(detail(action)))
    assert "3 answers are missing before the team can commit:" in page
    for sentence in (
        "There are no interim steps yet",
        "There is no milestone with a deadline",
        "Nobody is responsible",
    ):
        assert sentence in page
    assert "Commit to it" not in page


@pytest.mark.parametrize(("next", "is_ours"), [("/reviews/3/session/?step=close", True), ("//evil.example/", False)])
def test_who_came_from_a_session_goes_back_to_it(owner, owned, finding, next, is_ours):
    said = {"finding": finding.pk, "action_list": owned.pk, "what": "Book it", "type": "training"}
    response = owner.post(f"/actions/new/?{urlencode({'next': next})}", said)
    assert response["Location"] == (next if is_ours else detail(ActionItem.objects.get()))


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"what": ""}, "Say what is to be done."),
        ({"finding": "south"}, "This choice is not offered here."),
        ({"finding": "nonsense"}, "This choice is not offered here."),
        ({"action_list": "99999999999999999999999"}, "This choice is not offered here."),
        ({"responsible": "outsider"}, "This choice is not offered here."),
        ({"type": "magic"}, "This choice is not offered here."),
        ({"what": "x" * 301}, "Keep it to 300 characters"),
    ],
)
def test_what_cannot_be_proposed_is_said_and_kept(owner, cast, owned, finding, posted, says):
    south = testing.finding(cast, team=cast.south)
    known = {"south": south.pk, "outsider": cast.outsider.pk}
    data = {"finding": finding.pk, "action_list": owned.pk, "what": "Typed words", "type": "training"} | posted
    response = owner.post("/actions/new/", {name: known.get(value, value) for name, value in data.items()})
    assert response.status_code == 400
    assert says in text(response)
    assert "<title>Error:" in text(response)
    assert (data["what"] or "required") in text(response)
    assert not ActionItem.objects.exists()


@pytest.mark.parametrize("query", ["finding=999999", "finding=x", "list=999999", "finding=" + "9" * 30, "list=²"])
def test_an_address_that_names_nothing_visible_is_not_found(owner, owned, query):
    assert owner.get(f"/actions/new/?{query}").status_code == 404


def test_a_finding_of_another_team_is_not_found(owner, cast, owned):
    foreign = testing.finding(cast, team=cast.south)
    assert owner.get(f"/actions/new/?finding={foreign.pk}").status_code == 404


def test_without_a_list_a_manager_opens_one_and_a_rep_is_refused(client, cast):
    client.force_login(cast.manager)
    assert "Open one first" in text(client.get("/actions/new/"))
    client.force_login(cast.rep)
    assert client.get("/actions/new/").status_code == 403


# --- The page ----------------------------------------------------------------------------------


def test_the_whole_way_by_buttons(owner, client, cast, action):
    assert "All five answers are given" in text(owner.get(detail(action)))
    for name in ("commit", "start"):
        assert owner.post(verb(action, name)).status_code == 302
    client.force_login(cast.rep)
    assert client.post(verb(action, "block"), {"blocked_by": "the printer"}).status_code == 302
    assert "It waits for:" in text(client.get(detail(action)))
    client.post(verb(action, "unblock"))
    refused = client.post(verb(action, "done"))
    assert refused.status_code == 400
    assert "“Ten quotes” is not reached yet" in text(refused)
    client.post(milestone_verb(action, "reach"), {"evidence": "All ten", "evidence_url": "", "seen_by": ""})
    assert client.post(verb(action, "done")).status_code == 302
    assert "Said to be done on" in text(client.get(detail(action)))
    client.post(verb(action, "take-back"))
    action.refresh_from_db()
    assert action.state == "in_progress"


def test_one_part_opens_as_a_form_for_whoever_may_change_it(owner, client, cast, running):
    pk = running.milestones.get().pk
    parts = ["what", "criterion", "who", "step", "milestone", "finding", "block"]
    parts += [f"milestone.{name}.{pk}" for name in ("edit", "reach", "move", "call-off", "give")]
    for part in parts:
        assert "form-narrow" in text(owner.get(detail(running, part))), part
    client.force_login(cast.rep)
    opens = {part for part in parts if "form-narrow" in text(client.get(detail(running, part)))}
    assert opens == {"step", "milestone", "block"} | {
        f"milestone.{name}.{pk}" for name in ("edit", "reach", "move", "give")
    }
    client.force_login(cast.sponsor)
    assert not any("form-narrow" in text(client.get(detail(running, part))) for part in parts)


@pytest.mark.parametrize(
    "do", ["nonsense", "commit", "milestone.move.0", "milestone.x.1", "step.edit.x", "..", "a.b.c"]
)
def test_an_address_that_asks_for_no_part_shows_the_page(owner, running, do):
    response = owner.get(detail(running, do))
    assert response.status_code == 200
    assert "form-narrow" not in text(response)


def test_an_unknown_verb_is_not_found(owner, running):
    milestone = running.milestones.get()
    step = running.add_step(running.responsible, "One")
    for url in (
        verb(running, "explode"),
        milestone_verb(running, "explode"),
        reverse("step_verb", args=[step.pk, "explode"]),
    ):
        assert owner.post(url).status_code == 404
    assert milestone.reached_on is None


def test_what_is_refused_is_said_at_its_field_and_what_was_typed_stays(owner, running):
    response = owner.post(milestone_verb(running, "move"), {"due_on": str(day(-3)), "usual": "away", "reason": "Typed"})
    assert response.status_code == 400
    assert "is past. A deadline lies ahead." in text(response)
    assert 'value="Typed"' in text(response)
    assert "<title>Error:" in text(response)


@pytest.mark.parametrize("due_on", ["", "soon", "2026-02-30", "0001-01-01", "9999-12-31", "99999-01-01"])
def test_bad_dates_are_refused(owner, running, due_on):
    response = owner.post(milestone_verb(running, "move"), {"due_on": due_on, "usual": "away"})
    assert response.status_code == 400
    response = owner.post(verb(running, "milestone"), {"what": "Next", "due_on": due_on})
    assert response.status_code == 400
    assert running.milestones.get().due_on == day(7)


@pytest.mark.parametrize(
    ("usual", "reason", "kept"),
    [
        ("away", "", "Somebody was away"),
        ("", "The buyer asked", "The buyer asked"),
        ("more", "only six", "More work than we thought: only six"),
    ],
)
def test_a_date_moves_for_a_usual_reason_or_in_own_words(owner, running, usual, reason, kept):
    owner.post(milestone_verb(running, "move"), {"due_on": str(day(9)), "usual": usual, "reason": reason})
    assert DateChange.objects.get().reason == kept
    page = text(owner.get(detail(running)))
    assert "Moved once" in page and "first promised for" in page


def test_a_date_without_a_reason_does_not_move(owner, running):
    response = owner.post(milestone_verb(running, "move"), {"due_on": str(day(9))})
    assert response.status_code == 400
    assert "only with a reason" in text(response)
    assert not DateChange.objects.exists()


def test_the_third_move_shows_its_buttons_to_the_list_owner_alone(client, cast, running):
    milestone = running.milestones.get()
    for number in (8, 9, 10):
        milestone.move(cast.rep, day(number), f"Reason {number}", today=day(0))
    asked = DateChange.objects.get(state="asked_for")
    for who, buttons in ((cast.rep, False), (cast.manager, False), (cast.list_owner, True)):
        client.force_login(who)
        page = text(client.get(detail(running)))
        assert "Ines Duarte asks for" in page
        assert ("Keep the date" in page) is buttons
    client.force_login(cast.manager)
    assert client.post(reverse("date_verb", args=[asked.pk, "agree"])).status_code == 403
    client.force_login(cast.list_owner)
    assert client.post(reverse("date_verb", args=[asked.pk, "agree"])).status_code == 302
    milestone.refresh_from_db()
    assert milestone.due_on == day(10)


def test_two_people_at_one_answer_see_both(owner, cast, running):
    seen = running.version
    running.change(cast.manager, done_criterion="Five of five")
    response = owner.post(verb(running, "criterion"), {"done_criterion": "Nine of ten", "seen": seen})
    page = text(response)
    assert response.status_code == 409
    assert "Five of five" in page and "Nine of ten" in page and "Somebody else changed this" in page
    running.refresh_from_db()
    assert running.done_criterion == "Five of five"
    assert f'name="seen" value="{running.version}"' in page
    owner.post(verb(running, "criterion"), {"done_criterion": "Nine of ten", "seen": running.version})
    running.refresh_from_db()
    assert running.done_criterion == "Nine of ten"


def test_an_answer_is_not_taken_from_a_committed_action_by_form(owner, running):
    response = owner.post(verb(running, "who"), {"responsible": "", "seen": running.version})
    assert response.status_code == 400
    assert "keeps its five answers. Nobody is responsible yet." in text(response)


def test_steps_are_added_one_after_the_other_ordered_and_ticked(owner, running):
    for what in ("one", "two"):
        assert owner.post(verb(running, "step"), {"what": what})["Location"].endswith("?do=step#steps")
    one, two = running.steps.all()
    owner.post(reverse("step_verb", args=[two.pk, "up"]))
    owner.post(reverse("step_verb", args=[two.pk, "tick"]))
    assert [(step.what, bool(step.done_at)) for step in running.steps.all()] == [("two", True), ("one", False)]
    owner.post(reverse("step_verb", args=[one.pk, "leave-out"]))
    assert "1 step left out" in text(owner.get(detail(running)))


def test_asking_somebody_makes_a_request_once(owner, cast, running):
    for _ in range(2):
        owner.post(milestone_verb(running, "give"), {"person": cast.other_rep.pk})
    asked = running.milestones.get().commitments.get()
    assert (asked.person, asked.state, asked.asked_by, asked.due_on) == (
        cast.other_rep,
        "requested",
        cast.list_owner,
        day(7),
    )
    assert "Tom Okafor" in text(owner.get(detail(running)))
    assert owner.post(milestone_verb(running, "give"), {"person": cast.outsider.pk}).status_code == 400


def test_hostile_words_are_shown_as_words(owner, cast, owned):
    nasty = testing.finding(cast, title=NASTY)
    action = ActionItem.propose(
        cast.list_owner, owned, NASTY, [nasty], done_criterion=NASTY, responsible=cast.rep, no_steps_needed=True
    )
    milestone = action.add_milestone(cast.list_owner, NASTY, day(1), today=day(0))
    action.add_step(cast.list_owner, NASTY)
    action.commit(cast.list_owner)
    milestone.move(cast.rep, day(3), NASTY, today=day(0))
    action.block(cast.rep, NASTY)
    owned.change(cast.list_owner, name=NASTY)
    owned.record_buy_in(cast.list_owner, NASTY, day(0))
    for url in (
        detail(action),
        detail(action, f"milestone.edit.{milestone.pk}"),
        detail(action, "what"),
        "/actions/",
        f"/actions/?finding={nasty.pk}&q=%3Cscript%3E",
        f"/lists/{owned.pk}/",
        f"/lists/{owned.pk}/?do=change",
        "/lists/",
        f"/actions/new/?finding={nasty.pk}",
    ):
        assert "<script>alert" not in text(owner.get(url)), url


def test_a_link_as_evidence_cannot_be_a_script(owner, running):
    response = owner.post(milestone_verb(running, "reach"), {"evidence_url": "javascript:alert(1)"})
    assert response.status_code == 400
    assert running.milestones.get().reached_on is None


def test_all_findings_it_helps_to_fix_are_named_and_no_other(cast, owned, owner):
    """None of them has the number that the action has."""
    first, second, third = (testing.finding(cast, title=f"Weakness {letter}") for letter in "ABC")
    helps = [
        ActionItem.propose(cast.list_owner, owned, what, found) for what, found in (("X", [third]), ("Y", [second]))
    ]
    helps[0].findings.add(first)

    said = [text(owner.get(detail(one))).split("Helps to fix")[1].split("</section>")[0] for one in helps]

    assert [[letter for letter in "ABC" if f"Weakness {letter}" in part] for part in said] == [["A", "C"], ["B"]]


def test_a_finding_the_reader_may_not_open_is_named_without_a_link(client, cast, running):
    ActionItem.objects.filter(pk=running.pk).update(responsible=cast.outsider)
    assert Finding.objects.visible_to(cast.outsider).count() == 0
    client.force_login(cast.outsider)
    page = text(client.get(detail(running)))
    assert "Nobody follows up" in page
    assert "/findings/" not in page.split("Helps to fix")[1].split("</section>")[0]


# --- The list ----------------------------------------------------------------------------------


def test_the_list_puts_the_next_deadline_first_and_filters(owner, cast, owned, action, finding):
    sooner = ActionItem.propose(cast.list_owner, owned, "Sooner", [testing.finding(cast)])
    sooner.add_milestone(cast.list_owner, "Soon", day(1), today=day(0))
    undated = ActionItem.propose(cast.list_owner, owned, "Undated", [finding], responsible=cast.other_rep)
    action.commit(cast.list_owner)

    def rows(query=""):
        return [row.what for row in owner.get(f"/actions/{query}").context["page"].rows]

    assert rows() == ["Sooner", "Book the next step", "Undated"]
    assert rows("?sort=latest") == ["Undated", "Book the next step", "Sooner"]
    assert rows("?state=committed") == ["Book the next step"]
    assert rows("?state=open") == ["Sooner", "Book the next step", "Undated"]
    assert rows(f"?list={owned.pk}") == ["Sooner", "Book the next step", "Undated"]
    assert rows(f"?responsible={cast.other_rep.pk}") == ["Undated"]
    assert rows(f"?finding={finding.pk}") == ["Book the next step", "Undated"]
    assert rows(f"?due_before={day(3)}") == ["Sooner"]
    assert rows("?q=undat") == ["Undated"]
    assert undated.pk


@pytest.mark.parametrize("query", ["?state=x", "?list=0", "?due_before=x", "?after=rubbish", "?sort=x", "?finding=x"])
def test_a_filter_nobody_offered_does_no_harm(owner, action, query):
    assert owner.get(f"/actions/{query}").status_code == 200


def test_nothing_yet_differs_from_no_match(owner, client, cast, action):
    assert "Nothing matches these filters" in text(owner.get("/actions/?q=zebra"))
    client.force_login(cast.outsider)
    assert "No actions yet" in text(client.get("/actions/"))


@pytest.mark.parametrize("url", ["/actions/", "/lists/", "list", "action"])
def test_a_page_asks_as_much_for_three_rows_as_for_one(client, cast, owned, action, url):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    where = {"list": f"/lists/{owned.pk}/", "action": detail(action)}.get(url, url)

    def asked():
        client.force_login(cast.list_owner)
        client.get(where)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(where).status_code == 200
        return len(queries)

    def more(number):
        another = ActionList.open(cast.manager, f"List {number}", cast.north, cast.list_owner, cast.sponsor)
        found = testing.finding(cast)
        for place in (owned, another):
            made = ActionItem.propose(cast.list_owner, place, f"Action {number}", [found], responsible=cast.rep)
            made.add_step(cast.rep, "Step")
            made.add_milestone(cast.rep, "Milestone", day(3), today=day(0))
        action.add_step(cast.rep, f"Step {number}")
        extra = action.add_milestone(cast.rep, f"Milestone {number}", day(5), today=day(0))
        extra.move(cast.rep, day(6), "Why", today=day(0))
        reached = action.add_milestone(cast.rep, f"Reached {number}", day(5), today=day(0))
        reached.reach(cast.rep, today=day(0), seen_by=cast.manager)
        testing.commitment(cast, milestone=extra, action_list=owned, person=cast.other_rep)
        owned.add_person(cast.manager, [cast.other_rep, cast.support, cast.facilitator][number])

    more(0)
    one = asked()
    more(1)
    more(2)
    assert asked() == one


# --- Where it came from ------------------------------------------------------------------------


def test_an_action_leads_back_to_the_loss_it_answers(owner, cast, action, finding):
    review = testing.review(cast, people=(cast.list_owner,))
    event = testing.event(review, finding=finding)

    page = text(owner.get(detail(action)))

    trail = page[page.index('aria-label="Where it came from"') :].split("</nav>")[0]
    ways = [f"/deals/{review.deal_id}/", f"/reviews/{review.pk}/#event-{event.pk}", f"/findings/{finding.pk}/"]
    assert [trail.index(f'href="{way}"') for way in ways] == sorted(trail.index(f'href="{way}"') for way in ways)


def test_who_may_not_see_the_loss_sees_no_way_to_it(owner, cast, action, finding):
    sealed = testing.review(
        cast, people=(cast.rep,), visibility="sealed", deal=testing.deal(cast, name="Canary", owner=cast.other_rep)
    )
    testing.event(sealed, finding=finding)

    page = text(owner.get(detail(action)))

    assert "Where it came from" not in page and "Canary" not in page


@pytest.mark.parametrize(("who", "button"), [("manager", "Open the first list"), ("rep", None)])
def test_a_house_without_actions_says_how_to_begin(client, cast, who, button):
    client.force_login(getattr(cast, who))

    page = text(client.get("/actions/"))

    assert "No actions yet." in page and "0 actions" not in page
    assert ('btn-primary" href="/lists/new/"' in page) is (button is not None)
