"""What the page of the loop says and draws: a bar a step, of losses and of actions, each with a scale of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from actions import loop
from actions.loop import Period
from failforward.accounts.models import User
from reviews import loop as of_losses

# Below that a share says little, and says so.
FEW = 10


@dataclass(frozen=True)
class Bar:
    """One step. `of` is what it is a share of, `rest` what is drawn dashed beside it: not stated."""

    name: str
    label: str
    count: int
    url: str
    of: int | None = None
    of_what: str = ""
    notes: tuple[str, ...] = ()
    rest: int = 0
    rest_url: str = ""

    @property
    def share(self) -> str:
        if not self.of:
            return ""
        return say("%(n)s %% of %(what)s") % {"n": round(100 * self.count / self.of), "what": self.of_what}

    @property
    def small(self) -> str:
        return f"n = {self.of}" if self.of and self.of < FEW else ""


@dataclass(frozen=True)
class Loop:
    period: Period
    losses: list[Bar]
    actions: list[Bar]

    @property
    def sentence(self) -> str:
        """Losses first, then what came of them; numbers only, since a share of few says little."""
        lost, _chosen, reviewed, systemic = self.losses
        if not lost.count:
            return say("No loss in this time.")
        losses = ngettext("Of %(n)s loss", "Of %(n)s losses", lost.count) % {"n": lost.count}
        told = ngettext("%(n)s is reviewed", "%(n)s are reviewed", reviewed.count) % {"n": reviewed.count}
        words = f"{losses} {told}"
        second = ngettext("%(n)s shows a weakness of ours", "%(n)s show a weakness of ours", systemic.count)
        third = ngettext(
            "%(n)s action is proved effective", "%(n)s actions are proved effective", self.actions[2].count
        )
        return f"{words}; {second % {'n': systemic.count}}. {third % {'n': self.actions[2].count}}."


def loop_of(user: User, period: Period) -> Loop:
    days = {"since": period.since.isoformat(), "until": period.until.isoformat()}
    return Loop(period, bars_of_losses(user, period, days), bars_of_actions(loop.counted(user, period), days))


def bars_of_losses(user: User, period: Period, days: dict[str, str]) -> list[Bar]:
    all_losses = of_losses.count_lost(user, days=(period.since, period.until))
    found = of_losses.counted(user, period.since, period.until)
    waits = ngettext("%(n)s waits to be chosen", "%(n)s wait to be chosen", found["pending"]) % {"n": found["pending"]}
    waived = ngettext("%(n)s is not to be reviewed", "%(n)s are not to be reviewed", found["waived"])
    begun = found["chosen"] - found["reviewed"]
    under_way = ngettext("%(n)s is under way", "%(n)s are under way", begun) % {"n": begun}
    no_review = all_losses - found["chosen"] - found["pending"] - found["waived"]
    not_up = ngettext("%(n)s was never put up", "%(n)s were never put up", no_review) % {"n": no_review}
    one_off = found["reviewed"] - found["with_systemic"]
    rest = ngettext("%(n)s had nothing but one-offs", "%(n)s had nothing but one-offs", one_off) % {"n": one_off}
    reviews = listed("review_list", days)
    return [
        Bar("losses", say("Losses"), all_losses, listed("deal_list", days)(outcome="losses")),
        Bar(
            "chosen",
            say("Chosen"),
            found["chosen"],
            reviews(loop="chosen"),
            all_losses,
            say("losses"),
            said((found["pending"], waits), (found["waived"], waived % {"n": found["waived"]}), (no_review, not_up)),
        ),
        Bar(
            "reviewed",
            say("Reviewed"),
            found["reviewed"],
            reviews(loop="reviewed"),
            found["chosen"],
            say("chosen"),
            said((begun, under_way)),
        ),
        Bar(
            "systemic",
            say("Systemic"),
            found["with_systemic"],
            reviews(loop="systemic"),
            found["reviewed"],
            say("reviewed"),
            said((one_off, rest)),
        ),
    ]


def bars_of_actions(found: dict[str, int], days: dict[str, str]) -> list[Bar]:
    actions = listed("action_list", days)
    open_ones = found["actions"] - found["done"]
    not_done = ngettext("%(n)s is not done yet", "%(n)s are not done yet", open_ones) % {"n": open_ones}
    late = ngettext("%(n)s was done late", "%(n)s were done late", found["late"]) % {"n": found["late"]}
    no_day = ngettext("for %(n)s no day was promised", "for %(n)s no day was promised", found["no_day"])
    waits = found["done"] - found["proved"]
    open_proof = ngettext("%(n)s is not proved, or not yet", "%(n)s are not proved, or not yet", waits) % {"n": waits}
    return [
        Bar("actions", say("Actions"), found["actions"], actions(loop="actions"), notes=said((open_ones, not_done))),
        Bar(
            "on-time",
            say("Done on time"),
            found["on_time"],
            actions(loop="on-time"),
            found["done"],
            say("done"),
            said((found["late"], late), (found["no_day"], no_day % {"n": found["no_day"]})),
            rest=found["no_day"],
            rest_url=actions(loop="no-day"),
        ),
        Bar(
            "proved",
            say("Proved effective"),
            found["proved"],
            actions(loop="proved"),
            found["done"],
            say("done"),
            said((waits, open_proof)),
        ),
    ]


def said(*notes: tuple[int, str]) -> tuple[str, ...]:
    return tuple(words for number, words in notes if number)


def listed(name: str, days: dict[str, str]) -> Callable[..., str]:
    """The address of a list of these days, filtered further."""
    return lambda **more: f"{reverse(name)}?{urlencode(more | days)}"


@dataclass(frozen=True)
class Drawn:
    """One bar where it stands: `x`, `width` and `rest_width` in units of the picture, `y` of its top."""

    bar: Bar
    x: int
    y: int
    width: str
    rest_x: str
    rest_width: str


@dataclass(frozen=True)
class Picture:
    css: str
    width: int
    height: int
    left: int
    bars: list[Drawn]


def pictures(bars: list[Bar]) -> list[Picture]:
    """Wide, and narrow with the labels above."""
    return [picture(bars, "c-wide", 860, 150, 400, 44), picture(bars, "c-narrow", 340, 0, 230, 66)]


def picture(bars: list[Bar], css: str, width: int, left: int, longest: int, step: int) -> Picture:
    most = max([bar.count + bar.rest for bar in bars] + [1])
    first = 6 if left else 22
    drawn = [
        Drawn(
            bar,
            left,
            first + number * step,
            f"{max(bar.count * longest / most, 1):.1f}",
            f"{left + bar.count * longest / most:.1f}",
            f"{bar.rest * longest / most:.1f}",
        )
        for number, bar in enumerate(bars)
    ]
    return Picture(css, width, first + len(bars) * step, left, drawn)
