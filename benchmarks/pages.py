"""W1, W4: lists, details and the desk with 100,000 reviews, against the list floor taken in the same run."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from benchmarks.table import Row

ROOT = Path(__file__).resolve().parent.parent
REVIEWS, ROUNDS = 100_000, 25
# PostgreSQL plans the first five anew.
LOOKS, MOST_BYTES = 15, 60_000


class Goal(NamedTuple):
    """What a page may take: list floors, queries, and milliseconds of the database where that is limited."""

    floors: float
    queries: int
    database: float | None = None

    def __str__(self) -> str:
        limited = f", {self.database} ms" if self.database else ""
        return f"≤ {self.floors} ×, {self.queries} queries, {MOST_BYTES // 1000} KB{limited}"

    def is_met(self, ratio: float, seen: dict) -> bool:
        in_time = self.database is None or seen["database"] <= self.database
        return ratio <= self.floors and seen["queries"] <= self.queries and seen["bytes"] <= MOST_BYTES and in_time


STEPS = ("gather", "causes", "sort", "findings", "close")
LIST, DESK, DETAIL = Goal(1.5, 8, 1.5), Goal(1.5, 10), Goal(2.0, 10)
# Whatever else there is in the database.
CHAIN, LOOP = Goal(2.0, 10, 25), Goal(2.5, 10, 25)
# Who opens what.
PAGES = [
    ("reviews, as an admin", "admin", "/reviews/", LIST),
    ("reviews, as manager of six teams", "manager", "/reviews/", LIST),
    ("reviews, as a rep with ten", "rep", "/reviews/", LIST),
    ("reviews by value, as manager", "manager", "/reviews/?sort=-value", LIST),
    ("reviews, the filter form open", "manager", "/reviews/?filter=1", LIST),
    ("new losses, as manager", "manager", "/reviews/triage/", LIST),
    ("deals, as manager", "manager", "/deals/", LIST),
    ("deals, as a rep", "rep", "/deals/", LIST),
    ("findings, as manager", "manager", "/findings/", LIST),
    ("action lists, as manager", "manager", "/lists/", LIST),
    ("actions, as manager", "manager", "/actions/", LIST),
    ("commitments, as manager", "manager", "/commitments/", LIST),
    ("commitments, as a rep", "rep", "/commitments/", LIST),
    ("commitments, open ones by day", "manager", "/commitments/?state=open&sort=earliest", LIST),
    ("commitments, the filter form open", "manager", "/commitments/?filter=1", LIST),
    ("actions, the filter form open", "manager", "/actions/?filter=1", LIST),
    ("meetings", "manager", "/meetings/", LIST),
    ("lessons", "manager", "/lessons/", LIST),
    ("coaching talks", "manager", "/talks/", LIST),
    ("replies", "admin", "/replies/", LIST),
    ("imports", "admin", "/imports/", LIST),
    ("people", "admin", "/people/", LIST),
    ("mailbox", "admin", "/mailbox/", LIST),
    ("desk, as manager", "manager", "/", DESK),
    ("desk, as a rep", "rep", "/", DESK),
    ("sorting events", "manager", "/coding/", DETAIL),
    ("a review of 50 events", "manager", "{review}", DETAIL),
    ("a finding with 20 actions", "manager", "{finding}", DETAIL),
    ("the chain of a finding", "manager", "{finding_chain}", CHAIN),
    ("the chain of a review", "admin", "{review_chain}", CHAIN),
    ("the chain of a deal", "admin", "{deal_chain}", CHAIN),
    ("the loop", "manager", "/insights/loop/", LOOP),
    ("the loop, as an admin", "admin", "/insights/loop/", LOOP),
    ("the lobby of a meeting of 300 items", "manager", "{lobby}", DETAIL),
    ("the walk of a meeting of 300 items", "manager", "{walk}", DETAIL),
    ("the wrap of a meeting of 300 items", "manager", "{walk}?item=wrap", DETAIL),
    *((f"a session of 45 people, 200 events: {step}", "manager", f"{{session}}?step={step}", DETAIL) for step in STEPS),
]


def main(reviews: int = REVIEWS) -> list[Row]:
    rows = []
    for name, environment in worlds():
        with environment as settings:
            command = [sys.executable, "-m", "benchmarks.pages", str(reviews)]
            done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True, capture_output=True)
        seen = json.loads(done.stdout.splitlines()[-1])
        rows += [row_of(name, title, seen[title], goal) for title, _, _, goal in PAGES]
    return rows


def row_of(world: str, name: str, ours: dict, goal: Goal) -> Row:
    ratio = ours["p50"] / ours["floor"]
    figure = (
        f"{ours['p50'] * 1000:.1f} ms, {ours['queries']} queries, "
        f"{ours['database']:.1f} ms of database, {ours['bytes'] / 1000:.0f} KB"
    )
    limit = f"list floor {ours['floor'] * 1000:.1f} ms"
    return Row(f"{world}: {name}", figure, limit, ratio, str(goal), goal.is_met(ratio, ours))


def worlds() -> list[tuple[str, contextlib.AbstractContextManager]]:
    from tools.programs import find

    found = [("SQLite", sqlite())]
    return [*found, ("PostgreSQL", postgresql())] if find("postgres") else found


@contextlib.contextmanager
def sqlite() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        unset = dict.fromkeys(["DATABASE_URL", "REDIS_URL", "EMAIL_URL", "SITE_URL"], "")
        site = {"DEBUG": "0", "DEMO": "0", "LOG_LEVEL": "ERROR", "ALLOWED_HOSTS": "testserver"}
        yield unset | site | {"VAR_DIR": folder, "STATIC_ROOT": f"{folder}/static"}


@contextlib.contextmanager
def postgresql() -> Iterator[dict[str, str]]:
    from tools import servers

    with sqlite() as settings, servers.postgresql() as url:
        yield settings | {"DATABASE_URL": url}


def measure(reviews: int) -> dict:
    """In a process of its own: seeds the database of the environment and opens each page in turn with the floor."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "failforward.settings")
    django.setup()
    from django.core.management import call_command
    from django.test.utils import override_settings

    from benchmarks import floor, seed_many, seed_work

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    readers = seed_many.seed(reviews)
    seed_work.seed(reviews, readers)
    people = logged_in(readers)
    places = some_objects()
    seed_many.count_rows()
    with override_settings(ROOT_URLCONF="benchmarks.floor", MAILBOX=True):
        bare = logged_in_client(people["manager"])
        with override_settings(**floor.SETTINGS):
            bare.get("/floor/")
        seen = {}
        for name, who, url, _goal in PAGES:
            client, address = logged_in_client(people[who]), url.format(**places)
            seen[name] = look(client, address)
            times, beside = [], []
            for _ in range(ROUNDS):
                times.append(seconds(client, address))
                beside.append(seconds(bare, "/floor/"))
            # Beside each other: what else runs on the machine slows both down.
            seen[name] |= {"p50": statistics.median(times), "floor": statistics.median(beside)}
    return seen


