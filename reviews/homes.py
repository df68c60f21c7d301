"""Which weaknesses of the team an event may show: the likest first, each with why. Nothing joins by itself."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from failforward.accounts.models import User
from reviews.models import FailureEvent, Finding
from reviews.models.finding_state import UNFIXED
from reviews.shared_words import Rarity, words_in

# How many weaknesses are looked at: the newest of the category, and the newest of all.
OF_CATEGORY, OF_ALL = 60, 40
# How many events behind them lend their words, the newest.
EVENTS = 300
# What the same category weighs, in rare words; and how many words are named as the reason.
CATEGORY, NAMED = 2, 4


@dataclass(frozen=True)
class Home:
    finding: Finding
    same_category: bool
    words: list[str]
    score: float


def homes_of(
    text: str, category: str, findings: Iterable[Finding], told: Mapping[int, str] | None = None
) -> list[Home]:
    """For what is told in `text`. `told` is what is said of a finding besides its own words, by its id."""
    mine = words_in(text)
    theirs = {one: words_in(f"{one.title} {one.description} {(told or {}).get(one.pk, '')}") for one in findings}
    rarity = Rarity(theirs.values())
    homes = []
    for finding, words in theirs.items():
        shared = sorted((stem for stem in mine if stem in words), key=lambda stem: -rarity.of(stem))
        is_same = bool(category) and finding.category == category
        score = CATEGORY * is_same + sum(map(rarity.of, shared))
        if score >= 1:
            homes.append(Home(finding, is_same, [mine[stem] for stem in shared[:NAMED]], score))
    return sorted(homes, key=lambda home: (-home.score, -home.finding.pk))


def homes_for(event: FailureEvent, user: User) -> list[Home]:
    """Three queries. What is said of a finding is what `user` may read of the events behind it."""
    findings = of_team(event.review.team_id, event.category, but=event.finding_id)
    return homes_of(event.what, event.category, findings, told_of(findings, event, user))


def of_team(team: int, category: str, *, but: int | None, also: int = 0) -> list[Finding]:
    """Those that are not done with: the newest of the category, then the newest others; `also` however old it is."""
    findings = Finding.objects.filter(team=team, state__in=UNFIXED).exclude(pk=but)
    findings = findings.order_by("-pk").only("title", "description", "category", "state")
    near = list(findings.filter(category=category)[:OF_CATEGORY]) if category else []
    found = near + [finding for finding in findings[:OF_ALL] if finding not in near]
    is_missing = also and all(finding.pk != also for finding in found)
    return found + list(findings.filter(pk=also)) if is_missing else found


def told_of(findings: list[Finding], event: FailureEvent, user: User) -> dict[int, str]:
    behind = FailureEvent.objects.visible_to(user).filter(finding__in=findings).exclude(pk=event.pk)
    told = defaultdict(list)
    for finding, what in behind.order_by("-pk").values_list("finding", "what")[:EVENTS]:
        told[finding].append(what)
    return {finding: " ".join(words) for finding, words in told.items()}
