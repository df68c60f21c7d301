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

from benchmarks.table import Row

ROOT = Path(__file__).resolve().parent.parent
REVIEWS, ROUNDS = 100_000, 41
LIST, DETAIL = 1.5, 2.0
# Who opens what, and how many list floors it may take.
PAGES = [
    ("reviews, as an admin", "admin", "/reviews/", LIST),
    ("reviews, as manager of six teams", "manager", "/reviews/", LIST),
    ("reviews, as a rep with ten", "rep", "/reviews/", LIST),
    ("reviews by value, as manager", "manager", "/reviews/?sort=-value", LIST),
    ("deals, as manager", "manager", "/deals/", LIST),
    ("findings, as manager", "manager", "/findings/", LIST),
    ("a review of 50 events", "manager", "{review}", DETAIL),
    ("a finding with 20 actions", "manager", "{finding}", DETAIL),
    ("sorting events", "manager", "/coding/", DETAIL),
    ("desk, as manager", "manager", "/", DETAIL),
]


def main(reviews: int = REVIEWS) -> list[Row]:
    rows = []
    for name, environment in worlds():
        with environment as settings:
            command = [sys.executable, "-m", "benchmarks.pages", str(reviews)]
            done = subprocess.run(command, cwd=ROOT, env=os.environ | settings, check=True, capture_output=True)
        seen = json.loads(done.stdout.splitlines()[-1])
        rows += [row_of(name, *page, seen) for page in PAGES]
    return rows


def row_of(world: str, name: str, who: str, url: str, goal: float, seen: dict) -> Row:
    ours, floor = seen["pages"][name], seen["floor"]
    ratio = ours["p50"] / floor
    figure = f"{ours['p50'] * 1000:.1f} ms, {ours['queries']} queries, {ours['bytes'] / 1000:.0f} KB"
    title = f"{world}: {name}"
    return Row(title, figure, f"list floor {floor * 1000:.1f} ms", ratio, f"≤ {goal} ×", ratio <= goal)


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

    from benchmarks import floor, seed_many

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    people = logged_in(seed_many.seed(reviews))
    places = some_objects()
    with override_settings(ROOT_URLCONF="benchmarks.floor"):
        bare = logged_in_client(people["manager"])
        with override_settings(MIDDLEWARE=floor.MIDDLEWARE):
            bare.get("/floor/")
        seen, floors = {}, []
        for name, who, url, _goal in PAGES:
            client, address = logged_in_client(people[who]), url.format(**places)
            seen[name] = look(client, address)
            times, beside = [], []
            for _ in range(ROUNDS):
                times.append(seconds(client, address))
                beside.append(seconds(bare, "/floor/"))
            seen[name]["p50"] = statistics.median(times)
            floors += beside
    return {"floor": statistics.median(floors), "pages": seen}


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
    from django.utils import timezone

    from actions.models import ActionFinding, ActionItem, ActionList
    from failforward.accounts.models import Team, User
    from reviews.models import FailureEvent, Finding, Review

    six = list(Team.objects.filter(parent__isnull=False).order_by("pk").values_list("pk", flat=True)[:6])
    review = Review.objects.standard().filter(team__in=six, state="coding").order_by("pk").first()
    finding = Finding.objects.filter(team__in=six).order_by("pk").first()
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
    return {"review": review.get_absolute_url(), "finding": finding.get_absolute_url()}


def look(client, url: str) -> dict:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as queries:
        page = client.get(url)
    if page.status_code != 200:
        raise RuntimeError(f"{url} answered {page.status_code}")
    return {"queries": len(queries), "bytes": len(page.content)}


def seconds(client, url: str) -> float:
    began = time.perf_counter()
    client.get(url)
    return time.perf_counter() - began


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else REVIEWS)))
