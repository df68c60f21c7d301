from dataclasses import dataclass, field

from faults.oracle import Seen

HEAD = ["#", "fault", "database", "injected", "due", "lost", "questions", "extra", "allowed", "verdict", "s"]
NUMBERS = {"injected", "due", "lost", "questions", "extra", "s"}


@dataclass
class Result:
    """`wrong` is what else a row found not to be as it should be, in whole sentences; `notes` only tell."""

    number: int
    fault: str
    database: str
    injected: int = 0
    due: int = 0
    lost: int = 0
    questions: int = 0
    extra: int = 0
    allowed: int = 0
    changed: int = 0
    seconds: float = 0
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def take(self, seen: Seen) -> None:
        self.lost, self.questions = seen.lost, seen.questions
        self.extra, self.changed = seen.extra, seen.changed
        if seen.strangers:
            self.wrong.append(f"{seen.strangers} questions about what was not due")

    @property
    def reasons(self) -> list[str]:
        """Why it failed; empty when all is well."""
        found = [
            (not self.injected, "the fault did not happen"),
            (self.lost, f"{self.lost} lost"),
            (self.due and self.questions != 1, f"{self.questions} questions for one occurrence"),
            (self.extra > self.allowed, f"{self.extra} extra copies, {self.allowed} allowed"),
            (self.changed, f"{self.changed} mails whose copies differ"),
        ]
        return [why for is_so, why in found if is_so] + self.wrong

    @property
    def is_fine(self) -> bool:
        return not self.reasons

    @property
    def cells(self) -> list[str]:
        extra = f"≤ {self.allowed}" if self.allowed else "0"
        verdict = "held" if self.is_fine else "FAILED"
        counts = [self.injected, self.due, self.lost, self.questions, self.extra]
        return [str(self.number), self.fault, self.database, *map(str, counts), extra, verdict, f"{self.seconds:.0f}"]


def show(results: list[Result]) -> str:
    """Markdown that lines up, so that it reads well in a terminal too; below it why something failed."""
    rows = [HEAD, *(one.cells for one in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = [line(row, widths) for row in rows]
    ends = [":" if name in NUMBERS else "-" for name in HEAD]
    lines.insert(1, "".join(f"|{'-' * (width + 1)}{end}" for width, end in zip(widths, ends, strict=True)) + "|")
    for one in results:
        lines += [f"{one.number} {one.fault}, {one.database}: {why}" for why in one.reasons]
    return "\n".join(lines)


def line(cells: list[str], widths: list[int]) -> str:
    aligned = [
        cell.rjust(width) if name in NUMBERS else cell.ljust(width)
        for name, cell, width in zip(HEAD, cells, widths, strict=True)
    ]
    return "| " + " | ".join(aligned) + " |"


def line_of(one: Result) -> str:
    """Of one alone, as soon as it is known."""
    verdict = "held" if one.is_fine else "FAILED: " + "; ".join(one.reasons)
    counts = f"{one.injected} injected, {one.lost} lost, {one.extra} extra of {one.due}, {one.seconds:.0f} s"
    return f"{one.number:2} {one.fault}, {one.database}: {counts}; {'; '.join([*one.notes, verdict])}"
