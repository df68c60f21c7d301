"""What PRODUCT.md allows in a review's life, written down once more without a look at the code that does it.

Plain values only: people are names, a reading is (category, verdict). Each question answers yes or no; each `did_…`
says how things stand after a yes. `Book` is one review as somebody would keep it on paper.
"""

from dataclasses import dataclass, field

OPEN = {"gathering", "causality", "coding", "acting", "reopened"}
DERIVED = OPEN - {"reopened"}
MANAGERS = {"manager", "admin"}
OWNER = "rep"
# From state to state by whatever verb; staying is always allowed.
ALLOWED = {
    *((before, after) for before in DERIVED for after in DERIVED),
    *((before, after) for before in ("pending", "waived") for after in DERIVED),
    *((before, after) for before in OPEN for after in ("closed",)),
    ("pending", "waived"),
    ("waived", "pending"),
    ("gathering", "waived"),
    ("gathering", "pending"),
    ("closed", "reopened"),
}


@dataclass
class Event:
    role: str = ""
    readings: dict[str, tuple[str, str]] = field(default_factory=dict)
    halves: dict[str, tuple[str, str]] = field(default_factory=dict)
    settled: tuple[str, str] | None = None
    disputed: bool = False
    asked_again: bool = False
    in_finding: bool = False
    behind: int | None = None

    @property
    def may_feed(self) -> bool:
        return self.settled[1] == "systemic" if self.settled else self.role == "unrelated"

    @property
    def is_loose(self) -> bool:
        return self.settled is None or self.settled[1] == "systemic" and not self.in_finding


@dataclass
class Book:
    state: str = "pending"
    depth: str = "quick"
    visibility: str = "standard"
    on_it: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    facilitator: str | None = None
    chosen_by: str | None = None
    asked_for: int = 1
    events: dict[int, Event] = field(default_factory=dict)
    parts: dict[str, bool] = field(default_factory=dict)
    accepted: bool = False

    # Who

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def leads(self, who: str) -> bool:
        reads = who in self.on_it or self.visibility == "standard" and who in MANAGERS
        return who in MANAGERS and reads or who == self.facilitator and (reads or self.reads_as_owner(who))

    def reads_as_owner(self, who: str) -> bool:
        return self.visibility == "standard" and who == OWNER

    def works(self, who: str) -> bool:
        return who in self.on_it or self.leads(who)

    def hears(self, who: str) -> bool:
        silent = self.depth == "full" and self.state == "gathering" and who != self.facilitator
        return not (silent and who in self.on_it and who not in self.told)

    def readers_needed(self) -> int:
        able = self.on_it | (MANAGERS if self.visibility == "standard" else set())
        return self.asked_for if self.asked_for < 2 else max(1, min(self.asked_for, len(able)))

    def able(self) -> set[str]:
        return self.on_it | (MANAGERS if self.visibility == "standard" else set())

    # What

    def counted(self) -> list[Event]:
        return [event for event in self.events.values() if event.behind is None]

    def derive(self) -> None:
        if self.state in DERIVED:
            self.state = self.derived()

    def derived(self) -> str:
        events = self.counted()
        if not any(event.role for event in events):
            return "gathering"
        if not all(event.role for event in events):
            return "causality"
        return "acting" if all(event.settled for event in events) else "coding"

    # Deeds

    def did_choose(self, who: str, depth: str) -> None:
        self.depth = depth
        if self.is_open:
            return
        self.state, self.chosen_by = self.derived(), who
        self.facilitator = self.facilitator or who
        self.on_it.add(who)
        if self.visibility == "standard":
            self.on_it.add(OWNER)

    def may_waive(self) -> bool:
        return self.state != "closed" and not (self.is_open and self.counted())

    def may_put_back(self) -> bool:
        return self.state == "waived" or self.state == "gathering" and not self.counted()

    def did_put_back(self) -> None:
        if self.visibility == "standard":
            self.on_it -= {self.chosen_by, OWNER}
        self.told &= self.on_it
        self.state, self.chosen_by, self.facilitator = "pending", None, None

    def may_read(self, who: str, event: Event) -> bool:
        if not self.is_open or not self.works(who) or event.behind is not None or event.settled:
            return False
        return not (event.disputed and set(event.readings) - {who})

    def did_read(self, who: str, event: Event, reading: tuple[str, str]) -> None:
        event.readings[who] = reading
        event.halves.pop(who, None)
        self.weigh(event)

    def weigh(self, event: Event) -> None:
        event.asked_again = False
        if len(event.readings) < self.readers_needed():
            return
        different = set(event.readings.values())
        if len(different) == 1 and "unsure" not in next(iter(different)):
            self.settle(event, different.pop())
        else:
            event.disputed = True

    def settle(self, event: Event, reading: tuple[str, str]) -> None:
        event.settled, event.disputed = reading, False
        event.in_finding = event.in_finding and event.may_feed
        self.derive()

    def weigh_again(self) -> None:
        for event in self.counted() if self.is_open else []:
            if event.readings and not (event.settled or event.disputed or event.asked_again):
                self.weigh(event)

    def did_ask_again(self, event: Event) -> None:
        others = self.able() - set(event.readings)
        event.asked_again = len(event.readings) < max(2, self.asked_for) and bool(others)
        event.settled, event.disputed = None, not event.asked_again
        self.derive()

    def may_merge(self, who: str, one: int, kept: int) -> bool:
        gone, stays = self.events[one], self.events[kept]
        fits = one != kept and gone.behind is None and stays.behind is None and not gone.in_finding
        has_one_behind = any(event.behind == one for event in self.events.values())
        return self.is_open and self.works(who) and self.hears(who) and fits and not has_one_behind

    def differ(self, one: int, kept: int) -> bool:
        first, second = self.events[one], self.events[kept]
        roles = first.role and second.role and first.role != second.role
        return bool(roles or first.settled and second.settled and first.settled != second.settled)

    def may_close(self) -> bool:
        return self.is_open and bool(self.counted()) and not any(event.is_loose for event in self.counted())
