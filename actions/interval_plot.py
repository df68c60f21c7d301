"""Where dots and lines stand in the picture of before and after: the ratio on a log scale from 1/100 to 16, drawn once
wide and once narrow. Only numbers; the template draws."""

import math
from dataclasses import dataclass
from textwrap import wrap

from actions.effect import EFFECTIVE, INEFFECTIVE, RateRatio
from actions.proof_words import Line

LOWEST, HIGHEST = 0.01, 16
TICKS = ((0.01, "1/100"), (0.1, "1/10"), (1, ""), (10, "10 ×"))
LEADING = 18
TONES = {EFFECTIVE: "c-ok", INEFFECTIVE: "c-stuck"}


@dataclass(frozen=True)
class Shape:
    """Left and right end of the scale, where the first row stands, how far the next one is, how long a title may be."""

    width: int
    left: float
    right: float
    first: int
    step: int
    letters: int
    most_lines: int

    def at(self, ratio: float) -> str:
        share = math.log(min(max(ratio, LOWEST), HIGHEST) / LOWEST) / math.log(HIGHEST / LOWEST)
        return f"{self.left + share * (self.right - self.left):.1f}"


WIDE = Shape(860, 300, 640, 34, 56, 38, 2)
NARROW = Shape(340, 10, 330, 30, 112, 42, 2)


@dataclass(frozen=True)
class Row:
    line: Line
    shape: Shape
    top: int

    @property
    def found(self) -> RateRatio:
        return self.line.one.ratio

    @property
    def tone(self) -> str:
        return TONES.get(self.line.one.verdict, "c-wait")

    @property
    def low(self) -> str:
        return self.shape.at(self.found.low)

    @property
    def high(self) -> str:
        return self.shape.at(self.found.high)

    @property
    def dot(self) -> str:
        return self.shape.at(self.found.ratio)

    @property
    def left_arrow(self) -> str:
        """Where the interval goes on beyond the scale; beside a dot that stands at its end, not under it."""
        return self.arrow(self.low, -14) if self.found.low < LOWEST else ""

    @property
    def right_arrow(self) -> str:
        return self.arrow(self.high, 14) if self.found.high > HIGHEST else ""

    def arrow(self, end: str, beside: int) -> str:
        return f"{float(end) + beside:.1f}" if self.dot == end else end

    @property
    def heights(self) -> dict[str, int]:
        """The heights at which label, figures and interval stand."""
        if self.shape is WIDE:
            return {"label": self.top + 24, "figures": self.top + 42, "interval": self.top + 28}
        return {"label": self.top + 18, "figures": self.top + 55, "interval": self.top + 80}

    @property
    def title(self) -> list[tuple[int, str]]:
        """Its lines, the last one right above the figures."""
        lines = wrap(self.line.one.finding.title, self.shape.letters, max_lines=self.shape.most_lines, placeholder=" …")
        last = self.heights["figures"] - LEADING
        return [(last - LEADING * (len(lines) - 1 - at), words) for at, words in enumerate(lines)]

    @property
    def ruled(self) -> tuple[int, int]:
        """From where to where the scale is ruled: across the row, or below its words where these stand on the scale."""
        if self.shape is WIDE:
            return self.top - 8, self.top + self.shape.step + 4
        return self.heights["interval"] - 14, self.heights["interval"] + 14


@dataclass(frozen=True)
class Plot:
    shape: Shape
    rows: list[Row]

    @property
    def ticks(self) -> list[tuple[str, str]]:
        return [(self.shape.at(ratio), label) for ratio, label in TICKS]

    @property
    def bottom(self) -> int:
        return self.shape.first + self.shape.step * len(self.rows) + 4

    @property
    def height(self) -> int:
        return self.bottom + 22


def plots_of(lines: list[Line]) -> list[tuple[str, Plot]]:
    """With the class that shows it. Of a finding that has no ratio there is only the table."""
    shown = [line for line in lines if line.one.ratio and line.one.ratio.ratio is not None]
    if not shown:
        return []
    return [(css, Plot(shape, rows_of(shown, shape))) for css, shape in (("c-wide", WIDE), ("c-narrow", NARROW))]


def rows_of(lines: list[Line], shape: Shape) -> list[Row]:
    return [Row(line, shape, shape.first + number * shape.step) for number, line in enumerate(lines)]
