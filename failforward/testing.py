"""The cast of every test, and factories without surprises. Nothing here is random and nothing reads the clock."""

import datetime as dt
import itertools
import os
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.db import connection

from failforward.accounts.models import Membership, Role, Team, User

# A Wednesday. The team meets on Wednesdays at 15:00.
TODAY = dt.date(2026, 11, 25)
NOW = dt.datetime(2026, 11, 25, 9, 30, tzinfo=dt.UTC)
PASSWORD = "a quiet tuesday in may"
HASHED = make_password(PASSWORD)

# `THOROUGH=1 make test` asks everybody on PostgreSQL too and tries the counts that take minutes.
THOROUGH = os.environ.get("THOROUGH") == "1"

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Cast:
    """`north` belongs to `company`; `south` is the other team, where nobody of north has a role."""

    company: Team
    north: Team
    south: Team
    admin: User
    manager: User
    rep: User
    other_rep: User
    facilitator: User
    list_owner: User
    sponsor: User
    support: User
    partner: User
    outsider: User

    @property
    def people(self) -> dict[str, User]:
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


def cast() -> Cast:
    """All at once: most tests begin with it."""
    company = Team.open("Tarnholm", started_on=dt.date(2026, 1, 1))
    north = Team.open("North", company, time_zone="Europe/Berlin")
    south = Team.open("South", company)
    everybody = Cast(
        company=company,
        north=north,
        south=south,
        admin=somebody("Ada Admin"),
        manager=somebody("Mara Lindqvist"),
        rep=somebody("Ines Duarte"),
        other_rep=somebody("Tom Okafor"),
        facilitator=somebody("Farid Haddad"),
        list_owner=somebody("Jonas Weil"),
        sponsor=somebody("Sofia Berg"),
        support=somebody("Priya Nair"),
        partner=somebody("Paul Partner"),
        outsider=somebody("Oda Outsider"),
    )
    User.objects.bulk_create(everybody.people.values())
    reps = [everybody.rep, everybody.other_rep, everybody.facilitator, everybody.list_owner]
    memberships = [
        Membership(user=everybody.admin, team=company, role=Role.ADMIN),
        Membership(user=everybody.manager, team=north, role=Role.MANAGER),
        *(Membership(user=rep, team=north, role=Role.REP) for rep in reps),
        Membership(user=everybody.support, team=north, role=Role.SUPPORT),
        Membership(user=everybody.outsider, team=south, role=Role.MANAGER),
    ]
    Membership.objects.bulk_create(memberships)
    return everybody


def person(name: str, team: Team | None = None, role: str = Role.REP, **fields) -> User:
    user = somebody(name, **fields)
    user.save()
    if team is not None:
        Membership.objects.create(user=user, team=team, role=role)
    return user


def somebody(name: str, **fields) -> User:
    """Not saved yet."""
    fields = {"email": f"{name.split()[0].lower()}@tarnholm.example", "time_zone": "Europe/Berlin"} | fields
    return User(name=name, password=HASHED, **fields)


def deal(cast: Cast, **fields):
    """A loss of Ines's, in north, of 12 November 2026."""
    from reviews.models import Deal

    number = next(_numbers)
    fields = {
        "name": f"Deal {number}",
        "owner": cast.rep,
        "team": cast.north,
        "outcome": "lost_to_competitor",
        "competitor": "Orrin Instruments",
        "lost_on": dt.date(2026, 11, 12),
        "closed_on": dt.date(2026, 11, 12),
        "amount_minor": 184_000_00,
        "stage_at_loss": "Proposal",
    } | fields
    return Deal.objects.create(**fields)


def review(cast: Cast, people: tuple = (), **fields):
    """A quick review that is gathering, of a deal of its own unless one is given."""
    from reviews.models import Review, ReviewPerson

    about = fields.pop("deal", None) or deal(cast)
    fields = {
        "state": "gathering",
        "team": about.team,
        "owner": about.owner,
        "lost_on": about.lost_on or TODAY,
        "value_minor": about.value_minor if about.value_minor is not None else about.amount_minor,
        "opened_on": TODAY,
    } | fields
    opened = Review.objects.create(deal=about, **fields)
    for user in people:
        ReviewPerson.objects.create(review=opened, user=user)
    return opened


