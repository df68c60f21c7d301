"""Was it there in deals that were won too? Which wins are like the loss, and what they say. Pure: no queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reviews import likeness
from reviews.likeness import Traits

# So many wins are offered for an event.
MOST = 5
# Fewer say little.
FEW = 3
# A win is looked for so long before and after the loss.
WITHIN = timedelta(days=365)
# Heaviest first. A like line of business alone makes no comparison.
WEIGHTS = {"rival": 3, "product": 3, "lead_source": 2, "team": 2, "amount": 2, "sector": 1}


@dataclass(frozen=True)
class Candidate:
    """A won deal that may be like the lost one."""

    pk: int
    traits: Traits
    closed_on: date


@dataclass(frozen=True)
class Proposal:
    pk: int
    because: tuple[str, ...]

    @property
    def in_words(self) -> str:
        words = {
            "team": _("same team"),
            "rival": _("same rival"),
            "product": _("same product line"),
            "lead_source": _("same lead source"),
            "amount": _("like value"),
            "sector": _("same line of business"),
        }
        return ", ".join([*(words[name] for name in self.because), _("closed within a year of it")])


def propose(lost: Traits, lost_on: date, wins: Iterable[Candidate]) -> list[Proposal]:
    """The likest first, of equals the nearest in time."""
    near = [win for win in wins if abs(win.closed_on - lost_on) <= WITHIN]
    found = [(traits, win) for win in near if (traits := likeness.shared(lost, win.traits, WEIGHTS))]
    found.sort(key=lambda pair: (-likeness.weight(pair[0], WEIGHTS), abs(pair[1].closed_on - lost_on), -pair[1].pk))
    return [Proposal(win.pk, tuple(traits)) for traits, win in found]


@dataclass(frozen=True)
class BaseRate:
    """In how many wins it was there, in how many not, and of how many nobody can tell."""

    present: int = 0
    absent: int = 0
    unknown: int = 0

    def __bool__(self) -> bool:
        return bool(self.looked_at or self.unknown)

    @property
    def looked_at(self) -> int:
        return self.present + self.absent

    @property
    def is_in_most(self) -> bool:
        """One or two wins have no "most"."""
        return self.looked_at >= FEW and self.present > self.absent

    @property
    def in_words(self) -> str:
        """Never a percentage: five wins are few."""
        if not self:
            return ""
        if not self.looked_at:
            return ngettext(
                "of the one win looked at nobody can tell", "of %(n)s wins looked at nobody can tell", self.unknown
            ) % {"n": self.unknown}
        number = self.looked_at
        told = ngettext(
            "present in %(present)s of 1 win looked at", "present in %(present)s of %(n)s wins looked at", number
        ) % {"present": self.present, "n": number}
        if not self.unknown:
            return told
        more = ngettext("and one nobody can tell of", "and %(n)s nobody can tell of", self.unknown)
        return f"{told}, {more % {'n': self.unknown}}"