def logged_in(readers) -> dict:
    from failforward.accounts.models import User

    return {name: User.objects.get(email=email) for name, email in vars(readers).items()}


def logged_in_client(user):
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client


def some_objects() -> dict[str, str]:
    """A review of fifty events, with twenty actions on its findings."""
    from django.urls import reverse
    from django.utils import timezone

    from actions.models import ActionFinding, ActionItem, ActionList
    from failforward.accounts.models import Team, User
    from reviews.models import FailureEvent, Finding, Review

    six = list(Team.objects.filter(parent__isnull=False).order_by("pk").values_list("pk", flat=True)[:6])
    review = Review.objects.standard().filter(team__in=six, state="coding").order_by("pk").first()
    finding = Finding.objects.filter(team__in=six).order_by("pk").first()
    # Of few reviews, none of the findings is of these teams.
    finding = finding or Finding.objects.create(team_id=review.team_id, title="Weakness", category="planning")
    settled = {"category": "planning", "verdict": "systemic", "settled_at": timezone.now(), "finding": finding}
    FailureEvent.objects.bulk_create(
        FailureEvent(review=review, what=f"Event {number}", causal_role="caused", readings=1, **settled)
        for number in range(50)
    )
    owner = User.objects.order_by("pk").first()
    owned = ActionList.objects.create(name="Many", team_id=review.team_id, owner=owner)
    actions = [ActionItem(action_list=owned, team_id=review.team_id, what=f"Action {number}") for number in range(20)]
    for action in ActionItem.objects.bulk_create(actions):
        ActionFinding.objects.create(action=action, finding=finding)
    held = hold_session(review, finding)
    lobby, walk = (prepare_meeting(review.team_id, owner, name) for name in ("Ahead", "Under way"))
    walk.begin(owner, [], now=timezone.now())
    places = {"lobby": lobby.get_absolute_url(), "walk": walk.get_absolute_url(), "session": held}
    ask_whether_it_came_back(finding)
    for kind, one in (("review", review), ("finding", finding), ("deal", review.deal)):
        places |= {kind: one.get_absolute_url(), f"{kind}_chain": reverse("chain", args=[kind, one.pk])}
    return places


