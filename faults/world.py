"""Everything one fault needs for itself: servers, our processes, people with due promises, and what came of them.

With `built` our settings are in place, so its importers and the rows may use models as any of our code does."""

import contextlib
import json
import os
import re
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from itertools import cycle, islice
from pathlib import Path

from faults import base, servers, sink
from faults.crashes import Crashes
from faults.crew import Crew, Program
from faults.oracle import Copy, look
from faults.registry import Fault
from faults.table import Result
from tools.servers import folder, free_port

TICK = 1
# Where a worker dies its lease has to end soon; it is still far longer than one mail takes.
LEASE, LEASE_IN_CI = 6, 3
# Where none dies: no machine is so busy that one loses what it holds.
LONG_LEASE = {"SEND_LEASE_SECONDS": "60"}
# Beside each other: questions by themselves, and now and then so many that they come as a digest.
SHARES = (3, 3, 3, 6)
PROMISE = re.compile(r"\bpromise-(\d{5})\b")
ASKS = ("follow_up", "digest")


class TooLong(Exception):
    """Something that should have come did not."""


@dataclass
class World:
    database: str
    ci: bool
    where: Path
    sink: sink.Sink
    site_port: int
    fault: Fault | None = None
    crew: Crew = field(default_factory=Crew)
    crashes: Crashes | None = None
    postgresql: servers.Server | None = None
    redis: servers.Server | None = None
    # What is not judged yet: promises by name, and how many mails were judged.
    promised: dict[int, str] = field(default_factory=dict)
    judged: int = 0
    began: float = field(default_factory=time.monotonic)
    names: Iterator[int] = field(default_factory=lambda: iter(range(1, 100_000)))

    # --- our processes

    @property
    def embedded(self) -> bool:
        return self.redis is None

    def count(self, full: int, ci: int) -> int:
        return ci if self.ci else full

    def start(self, **more) -> None:
        """All that sends: two workers and beat, or the one process that is everything."""
        if self.embedded:
            self.start_site(**more)
        else:
            for number in range(1, self.count(full=2, ci=1) + 1):
                self.start_worker(f"worker{number}", **more)
            self.start_beat(**more)

    def start_worker(self, name: str = "worker1", **more) -> Program:
        from failforward.management.commands.serve import WORKER

        return self.crew.add(name, [*WORKER, "-n", f"{name}@%h"], self.where, **more)

    def start_beat(self, name: str = "beat", **more) -> Program:
        from failforward.management.commands.serve import BEAT

        schedule = ["--pidfile", str(self.where / f"{name}.pid")]
        return self.crew.add(name, [*BEAT, *schedule], self.where, **more)

    def start_site(self, name: str = "site", **more) -> Program:
        from failforward.management.commands.serve import SITE

        return self.crew.add(name, SITE, self.where, **more)

    def workers(self) -> list[Program]:
        """What sends mail."""
        names = ("site",) if self.embedded else ("worker",)
        return [program for name, program in self.crew.items() if name.startswith(names)]

    def get(self, path: str, seconds: float = 10) -> tuple[int, str]:
        """What the site answers: status (0: nothing) and text."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.site_port}{path}", timeout=seconds) as answer:
                return answer.status, answer.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except OSError:
            return 0, ""

    def ready(self) -> dict:
        """What /readyz says, part by part; empty while nobody answers."""
        _status, text = self.get("/readyz")
        return json.loads(text) if text.startswith("{") else {}

    # --- people and their promises

    def promise(
        self, number: int, within: float = 0, people: int = base.PEOPLE, shares: tuple = SHARES, in_days: int = 0
    ) -> None:
        """So many promises in one commit. Questions about those of today are due at once, or `within` seconds."""
        from django.db import transaction
        from django.utils import timezone

        from actions import follow_ups
        from actions.models import Commitment, FollowUp
        from failforward.accounts.models import User

        everybody = list(User.objects.filter(name__startswith="Person").order_by("pk")[:people])
        turns = (person for person, share in zip(cycle(everybody), cycle(shares), strict=False) for _ in range(share))
        now, made = timezone.now(), []
        due_on = now.date() + timedelta(days=in_days)
        with transaction.atomic():
            for person in islice(turns, number):
                name = f"promise-{next(self.names):05}"
                made.append(Commitment.make(person, person, f"Call the buyer about {name}", due_on, now=now))
                self.promised[made[-1].pk] = name
            later = timezone.now() + timedelta(seconds=within)
            for asked in FollowUp.objects.filter(commitment__in=made if within else []).select_related("mail"):
                follow_ups.ask_at(asked, later)

    def shift(self, **by: float) -> None:
        """As if everything had been down for so long: what is due was due then, and the clock last struck then."""
        from django.db.models import F

        from actions.models import Commitment, FollowUp
        from failforward.outbox.models import CLAIMABLE, Mail, State, Tick

        back = timedelta(**by)
        Tick.objects.update(at=F("at") - back)
        waiting = Mail.objects.filter(state__in=[State.PLANNED, *CLAIMABLE])
        waiting.update(due_at=F("due_at") - back, next_at=F("next_at") - back)
        for asked in FollowUp.objects.filter(commitment__in=self.promised):
            asked.due_on, asked.due_at = asked.due_on - back, asked.due_at - back
            asked.save(update_fields=["due_on", "due_at"])
        for made in Commitment.objects.filter(pk__in=self.promised):
            made.due_on, made.first_due_on, made.agreed_on = (made.due_on - back,) * 3
            made.save(update_fields=["due_on", "first_due_on", "agreed_on"])

    def unsent(self, ahead: timedelta = timedelta(0)) -> int:
        """Mails due by now that are still to go."""
        from failforward.outbox.clock import database_now
        from failforward.outbox.models import CLAIMABLE, Mail, State

        return Mail.objects.filter(state__in=[State.PLANNED, *CLAIMABLE], due_at__lte=database_now() + ahead).count()

    def hurry(self, only: list[int] | None = None) -> None:
        """The pauses between tries are over at once: of all mails, or of those that were tried only of these."""
        from failforward.outbox.clock import database_now
        from failforward.outbox.models import Mail, State

        now = database_now()
        due = Mail.objects.filter(due_at__lte=now)
        tried = due.filter(state=State.RETRY) if only is None else due.filter(state=State.RETRY, pk__in=only)
        for mails in (tried, due.filter(state=State.READY)):
            mails.update(next_at=now)

    # --- waiting

    def wait(self, until: Callable[[], object], seconds: float, what: str) -> float:
        """As a supervisor, until it is so; answers how many seconds that took."""
        began = time.monotonic()
        while not until():
            if time.monotonic() - began > seconds:
                raise TooLong(f"{what} did not come within {seconds:.0f} s")
            self.crew.mind()
            time.sleep(0.1)
        return time.monotonic() - began

    def wait_until_sent(self, seconds: float = 120) -> float:
        return self.wait(lambda: not self.unsent(), seconds, "the end of what is due")

    def pause(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > until, seconds + 1, "the end of a pause")

    # --- judging

    def judge(self, name: str = "", *, injected: int, allowed: int = 0) -> Result:
        """Of all that was promised since the last judgement: each is to be asked about by now, whatever our own rows
        say. A row that settles one otherwise takes it out of `promised`."""
        log = self.sink.read()
        result = Result(self.fault.number, name or self.fault.name, self.database, injected, allowed=allowed)
        due = Counter(self.promised.values())
        accepted, self.judged = log.accepted[self.judged :], len(log.accepted)
        asked = self.asked_in({one.message_id for one in accepted})
        result.due = sum(due.values())
        if not due:
            result.wrong.append("there was nothing to ask")
        result.take(look(due, (Copy(one.message_id, one.digest, asked[one.message_id]) for one in accepted)))
        if result.lost:
            result.notes += self.what_became_of(set(due) - set().union(*asked.values()))
        result.seconds, self.began = time.monotonic() - self.began, time.monotonic()
        self.promised.clear()
        return result

    def what_became_of(self, lost: set[str]) -> list[str]:
        """What the outbox says of the mails that did not come."""
        from actions.models import FollowUp

        missing = [pk for pk, name in self.promised.items() if name in lost]
        mails = FollowUp.objects.filter(commitment__in=missing).values_list("mail__state", "mail__last_text")
        planned = Counter(mails)
        never = len(missing) - planned.total()
        said = [f"{count} × {state}: {text}" for (state, text), count in planned.items()]
        return said + ([f"{never} × never planned"] if never > 0 else [])

    def asked_in(self, message_ids: set[str]) -> dict[str, frozenset[str]]:
        """The promises each mail asks about, read in its text; other mails only speak of them."""
        from failforward.outbox.models import Mail

        asking = set(
            Mail.objects.filter(message_id__in=message_ids, kind__in=ASKS).values_list("message_id", flat=True)
        )
        return {one: frozenset(promises_in(self.sink.kept(one)) if one in asking else ()) for one in message_ids}


def promises_in(mail: bytes) -> list[str]:
    text = message_from_bytes(mail, policy=policy.default).get_body(("plain",)).get_content()
    return [f"promise-{number}" for number in PROMISE.findall(text)]


@contextlib.contextmanager
def built(database: str, ci: bool, prepared: Path, more: dict[str, str]) -> Iterator[World]:
    with contextlib.ExitStack() as stack:
        where = stack.enter_context(folder())
        mail = stack.enter_context(sink.running(keeps=True))
        world = World(database, ci, where, mail, free_port(), crashes=Crashes(where / "crashes"))
        environment = base.environment(prepared, where)
        if database == "postgresql":
            world.postgresql, environment["DATABASE_URL"] = stack.enter_context(servers.postgresql(prepared))
            world.redis, environment["REDIS_URL"] = stack.enter_context(servers.redis("--save", ""))
        else:
            copy = where / "failforward.sqlite3"
            copy.write_bytes((prepared / "failforward.sqlite3").read_bytes())
            environment["DATABASE_URL"] = f"sqlite:///{copy}"
        ports = {"smtp": mail.port, "web": world.site_port}
        environment["OUTBOX_CRASH_FOLDER"] = str(world.crashes.where)
        environment["SEND_LEASE_SECONDS"] = str(LEASE_IN_CI if ci else LEASE)
        environment |= {name: value.format(**ports) for name, value in (SETTINGS | more).items()}
        os.environ.clear()
        os.environ.update(environment)
        import django

        django.setup()
        stack.callback(world.crew.stop)
        world.began = time.monotonic()
        yield world


SETTINGS = {
    "EMAIL_URL": "smtp://127.0.0.1:{smtp}",
    "PORT": "{web}",
    "SITE_URL": "http://127.0.0.1:{web}",
    "TICK_SECONDS": str(TICK),
    "CATCH_UP_HOLD": "0",
}
