import contextlib

import pytest

from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.testing import NOW
from reviews import coding
from reviews.finding_counts import add_event_counts
from reviews.models import Finding
from reviews.tests.test_summaries_at_once import at_once

pytestmark = pytest.mark.django_db

SETTLED = {"category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1, "causal_role": "caused"}


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def finding(cast):
    return testing.finding(cast)


@pytest.fixture
def event(cast):
    return testing.event(testing.review(cast, (cast.rep,), facilitator=cast.facilitator), **SETTLED)


def verbs_of(obj):
    return list(Change.objects.about(obj).order_by("pk").values_list("verb", flat=True))


def test_who_may_open_a_finding(cast):
    may = set()
    for name, person in cast.people.items():
        try:
            Finding.open(cast.north, f"Nobody is down for the next step, says {name}", "planning", person)
            may.add(name)
        except Refused:
            pass
    assert may == {"admin", "manager"}


def test_whoever_facilitates_a_review_may_open_one_from_it(cast):
    about = testing.review(cast, (cast.facilitator, cast.rep), facilitator=cast.facilitator)
    opened = Finding.open(cast.north, "No next step", "planning", cast.facilitator, about=about)
    assert (opened.state, opened.opened_by) == ("open", cast.facilitator)
    assert verbs_of(opened) == ["open"]
    for not_so in [(cast.north, cast.rep), (cast.south, cast.facilitator)]:
        with pytest.raises(Refused):
            Finding.open(not_so[0], "No next step", "planning", not_so[1], about=about)


@pytest.mark.parametrize("title, category", [("", "planning"), ("  ", "planning"), ("x" * 201, "planning"), ("x", "y")])
def test_a_finding_has_a_title_and_a_category(cast, title, category):
    with pytest.raises(Refused):
        Finding.open(cast.north, title, category, cast.manager)


def test_a_systemic_event_joins_moves_and_leaves(cast, finding, event):
    other = testing.finding(cast)
    finding.take(event, cast.manager)
    finding.take(event, cast.manager)
    event.refresh_from_db()
    assert event.finding == finding
    other.take(event, cast.manager)
    finding.release(event, cast.manager)
    event.refresh_from_db()
    assert event.finding == other
    other.release(event, cast.manager)
    event.refresh_from_db()
    assert event.finding is None
    assert verbs_of(finding) == ["take event"]
    assert verbs_of(other) == ["take event", "release event"]


@pytest.mark.parametrize(
    "fields, may",
    [
        (SETTLED, True),
        (SETTLED | {"verdict": "one_off"}, False),
        ({"causal_role": "caused"}, False),
        ({"causal_role": "unrelated"}, True),
        (SETTLED | {"causal_role": "unrelated"}, True),
        (SETTLED | {"causal_role": "unrelated", "verdict": "one_off"}, False),
    ],
)
def test_which_events_join_a_finding(cast, finding, fields, may):
    event = testing.event(testing.review(cast), **fields)
    if may:
        finding.take(event, cast.manager)
    else:
        with pytest.raises(Refused):
            finding.take(event, cast.manager)
    event.refresh_from_db()
    assert (event.finding == finding) is may


def test_who_may_put_an_event_into_a_finding(cast):
    may = set()
    for name, person in cast.people.items():
        about = testing.review(cast, (cast.rep, cast.facilitator), facilitator=cast.facilitator)
        event = testing.event(about, **SETTLED)
        try:
            testing.finding(cast).take(event, person)
            may.add(name)
        except Refused:
            pass
    assert may == {"admin", "manager", "facilitator"}


def test_a_closed_review_lends_and_takes_back_nothing(cast, finding, event):
    finding.take(event, cast.manager)
    type(event.review).objects.update(state="closed", closed_at=NOW)
    with pytest.raises(Refused):
        finding.release(event, cast.manager)


def test_a_sealed_event_leaves_no_trace_on_the_finding(cast, finding):
    sealed = testing.review(cast, (cast.manager,), visibility="sealed")
    event = testing.event(sealed, what="Canary of the sealed review", **SETTLED)
    with pytest.raises(Refused):
        finding.take(event, cast.admin)
    finding.take(event, cast.manager)
    assert verbs_of(finding) == []
    counted = Finding.objects.get(pk=finding.pk)
    add_event_counts([counted])
    assert (counted.event_count, counted.caused_count) == (0, 0)


def test_counts_are_of_standard_reviews_only(cast, finding, event):
    named = testing.event(testing.review(cast, (cast.manager,), visibility="named"), **SETTLED)
    contributed = testing.event(event.review, **SETTLED | {"causal_role": "contributed"})
    for one in (event, named, contributed):
        finding.take(one, cast.manager)
    counted = Finding.objects.get(pk=finding.pk)
    add_event_counts([counted])
    assert (counted.event_count, counted.caused_count) == (2, 1)


def test_accepting_needs_a_reason_and_is_a_state(cast, finding):
    with pytest.raises(Refused):
        finding.accept(cast.manager, " ")
    finding.accept(cast.manager, "Too rare to pay for.")
    finding.accept(cast.manager, "")
    assert (finding.state, finding.accepted_because) == ("accepted", "Too rare to pay for.")
    with pytest.raises(Refused):
        finding.mark_being_fixed(cast.manager)
    with pytest.raises(Refused):
        finding.reopen(cast.manager, "")
    finding.reopen(cast.manager, "Seen again in spring.")
    finding.reopen(cast.manager, "")
    assert (finding.state, finding.accepted_because) == ("reopened", "")
    finding.mark_being_fixed(cast.manager)
    finding.mark_being_fixed(cast.manager)
    assert finding.state == "being_fixed"
    assert verbs_of(finding) == ["accept", "reopen", "being fixed"]


def test_members_read_and_managers_write(cast, finding):
    reads = {name for name, person in cast.people.items() if finding in Finding.objects.visible_to(person)}
    assert reads == {"admin", "manager", "rep", "other_rep", "facilitator", "list_owner", "support"}
    writes = set()
    for name, person in cast.people.items():
        try:
            finding.change(person, title=f"Changed by {name}", category="budget")
            writes.add(name)
        except Refused:
            pass
    assert writes == {"admin", "manager"}


def test_two_people_editing_lose_nothing(cast, finding):
    seen = finding.version
    finding.change(cast.manager, title="First", category="planning", version=seen)
    with pytest.raises(Refused):
        finding.change(cast.admin, title="Second", category="planning", version=seen)
    assert Finding.objects.get(pk=finding.pk).title == "First"


def test_whoever_is_on_a_list_reads_the_findings_that_feed_it(cast):
    of_south = testing.finding(cast, team=cast.south)
    owned = testing.action_list(cast, (cast.partner,), team=cast.south)
    testing.action(cast, action_list=owned).findings.add(of_south)
    reads = {name for name, person in cast.people.items() if of_south in Finding.objects.visible_to(person)}
    assert reads == {"admin", "outsider", "list_owner", "sponsor", "partner"}


@pytest.mark.parametrize("change", ["read as a one-off", "judged as a cause"])
def test_an_event_leaves_the_finding_that_it_may_feed_no_more(cast, change):
    about = testing.review(cast, (cast.rep,), facilitator=cast.manager, readers_per_event=1)
    event = testing.event(about, causal_role="unrelated")
    finding = testing.finding(cast)
    finding.take(event, cast.manager)
    if change == "judged as a cause":
        event.judge(cast.manager, "caused")
    else:
        coding.submit(event, cast.rep, "planning", "one_off", now=NOW)
    event.refresh_from_db()
    assert event.finding is None
    assert Change.objects.about(event).filter(verb="release finding").count() == 1


def test_an_event_that_is_read_as_systemic_stays_in_its_finding(cast):
    about = testing.review(cast, (cast.rep,), facilitator=cast.manager, readers_per_event=1)
    event = testing.event(about, causal_role="unrelated")
    finding = testing.finding(cast)
    finding.take(event, cast.manager)
    coding.submit(event, cast.rep, "planning", "systemic", now=NOW)
    event.refresh_from_db()
    assert event.finding == finding


@pytest.mark.parametrize("title", ["No next step", " no NEXT step "])
def test_a_title_stands_once_in_a_team(cast, title):
    first = Finding.open(cast.north, "No next step", "planning", cast.manager)
    with pytest.raises(Refused, match="“No next step” is known already"):
        Finding.open(cast.north, title, "budget", cast.manager)
    other = Finding.open(cast.north, "Another", "planning", cast.manager)
    with pytest.raises(Refused, match="is known already"):
        other.change(cast.manager, title=title)
    assert first.change(cast.manager, title="No Next Step") is True
    Finding.open(cast.south, "No next step", "planning", cast.admin)


def test_what_was_merged_does_not_keep_its_title(cast):
    gone, kept = (Finding.open(cast.north, title, "planning", cast.manager) for title in ("No next step", "Kept"))
    gone.merge_into(kept, cast.manager)
    assert Finding.open(cast.north, "No next step", "planning", cast.manager).state == "open"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_open_the_same_at_once_one_does():
    cast = testing.cast()

    opened = []

    def open_it() -> None:
        with contextlib.suppress(Refused):
            opened.append(Finding.open(cast.north, "No next step", "planning", cast.manager))

    at_once([open_it] * 6)
    assert opened == list(Finding.objects.filter(title="No next step"))
    assert len(opened) == 1