def ask_whether_it_came_back(finding) -> None:
    """Of a hundred events that nobody has put anywhere."""
    from django.utils import timezone

    from actions.models import Recurrence
    from reviews.models import FailureEvent

    events = FailureEvent.objects.filter(finding=None).order_by("pk")[:100]
    Recurrence.objects.bulk_create(
        Recurrence(event=event, finding=finding, proposed_at=timezone.now()) for event in events
    )


def prepare_meeting(team_id: int, owner, name: str):
    """Of a list with 150 promises that are due or answered and 150 actions that wait."""
    from datetime import timedelta

    from django.utils import timezone

    from actions.models import ActionItem, ActionList, Answer, Commitment, FollowUp, Meeting

    now, today = timezone.now(), timezone.localdate()
    owned = ActionList.objects.create(name=name, team_id=team_id, owner=owner)
    waits = {"state": "blocked", "blocked_by": "the lab", "done_criterion": "Not seen again", "responsible": owner}
    actions = ActionItem.objects.bulk_create(
        ActionItem(action_list=owned, team_id=team_id, what=f"Action {number}", **waits) for number in range(300)
    )
    on = today - timedelta(1)
    asked = {"person": owner, "asked_by": owner, "state": "accepted", "agreed_on": on, "due_on": on, "first_due_on": on}
    said = "Try the demo unit with the three gateways our buyers use most, so that no demo fails on pairing again."
    promises = Commitment.objects.bulk_create(
        Commitment(what=said, action=action, action_list=owned, team_id=team_id, **asked) for action in actions[:150]
    )
    put = {"due_on": on, "hour": 16, "zone": "UTC", "due_at": now, "state": "answered"}
    questions = FollowUp.objects.bulk_create(FollowUp(commitment=promise, **put) for promise in promises[:50])
    given = {"status": "partly", "outcome": "Two of three pair.", "by": owner, "answered_at": now}
    Answer.objects.bulk_create(Answer(follow_up=question, **given) for question in questions)
    return Meeting.call(owner, owned, now=now)


def hold_session(like, finding) -> str:
    """A full review of 200 events in every state, 40 contributors and 5 readers."""
    from django.urls import reverse
    from django.utils import timezone

    from failforward.accounts.models import User
    from reviews.models import Coding, FailureEvent, OwnPart, Review, ReviewPerson, Session

    now, said = timezone.now(), "The quote that went out in September has the standard bracket."
    people = User.objects.bulk_create(User(name=f"Contributor {number}") for number in range(45))
    again = {"deal": like.deal, "team_id": like.team_id, "owner_id": like.owner_id, "lost_on": like.lost_on}
    review = Review.objects.create(
        **again, kind="win", depth="full", state="coding", readers_per_event=2, facilitator=people[0]
    )
    ReviewPerson.objects.bulk_create(ReviewPerson(review=review, user=user, has_told=True) for user in people)
    OwnPart.objects.bulk_create(OwnPart(review=review, author=user, text=said, shared_at=now) for user in people)
    settled = {"causal_role": "caused", "category": "planning", "verdict": "systemic", "settled_at": now, "readings": 5}
    disputed = {"causal_role": "contributed", "disputed_at": now, "readings": 5}
    states = [{}, {"causal_role": "caused"}, disputed, settled, settled | {"finding": finding}]
    events = FailureEvent.objects.bulk_create(
        FailureEvent(review=review, what=said, author=people[0], **states[number % 5]) for number in range(200)
    )
    reading = {"category": "planning", "verdict": "systemic", "submitted_at": now}
    Coding.objects.bulk_create(
        Coding(event=event, coder=user, **reading) for event in events if event.readings for user in people[:5]
    )
    Session.objects.create(review=review, led_by=people[0], started_at=now, step_started_at=now)
    return reverse("session", args=[review.pk])


def look(client, url: str) -> dict:
    """Queries, milliseconds of the database (the median of a few times, planning and the way there included), bytes."""
    from django.db import connection

    spent = []

    def watch(execute, *args):
        began = time.perf_counter()
        try:
            return execute(*args)
        finally:
            spent[-1].append(time.perf_counter() - began)

    with connection.execute_wrapper(watch):
        for _ in range(LOOKS):
            spent.append([])
            page = client.get(url)
    if page.status_code != 200:
        raise RuntimeError(f"{url} answered {page.status_code}")
    milliseconds = statistics.median(sum(times) * 1000 for times in spent)
    return {"queries": len(spent[-1]), "database": milliseconds, "bytes": len(page.content)}


def seconds(client, url: str) -> float:
    began = time.perf_counter()
    client.get(url)
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else REVIEWS)))
