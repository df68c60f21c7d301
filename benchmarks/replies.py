"""The parser of inbound mail against the messages of other projects. `python -m benchmarks.replies [folder]`.

The messages are not part of the product: by default they are looked for in `../shared/corpora/replies` beside the
checkout. Printed per folder, class and source: how many, exactly right, text lost, quote leaked, slowest message.
"""

import json
import re
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from actions.inbound.parse import Unreadable, bounce_of, kind, reply_text, strip_html, strip_text

BESIDE = Path(__file__).resolve().parent.parent.parent / "shared" / "corpora" / "replies"
PLACES = (BESIDE, BESIDE.parents[3] / "shared" / "corpora" / "replies")
SPACE = re.compile(r"[\s\u200b\ufeff]+")


@dataclass
class Tally:
    cases: int = 0
    right: int = 0
    lost: int = 0
    leaked: int = 0
    slowest: float = 0.0
    wrong: list[str] = field(default_factory=list)

    def add(self, name: str, right: bool, seconds: float, lost: bool = False, leaked: bool = False) -> None:
        self.cases += 1
        self.right += right
        self.lost += lost
        self.leaked += leaked
        self.slowest = max(self.slowest, seconds)
        if not right:
            self.wrong.append(name)


def main(folder: Path) -> None:
    tallies: dict[tuple[str, str], Tally] = defaultdict(Tally)
    for measure in (stripping, bounces, odd_mime):
        measure(folder, tallies)
    print(f"{'':44}{'cases':>6}{'right':>7}{'%':>7}{'lost':>6}{'leaked':>8}{'slowest ms':>12}")
    for (group, name), tally in sorted(tallies.items()):
        share = 100 * tally.right / tally.cases
        print(
            f"{group + ' ' + name:44}{tally.cases:6}{tally.right:7}{share:7.1f}{tally.lost:6}{tally.leaked:8}"
            f"{tally.slowest * 1000:12.1f}"
        )
    for name in sorted({name for tally in tallies.values() for name in tally.wrong}):
        print("not right:", name)


def cases(folder: Path, name: str) -> list[tuple[dict, bytes]]:
    found = json.loads((folder / name / "cases.json").read_text())
    return [(case, (folder / case["file"]).read_bytes()) for case in found]


def timed(function, *arguments):
    """The result, and the better time of two: other work on the machine is not the message's fault."""
    best = float("inf")
    for _try in range(2):
        begun = time.perf_counter()
        try:
            result = function(*arguments)
        except Unreadable as problem:
            result = problem
        best = min(best, time.perf_counter() - begun)
    return result, best


def collapsed(text: str) -> str:
    return SPACE.sub(" ", text).strip()


def stripping(folder: Path, tallies: dict) -> None:
    for case, raw in cases(folder, "stripping"):
        if case["kind"] == "eml":
            text, seconds = timed(reply_text, raw)
        elif case["kind"] == "html":
            text, seconds = timed(strip_html, raw.decode("utf-8", "replace"))
        else:
            text, seconds = timed(strip_text, raw.decode("utf-8", "replace"))
        text = "" if isinstance(text, Unreadable) else collapsed(text)
        accepted = [collapsed(each) for each in case["accept"]]
        right = text in accepted
        lost = not right and bool(set(accepted[0].split()) - set(text.split()))
        leaked = not right and bool(set(text.split()) - set(max(accepted, key=len).split()))
        for name in ("all", case["kind"], case["source_repository"].removeprefix("github.com/")):
            tallies["stripping", name].add(case["file"], right, seconds, lost, leaked)
        if case["kind"] != "html":
            whole = raw if case["kind"] == "eml" else b"From: a@a.example\nSubject: Re: x\n\n" + raw
            found, seconds = timed(kind, whole)
            tallies["kind", "ordinary replies"].add(case["file"], found == "reply", seconds)


def bounces(folder: Path, tallies: dict) -> None:
    for case, raw in cases(folder, "bounces"):
        found, seconds = timed(kind, raw)
        expected = expected_kind(case["expected"])
        tallies["kind", expected].add(case["file"], found == expected, seconds)
        if expected != "reply":
            tallies["kind", "any robot, not taken for an answer"].add(case["file"], found != "reply", seconds)
        if case["expected"].startswith("DSN"):
            report(case, raw, tallies)


def expected_kind(expected: str) -> str:
    for beginning, name in (("complaint", "complaint"), ("automatic", "auto_reply"), ("not a bounce", "reply")):
        if expected.startswith(beginning):
            return name
    return "bounce"


def report(case: dict, raw: bytes, tallies: dict) -> None:
    bounce, seconds = timed(bounce_of, raw)
    named = dict(part.split("=") for part in case["expected"].split() if "=" in part)
    status = bounce is not None and (named["status"] == "?" or bounce.status in named["status"].split(","))
    action = bounce is not None and named["action"] in ("?", bounce.action)
    tallies["RFC 3464", "recipient found"].add(case["file"], bounce is not None and bool(bounce.recipient), seconds)
    tallies["RFC 3464", "status as labelled"].add(case["file"], status, seconds)
    tallies["RFC 3464", "action as labelled"].add(case["file"], action, seconds)


def odd_mime(folder: Path, tallies: dict) -> None:
    for case, raw in cases(folder, "odd-mime"):
        found, seconds = timed(kind, raw)
        text, more = timed(reply_text, raw)
        quarantined = isinstance(text, Unreadable)
        tallies["odd MIME", "parsed or quarantined"].add(
            case["file"], quarantined == (found == "unreadable"), seconds + more
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else next((place for place in PLACES if place.is_dir()), BESIDE))
