import pytest

from failforward import testing
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from failforward.testing import NOW
from reviews import coding
from reviews.categories import BY_CODE, CATEGORIES
from reviews.codebook import codebook, versions_of
from reviews.models import Coding, Definition
from reviews.models.definition import WORDS

pytestmark = pytest.mark.django_db

NEW = {
    "short": "nobody was down for it",
    "definition": "Work began too late, or nobody had it in the calendar.",
    "counts": "no call booked.",
    "does_not_count": "a booked call that was not made.",
    "example": "Eighteen days without a word.",
}


@pytest.fixture
def cast():
    return testing.cast()


def revise(by, *, seen=1, reason="Two readers took it for a procedure.", **words):
    return Definition.revise("planning", by, seen=seen, reason=reason, now=NOW, **NEW | words)


def test_at_first_the_codebook_is_the_one_built_in(cast):
    assert codebook() == CATEGORIES
    assert versions_of("planning") == [(BY_CODE["planning"], None)]


def test_a_new_version_holds_and_the_old_one_stays_readable(cast):
    row = revise(cast.admin)
    (planning,) = [category for category in codebook() if category.code == "planning"]
    assert {name: getattr(planning, name) for name in WORDS} == NEW
    assert (planning.version, planning.since, planning.label) == (2, NOW, BY_CODE["planning"].label)
    assert [category.code for category in codebook()] == [category.code for category in CATEGORIES]
    assert [(words.version, from_row) for words, from_row in versions_of("planning")] == [(2, row), (1, None)]
    change = Change.objects.about(row).get()
    assert (change.verb, change.by, change.details) == (
        "revise",
        cast.admin,
        {"reason": "Two readers took it for a procedure."},
    )


def test_only_an_admin_changes_what_holds_for_all_teams(cast):
    may = set()
    for name, person in cast.people.items():
        try:
            revise(person, seen=Definition.version_of("planning"), definition=f"As {name} sees it.")
            may.add(name)
        except Refused:
            pass
    assert may == {"admin"}


def test_saving_the_same_words_again_changes_nothing(cast):
    revise(cast.admin)
    assert revise(cast.admin, seen=2) is None
    built_in = {name: str(getattr(BY_CODE["budget"], name)) for name in WORDS}
    assert Definition.revise("budget", cast.admin, seen=1, reason="x", now=NOW, **built_in) is None
    assert Definition.objects.count() == 1


@pytest.mark.parametrize("missing", [*WORDS, "reason"])
def test_a_definition_is_whole_and_says_why(cast, missing):
    with pytest.raises(Refused) as refused:
        revise(cast.admin, **{missing: "  "})
    assert refused.value.field == missing
    assert not Definition.objects.exists()


@pytest.mark.parametrize("seen", [0, 2, 99])
def test_two_at_once_are_told(cast, seen):
    with pytest.raises(Conflict):
        revise(cast.admin, seen=seen)
    revise(cast.admin)
    with pytest.raises(Conflict):
        revise(cast.admin, definition="Written on the first.")
    assert Definition.objects.get().definition == NEW["definition"]


def test_a_reading_remembers_the_version_it_was_made_under(cast):
    review = testing.review(cast, (cast.rep, cast.manager), facilitator=cast.manager)
    before, after, other = (testing.event(review) for _number in range(3))
    coding.submit(before, cast.manager, "planning", "systemic", now=NOW)
    revise(cast.admin)
    coding.submit(after, cast.manager, "planning", "systemic", now=NOW)
    coding.submit(other, cast.manager, "budget", "systemic", now=NOW)
    versions = dict(Coding.objects.values_list("event", "definition_version"))
    assert versions == {before.pk: 1, after.pk: 2, other.pk: 1}


def test_the_page_of_a_category_shows_who_changed_what_when_and_why(client, cast):
    revise(cast.admin)
    client.force_login(cast.rep)
    page = client.get("/categories/planning/").content.decode()
    for words in (NEW["definition"], str(BY_CODE["planning"].definition), "Ada Admin", "Two readers took it"):
        assert words in page
    assert "/categories/planning/edit/" not in page
    assert client.get("/categories/other/").status_code == 404
    client.force_login(cast.admin)
    assert "/categories/planning/edit/" in client.get("/categories/planning/").content.decode()


def test_an_admin_changes_it_on_the_page_and_readers_are_helped_by_the_new_words(client, cast):
    client.force_login(cast.admin)
    sent = NEW | {"reason": "It was read as a procedure.", "seen": 1}
    assert client.post("/categories/planning/edit/", sent | {"reason": ""}).status_code == 200
    assert not Definition.objects.exists()
    assert client.post("/categories/planning/edit/", sent).status_code == 302
    again = client.post("/categories/planning/edit/", sent | {"definition": "Mine."})
    assert again.status_code == 409
    assert NEW["definition"] in again.content.decode()
    assert "Mine." in again.content.decode()
    assert 'name="seen" value="2"' in again.content.decode()
    testing.event(testing.review(cast, (cast.rep,)))
    client.force_login(cast.rep)
    card = client.get("/coding/").content.decode()
    assert NEW["definition"] in card
    assert NEW["short"] in card
    assert NEW["short"] in client.get("/categories/").content.decode()


@pytest.mark.parametrize("seen", ["", "x", "0", "-1", "99999999999999999999"])
def test_a_forged_version_is_an_error_not_a_crash(client, cast, seen):
    client.force_login(cast.admin)
    response = client.post("/categories/planning/edit/", NEW | {"reason": "Why not", "seen": seen})
    assert response.status_code == 200
    assert not Definition.objects.exists()
