"""What counting and the criterion say together, in sentences that somebody reads who has never heard of intervals."""

import math
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from actions.before_after import Compared, Seen, verdict_of
from actions.effect import EFFECTIVE, INCONCLUSIVE, INEFFECTIVE
from actions.models.check import EffectivenessCheck
from actions.models.check_state import Said

# Beyond this nobody waits for the number; below it a small number of losses is marked as such.
HARDLY, SMALL = 200, 5
WORDS = {
    EFFECTIVE: gettext_lazy("Effective"),
    INEFFECTIVE: gettext_lazy("Not effective"),
    INCONCLUSIVE: gettext_lazy("Too early to tell"),
}
MARKS = {EFFECTIVE: "✓ ", INEFFECTIVE: "× "}


@dataclass(frozen=True)
class Line:
    """One weakness before and after, as picture and table show it."""

    one: Compared

    @property
    def sentence(self) -> str:
        return counted(self.one)

    @property
    def small(self) -> str:
        return n_is_small(self.one)

    @property
    def figures(self) -> str:
        """ "11 in 18 reviewed losses → 2 in 16, n = 3" """
        return in_losses(self.one.before) + self.to_after

    @property
    def short_figures(self) -> str:
        return _("%(events)s in %(losses)s") % self.one.before._asdict() + self.to_after

    @property
    def to_after(self) -> str:
        after = _("%(events)s in %(losses)s") % self.one.after._asdict()
        return f" → {after}" + (f", {self.small}" if self.small else "")

    @property
    def said(self) -> str:
        return str(WORDS[self.one.verdict])

    @property
    def word(self) -> str:
        return MARKS.get(self.one.verdict, "") + self.said

    @property
    def is_settled(self) -> bool:
        """While it cannot be told the picture bears no figures that one might take for an answer; the table does."""
        return self.one.verdict != INCONCLUSIVE

    @property
    def ratio(self) -> str:
        return number(self.one.ratio.ratio) if self.one.ratio else "–"

    @property
    def interval(self) -> str:
        if not self.one.ratio:
            return "–"
        return _("%(low)s to %(high)s") % {"low": number(self.one.ratio.low), "high": number(self.one.ratio.high)}


def number(ratio: float | None) -> str:
    if ratio is None:
        return "–"
    if ratio == math.inf:
        return "∞"
    # So near to "no change" the side is what counts.
    digits = 4 if 0 < abs(ratio - 1) < 0.005 else 2 if ratio < 100 else 0
    return number_format(round(ratio, digits), digits)


def in_losses(seen: Seen) -> str:
    words = ngettext("%(events)s in %(losses)s reviewed loss", "%(events)s in %(losses)s reviewed losses", seen.losses)
    return words % seen._asdict()


def n_is_small(one: Compared) -> str:
    """ "n = 3", the smaller number of losses, where it is so small that it should be seen at a glance."""
    fewest = min(one.before.losses, one.after.losses)
    return _("n = %(n)s") % {"n": fewest} if fewest < SMALL else ""


def counted(one: Compared) -> str:
    """Where this weakness stands."""
    if not one.after.losses:
        return _("No loss since the fix has been reviewed yet. Nothing can be said so far.")
    if not one.before.losses:
        return _("Of the losses before it, only those that revealed it were reviewed: there is nothing to compare.")
    seen = {"after": in_losses(one.after), "before": in_losses(one.before)}
    both = _("Seen %(after)s since the fix, %(before)s before.") % seen
    if one.verdict == EFFECTIVE:
        return both + " " + _("That is less often than chance explains.")
    if one.verdict == INEFFECTIVE:
        return both + " " + _("That is as often as before, and for long enough to know.")
    return both + " " + how_much_longer(one)


def how_much_longer(one: Compared) -> str:
    if not one.before.events and not one.after.events:
        return _("It is seen too seldom for counting to tell; the criterion decides.")
    more = one.more_losses
    if more is None:
        return _("Counting alone will not tell; the criterion decides.")
    if more > HARDLY:
        return _("Too early to tell, and it will be for long: more than %(n)s further reviewed losses.") % {"n": HARDLY}
    early = _("Too early to tell: %(more)s.") % {"more": about_more(more)}
    return f"{early} " + _("The done criterion decides; counting goes on beside it.")


def about_more(more: int) -> str:
    return ngettext("about %(n)s more reviewed loss", "about %(n)s more reviewed losses", more) % {"n": more}


def recurrence(found: list[Compared]) -> str:
    """Beside the criterion, of all findings together; begins in the middle of a sentence."""
    verdict = verdict_of(found)
    if verdict == EFFECTIVE:
        return _("seen less often than chance explains")
    if verdict == INEFFECTIVE:
        return _("seen as often as before")
    more = [one.more_losses for one in found if one.verdict == INCONCLUSIVE]
    if not more or None in more or max(more) > HARDLY:
        return _("too early to tell for recurrence")
    return _("too early to tell for recurrence: %(more)s") % {"more": about_more(max(more))}


def conclusion(check: EffectivenessCheck, found: list[Compared]) -> str:
    """ "Criterion met, too early to tell for recurrence: about 14 more reviewed losses." Counted anew each time."""
    sentences = {
        Said.MET: _("Criterion met, %(recurrence)s."),
        Said.NOT_MET: _("Criterion not met; %(recurrence)s."),
        Said.CANNOT_TELL: _("Whether the criterion is met cannot be told yet; %(recurrence)s."),
    }
    return sentences[check.said] % {"recurrence": recurrence(found)} if check.said else ""