def event(about, **fields):
    from reviews.models import FailureEvent

    fields = {"what": f"Something happened, number {next(_numbers)}.", "happened_on": dt.date(2026, 10, 9)} | fields
    return FailureEvent.objects.create(review=about, **fields)


def once_is_enough() -> bool:
    """Whether the same code was asked the same on SQLite, so that PostgreSQL is asked for what it alone may answer
    otherwise: whether it takes each query."""
    return connection.vendor == "postgresql" and not THOROUGH


def events_of_ten_years(about, number: int = 3000) -> None:
    """So many, and counted, that PostgreSQL plans as for a table in use: of a small one any index will do. SQLite plans
    by the indexes alone."""
    from reviews.categories import CATEGORIES
    from reviews.models import FailureEvent

    if connection.vendor == "sqlite":
        return
    rows = [
        FailureEvent(
            review=about,
            what="Something happened.",
            category=CATEGORIES[row % len(CATEGORIES)].code,
            verdict="systemic",
            settled_at=NOW - dt.timedelta(days=2 + row * 3650 / number),
            happened_on=TODAY - dt.timedelta(days=2 + row * 3650 // number),
        )
        for row in range(number)
    ]
    FailureEvent.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE reviews_failureevent")


def finding(cast: Cast, **fields):
    from reviews.models import Finding

    fields = {"team": cast.north, "title": f"Weakness {next(_numbers)}", "category": "planning"} | fields
    return Finding.objects.create(**fields)


def action_list(cast: Cast, people: tuple = (), **fields):
    from actions.models import ActionList, ActionListPerson

    fields = {
        "name": f"List {next(_numbers)}",
        "team": cast.north,
        "owner": cast.list_owner,
        "sponsor": cast.sponsor,
    } | fields
    made = ActionList.objects.create(**fields)
    for user in people:
        ActionListPerson.objects.create(action_list=made, user=user)
    return made


def action(cast: Cast, **fields):
    from actions.models import ActionItem

    owned = fields.pop("action_list", None) or action_list(cast)
    fields = {"what": f"Action {next(_numbers)}", "team": owned.team, "responsible": cast.rep} | fields
    if fields.get("state") == "dropped":
        fields.setdefault("dropped_because", "It is not worth it.")
    return ActionItem.objects.create(action_list=owned, **fields)


def talk(cast: Cast, **fields):
    """Mara coached Ines."""
    from actions.models import CoachingTalk

    fields = {"by": cast.manager, "person": cast.rep, "held_on": TODAY, "about": f"Talk {next(_numbers)}"} | fields
    return CoachingTalk.objects.create(**fields)


def commitment(cast: Cast, **fields):
    from actions.models import Commitment

    fields = {
        "what": f"Promise {next(_numbers)}",
        "person": cast.rep,
        "asked_by": cast.manager,
        "due_on": TODAY,
        "state": "accepted",
        "agreed_on": dt.date(2026, 11, 18),
        "team": cast.north,
    } | fields
    fields.setdefault("first_due_on", fields["due_on"])
    return Commitment.objects.create(**fields)


def won(cast: Cast, **fields):
    """A win of Ines's, in north, like the losses that `deal` makes."""
    return deal(cast, **{"outcome": "won", "lost_on": None, "stage_at_loss": ""} | fields)


def why(about, text: str = "", **fields):
    """An answer that somebody assumes, unless it names what shows it."""
    from reviews.models import Why

    fields = {"assumed": not fields.get("evidence")} | fields
    return Why.objects.create(event=about, text=text or f"Because of number {next(_numbers)}.", **fields)


def every_row() -> dict[tuple, dict]:
    """Every row of every table, sessions included, as it would be found by somebody who holds the database."""
    from django.apps import apps

    return {
        (model._meta.db_table, row["pk"]): row
        for model in apps.get_models(include_auto_created=True)
        for row in model._base_manager.values("pk", *(f.attname for f in model._meta.concrete_fields))
    }
