import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from actions import regrouping
from actions.models import ActionFinding, ActionItem
from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from failforward.testing import NOW, TODAY
from reviews.loss_costs import cost_of_finding
from reviews.models import FailureEvent, Finding

pytestmark = pytest.mark.django_db

SYSTEMIC = {"category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1, "causal_role": "caused"}


@pytest.fixture
def cast():
    cast = testing.cast()
    cast.north.stage_chances = [["Proposal", 40]]
    cast.north.save()
    return cast


@pytest.fixture
def two(cast):
    """Two findings of one team, each seen in one loss."""
    pair = testing.finding(cast, title="Firmware is old"), testing.finding(cast, title="Gateways leave untested")
    for finding in pair:
        testing.event(testing.review(cast), finding=finding, **SYSTEMIC)
    return pair


def answered(cast, *findings, **fields):
    action = testing.action(cast, done_criterion="Not seen in ten reviews.", **fields)
    for finding in findings:
        ActionFinding.objects.create(action=action, finding=finding)
    return action


def events_of(finding) -> set[int]:
    return set(FailureEvent.objects.filter(finding=finding).values_list("pk", flat=True))


def verbs(obj) -> list[str]:
    return list(Change.objects.about(obj).values_list("verb", flat=True))


def fresh(finding) -> Finding:
    return Finding.objects.get(pk=finding.pk)


def test_events_and_actions_go_to_the_kept_one_and_the_other_stays_to_be_read(cast, two):
    gone, kept = two
    alone, both = answered(cast, gone, state="in_progress"), answered(cast, gone, kept)
    Finding.objects.filter(pk=gone.pk).update(state="being_fixed")
    events = events_of(gone) | events_of(kept)

    assert regrouping.merge(gone, kept, cast.manager)
    assert not regrouping.merge(gone, kept, cast.manager)

    gone, kept = fresh(gone), fresh(kept)
    assert (gone.state, gone.merged_into, kept.state) == ("merged", kept, "being_fixed")
    assert (events_of(gone), events_of(kept)) == (set(), events)
    assert set(kept.actions.all()) == {alone, both}
    assert (verbs(gone), verbs(kept), verbs(alone)) == (["merge into"], ["take in"], ["finding_moved"])


def test_what_it_cost_goes_with_the_events_and_nothing_that_was_said_by_hand(cast, two):
    gone, kept = two
    gone.weigh(cast.manager, confidence=50, effort_days=5, estimate_minor=900, estimate_because="Two a year.")
    before = [cost_of_finding(one, TODAY).borne[0].lost_minor for one in two]
    regrouping.merge(gone, kept, cast.manager)
    (borne,) = cost_of_finding(fresh(kept), TODAY).borne
    assert (borne.lost_minor, borne.estimate_minor, borne.losses) == (sum(before), 0, 2)
    assert (fresh(gone).estimate_minor, fresh(kept).confidence) == (900, None)


def test_taken_apart_each_has_again_what_it_had(cast, two):
    gone, kept = two
    action = answered(cast, gone, state="in_progress")
    Finding.objects.filter(pk=gone.pk).update(state="being_fixed")
    before = [events_of(one) for one in two]
    regrouping.merge(gone, kept, cast.manager)
    later = testing.event(testing.review(cast), finding=kept, **SYSTEMIC)

    assert regrouping.take_apart(fresh(gone), cast.manager)
    assert not regrouping.take_apart(fresh(gone), cast.manager)

    assert [events_of(gone), events_of(kept)] == [before[0], before[1] | {later.pk}]
    assert (fresh(gone).state, fresh(kept).state) == ("being_fixed", "open")
    assert (set(gone.actions.all()), set(kept.actions.all())) == ({action}, set())
    assert (verbs(gone), verbs(kept)) == (["separate", "merge into"], ["let out", "take in"])


def test_taken_apart_the_kept_one_is_as_reopened_as_it_was(cast, two):
    gone, kept = two
    answered(cast, gone, state="in_progress")
    Finding.objects.filter(pk=gone.pk).update(state="being_fixed")
    Finding.objects.filter(pk=kept.pk).update(state="reopened")
    regrouping.merge(gone, kept, cast.manager)
    assert fresh(kept).state == "being_fixed"
    regrouping.take_apart(fresh(gone), cast.manager)
    assert (fresh(gone).state, fresh(kept).state, fresh(kept).state_before) == ("being_fixed", "reopened", "")


def test_what_left_meanwhile_does_not_come_back(cast, two):
    gone, kept = two
    review = testing.review(cast, (cast.manager,), facilitator=cast.manager)
    event = testing.event(review, finding=gone, **SYSTEMIC)
    regrouping.merge(gone, kept, cast.manager)
    elsewhere = testing.finding(cast)
    elsewhere.take(event, cast.manager)
    kept.take(event, cast.manager)
    regrouping.take_apart(fresh(gone), cast.manager)
    assert event.pk in events_of(kept)


@pytest.mark.parametrize("state", ["fixed", "accepted"])
@pytest.mark.parametrize("which", [0, 1])
def test_what_is_done_with_is_reopened_before_it_is_merged(cast, two, state, which):
    Finding.objects.filter(pk=two[which].pk).update(state=state, accepted_because="Rare.")
    with pytest.raises(Refused, match="Reopen it first"):
        regrouping.merge(*two, cast.manager)


@pytest.mark.parametrize("state", ["claimed_done", "under_check"])
def test_nothing_is_regrouped_while_a_check_waits(cast, two, state):
    gone, kept = two
    testing.event(testing.review(cast, (cast.manager,)), finding=kept, **SYSTEMIC)
    answered(cast, kept, state=state, claimed_done_at=NOW)
    for act in (
        lambda: regrouping.merge(gone, kept, cast.manager),
        lambda: regrouping.merge(kept, gone, cast.manager),
        lambda: regrouping.split(kept, cast.manager, events_of(kept) - {max(events_of(kept))}, "Another", "budget"),
    ):
        with pytest.raises(Refused, match="waits for its check"):
            act()
    assert (fresh(gone).state, Finding.objects.count(), len(events_of(kept))) == ("open", 2, 2)


def test_only_managers_of_the_team_merge_and_only_within_it(cast, two):
    gone, kept = two
    for person in (cast.rep, cast.facilitator, cast.outsider):
        with pytest.raises(Refused):
            regrouping.merge(gone, kept, person)
    with pytest.raises(Refused, match="same team"):
        regrouping.merge(gone, testing.finding(cast, team=cast.south), cast.admin)
    with pytest.raises(Refused, match="same team"):
        regrouping.merge(gone, fresh(gone), cast.manager)


def test_there_are_no_chains(cast, two):
    gone, kept = two
    third = testing.finding(cast)
    regrouping.merge(gone, kept, cast.manager)
    with pytest.raises(Refused, match="Keep this one"):
        regrouping.merge(fresh(kept), third, cast.manager)
    with pytest.raises(Refused, match="merged into another"):
        regrouping.merge(third, fresh(gone), cast.manager)


def test_a_merged_finding_is_changed_by_nobody(cast, two):
    gone, kept = two
    regrouping.merge(gone, kept, cast.manager)
    event = testing.event(testing.review(cast, (cast.manager,), facilitator=cast.manager), **SYSTEMIC)
    for act in (
        lambda one: one.change(cast.manager, title="Another"),
        lambda one: one.weigh(cast.manager, confidence=3),
        lambda one: one.accept(cast.manager, "Rare."),
        lambda one: one.reopen(cast.manager, "Back."),
        lambda one: one.take(event, cast.manager),
        lambda one: testing.action(cast).add_finding(cast.manager, one),
    ):
        with pytest.raises(Refused, match="merged into another"):
            act(fresh(gone))


def test_an_action_that_answers_both_is_still_committed(cast, two):
    gone, kept = two
    action = answered(cast, gone, kept, no_steps_needed=True)
    action.add_milestone(cast.manager, "Tried", TODAY, today=TODAY)
    regrouping.merge(gone, kept, cast.manager)
    action.commit(cast.manager)
    assert (fresh(gone).state, fresh(kept).state) == ("merged", "being_fixed")


def test_chosen_events_become_another_finding_and_the_rest_stays(cast, two):
    finding, _other = two
    review = testing.review(cast, (cast.manager,))
    chosen = testing.event(review, finding=finding, **SYSTEMIC)
    action = answered(cast, finding)
    rest = events_of(finding) - {chosen.pk}

    new = regrouping.split(finding, cast.manager, {chosen.pk}, " Nobody tests ", "procedures_ignored")

    assert (new.title, new.category, new.team, new.state) == ("Nobody tests", "procedures_ignored", cast.north, "open")
    assert (events_of(new), events_of(finding)) == ({chosen.pk}, rest)
    assert (set(finding.actions.all()), set(new.actions.all())) == ({action}, set())
    assert (verbs(new), verbs(finding), verbs(chosen)) == (["split from", "open"], ["split off"], ["take finding"])


@pytest.mark.parametrize("chosen", ["none", "all", "another's"])
def test_a_split_takes_some_of_its_events_and_not_all(cast, two, chosen):
    finding, other = two
    testing.event(testing.review(cast), finding=finding, **SYSTEMIC)
    events = {"none": set(), "all": events_of(finding), "another's": events_of(other)}[chosen]
    with pytest.raises(Refused) as refused:
        regrouping.split(finding, cast.manager, events, "Another", "budget")
    assert refused.value.field == "events"
    assert Finding.objects.count() == 2


def test_what_the_manager_may_not_read_stays_and_shows_nowhere(client, cast, two):
    finding, kept = two
    sealed = testing.review(cast, (cast.facilitator,), visibility="sealed")
    hidden = testing.event(sealed, what="The zeppelin burst.", finding=finding, **SYSTEMIC)
    shown = testing.event(testing.review(cast), finding=finding, **SYSTEMIC)
    client.force_login(cast.manager)
    for name in ("merge", "split"):
        assert "zeppelin" not in client.get(f"/findings/{finding.pk}/{name}/").content.decode()
    sent = {"title": "Another", "category": "budget", "version": finding.version, "events": [shown.pk, hidden.pk]}
    refused = client.post(f"/findings/{finding.pk}/split/", sent)
    assert (refused.status_code, "not here any more" in refused.content.decode()) == (422, True)
    new = regrouping.split(finding, cast.manager, {shown.pk, hidden.pk}, "Another", "budget")
    assert events_of(new) == {shown.pk}
    regrouping.merge(fresh(finding), kept, cast.manager)
    hidden.refresh_from_db()
    assert hidden.finding == kept


def test_what_is_done_about_it_may_answer_both_when_it_is_split(client, cast, two):
    finding = two[1]
    testing.event(testing.review(cast), finding=finding, **SYSTEMIC)
    running, stays = (answered(cast, finding, state=state) for state in ("in_progress", "proposed"))
    over = answered(cast, finding, state="ineffective", claimed_done_at=NOW)
    elsewhere = answered(cast, finding, action_list=testing.action_list(cast, team=cast.south, owner=cast.outsider))
    client.force_login(cast.manager)
    page = f"/findings/{finding.pk}/split/"
    offered = [int(pk) for pk, _what in client.get(page).context["form"].fields["actions"].choices]
    assert offered == [running.pk, stays.pk]
    sent = {"version": 1, "title": "Another", "category": "budget", "events": [min(events_of(finding))]}
    assert client.post(page, sent | {"actions": [elsewhere.pk]}).status_code == 422
    client.post(page, sent | {"actions": [running.pk]})
    new = Finding.objects.get(title="Another")
    assert (list(new.actions.all()), new.state) == ([running], "being_fixed")
    assert set(finding.actions.all()) == {running, stays, over, elsewhere}


def test_a_split_of_sealed_events_is_told_where_few_read_it(cast, two):
    finding, _other = two
    sealed = testing.review(cast, (cast.manager,), visibility="sealed")
    hidden = testing.event(sealed, finding=finding, **SYSTEMIC)
    new = regrouping.split(finding, cast.manager, {hidden.pk}, "Another", "budget")
    assert (verbs(new), verbs(finding), verbs(hidden)) == (["open"], [], ["take finding"])


def test_a_split_is_taken_back_however_old_the_finding_is(client, cast, two, monkeypatch):
    monkeypatch.setattr("reviews.homes.OF_ALL", 1)
    monkeypatch.setattr("reviews.homes.OF_CATEGORY", 1)
    finding, _other = two
    event = testing.event(testing.review(cast), finding=finding, **SYSTEMIC)
    new = regrouping.split(finding, cast.manager, {event.pk}, "Another", "budget")
    testing.finding(cast, title="Newer", category="budget")
    client.force_login(cast.manager)
    assert client.post(f"/findings/{new.pk}/merge/", {"kept": finding.pk, "version": new.version}).status_code == 302
    assert event.pk in events_of(finding)
    assert client.post(f"/findings/{finding.pk}/merge/", {"kept": new.pk, "version": 1}).status_code == 422


def test_merging_on_the_page_shows_the_likest_first_and_is_taken_back_by_one_press(client, cast, two):
    gone, kept = two
    like = testing.finding(cast, title="Old firmware everywhere")
    newer = testing.finding(cast, title="Nobody plans the rehearsal")
    client.force_login(cast.manager)
    page = client.get(f"/findings/{gone.pk}/merge/").content.decode()
    assert page.index("Old firmware everywhere") < page.index("Nobody plans the rehearsal")
    assert "both speak of" in page
    sent = {"kept": kept.pk, "version": gone.version}
    done = client.post(f"/findings/{gone.pk}/merge/", sent, follow=True)
    assert done.redirect_chain[-1][0] == f"/findings/{kept.pk}/"
    assert "Take back" in done.content.decode()
    page = client.get(f"/findings/{gone.pk}/").content.decode()
    assert f'href="/findings/{kept.pk}/"' in page
    assert "Accept it as it is" not in page
    assert {row.pk for row in client.get("/findings/").context["page"].rows} == {kept.pk, like.pk, newer.pk}
    assert [row.pk for row in client.get("/findings/?state=merged").context["page"].rows] == [gone.pk]
    client.post(f"/findings/{gone.pk}/apart/")
    assert fresh(gone).merged_into is None


def test_splitting_on_the_page_is_taken_back_by_one_press(client, cast, two):
    finding, _other = two
    event = testing.event(testing.review(cast), finding=finding, **SYSTEMIC)
    client.force_login(cast.manager)
    sent = {"title": "Another", "category": "budget", "version": finding.version, "events": [event.pk]}
    client.post(f"/findings/{finding.pk}/split/", sent)
    new = Finding.objects.get(title="Another")
    assert events_of(new) == {event.pk}
    client.post(f"/findings/{new.pk}/merge/", {"kept": finding.pk, "version": new.version})
    assert event.pk in events_of(finding)


@pytest.mark.parametrize("name", ["merge", "split"])
def test_two_who_regroup_at_once_lose_nothing(client, cast, two, name):
    finding, kept = two
    event = testing.event(testing.review(cast), finding=finding, **SYSTEMIC)
    old = finding.version
    finding.change(cast.admin, title="Theirs")
    client.force_login(cast.manager)
    sent = {"kept": kept.pk, "title": "Mine", "category": "budget", "events": [event.pk], "version": old}
    response = client.post(f"/findings/{finding.pk}/{name}/", sent)
    page = response.content.decode()
    assert (response.status_code, f'value="{finding.version}"' in page) == (409, True)
    assert "checked" in page
    assert (Finding.objects.count(), fresh(finding).merged_into) == (2, None)
    sent["version"] = finding.version
    assert client.post(f"/findings/{finding.pk}/{name}/", sent).status_code == 302


@pytest.mark.parametrize("sent", [{}, {"kept": "x"}, {"kept": "0"}, {"kept": "9" * 30}, {"events": ["x"]}])
@pytest.mark.parametrize("name", ["merge", "split"])
def test_a_forged_form_is_an_error_and_changes_nothing(client, cast, two, name, sent):
    client.force_login(cast.manager)
    response = client.post(f"/findings/{two[0].pk}/{name}/", {"version": "1"} | sent)
    assert response.status_code == 422
    assert (Finding.objects.count(), fresh(two[0]).merged_into) == (2, None)


@pytest.mark.parametrize("name", ["merge", "split"])
def test_the_pages_cost_the_same_for_one_row_and_three(client, cast, two, name, django_assert_max_num_queries):
    client.force_login(cast.manager)
    counts = set()
    for number in (0, 2):
        for _number in range(number):
            testing.finding(cast)
            testing.event(testing.review(cast), finding=two[0], **SYSTEMIC)
        client.get(f"/findings/{two[0].pk}/{name}/")
        with django_assert_max_num_queries(10) as asked:
            client.get(f"/findings/{two[0].pk}/{name}/")
        counts.add(len(asked))
    assert len(counts) == 1


ACTS = st.tuples(st.sampled_from(["merge", "apart", "split", "commit"]), st.integers(0, 5), st.integers(0, 5))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ACTS, min_size=3, max_size=12))
def test_however_findings_are_regrouped_each_event_and_action_has_a_home(cast, sequence):
    first = [testing.finding(cast) for _number in range(3)]
    for finding in first:
        for _number in range(2):
            testing.event(testing.review(cast), finding=finding, **SYSTEMIC)
        answered(cast, finding)
    events = set(FailureEvent.objects.values_list("pk", flat=True))
    for act, one, other in sequence:
        findings = list(Finding.objects.order_by("pk"))
        this, that = findings[one % len(findings)], findings[other % len(findings)]
        try:
            if act == "merge":
                regrouping.merge(this, that, cast.manager)
            elif act == "apart":
                regrouping.take_apart(this, cast.manager)
            elif act == "split":
                regrouping.split(this, cast.manager, {min(events_of(this), default=0)}, "Another", "budget")
            else:
                this.mark_being_fixed(cast.manager)
        except Refused as refused:
            assert str(refused).endswith(".")
    homed = FailureEvent.objects.filter(finding__merged_into=None).exclude(finding=None)
    assert set(homed.values_list("pk", flat=True)) == events
    assert not ActionItem.objects.exclude(findings__merged_into=None, findings__isnull=False).exists()


def test_a_conflict_is_not_swallowed_by_the_verb(cast, two):
    with pytest.raises(Conflict):
        regrouping.merge(*two, cast.manager, version=two[0].version + 1)
    assert fresh(two[0]).merged_into is None
