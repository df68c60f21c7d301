"""One row of the table that `make bench` prints."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """`figure` and `limit` are what was seen in this run, with their units; `ratio` is ours over the limit's.

    `within` says whether the goal is met; None where there is no goal.
    """

    name: str
    figure: str
    limit: str
    ratio: float | None
    goal: str
    within: bool | None


def show(rows: list[Row]) -> str:
    lines = [("", "measured", "limit in this run", "ratio", "goal", "")]
    for row in rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
        verdict = {True: "met", False: "missed", None: ""}[row.within]
        lines.append((row.name, row.figure, row.limit, ratio, row.goal, verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in lines)
