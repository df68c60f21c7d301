"""Fills an empty, migrated database with many deals, their reviews and events, by a few statements.

    python -m benchmarks.seed_many 1000000

Nothing is random: the same numbers give the same rows. Three people are made to read them: an admin, a manager of six
of the sixty teams, and a rep who owns ten deals spread over all the years.
"""

import sys
from dataclasses import dataclass

TEAMS, REPS, TEN = 60, 240, 10
PASSWORD = "a quiet tuesday in may"
FIRST_DAY, DAYS = "2016-01-01", 3_900


@dataclass(frozen=True)
class Readers:
    admin: str = "ada@many.example"
    manager: str = "mara@many.example"
    rep: str = "ines@many.example"


def seed(deals: int, events: int | None = None) -> Readers:
    """`deals` losses, each with a review; `events` (default: one in five reviews has one), a finding for every 50."""
    from django.db import transaction

    readers = Readers()
    with transaction.atomic():
        first_team, first_rep = people(readers)
        tables(deals, deals // 5 if events is None else events, first_team, first_rep)
        ten_of_one(readers.rep, deals)
    count_rows()
    return readers


def count_rows() -> None:
    """As they are counted in a database that has been in use for an hour."""
    from failforward import upkeep

    upkeep.count_rows()


def people(readers: Readers) -> tuple[int, int]:
    from failforward.accounts.models import Membership, Team, User

    company = Team.open("Many")
    teams = [Team.open(f"Team {number:02d}", company) for number in range(TEAMS)]
    admin, manager, rep = (
        User.objects.create_user(email, PASSWORD, name=email.split("@")[0].title(), time_zone="Europe/Berlin")
        for email in (readers.admin, readers.manager, readers.rep)
    )
    reps = [User.objects.create_user(name=f"Rep {number:03d}") for number in range(REPS)]
    roles = [(admin, company, "admin"), (rep, teams[0], "rep")]
    roles += [(manager, team, "manager") for team in teams[:6]]
    roles += [(person, teams[number % TEAMS], "rep") for number, person in enumerate(reps)]
    Membership.objects.bulk_create(Membership(user=user, team=team, role=role) for user, team, role in roles)
    return teams[0].pk, reps[0].pk


def tables(deals: int, events: int, first_team: int, first_rep: int) -> None:
    from django.db import connection

    write = Postgresql() if connection.vendor == "postgresql" else Sqlite()
    first = {name: write.newest(f"reviews_{name}") for name in ("deal", "review", "finding")}
    findings = max(1, events // 50)
    day = write.day(f"n * 37 % {DAYS}")
    whose = {"owner_id": f"{first_rep} + n * 7 % {REPS}", "team_id": f"{first_team} + n * 7 % {TEAMS}"}
    deal = {"id": f"{first['deal']} + n", "uuid": write.uuid, "created_at": write.now} | whose | DEAL
    write.insert("reviews_deal", deal | {"closed_on": day, "lost_on": day}, deals)
    review = {"id": f"{first['review']} + n", "uuid": write.uuid, "created_at": write.now} | whose | REVIEW
    review |= {"deal_id": f"{first['deal']} + n", "lost_on": day, "self_facilitated": write.false}
    write.insert("reviews_review", review | {"closed_at": f"CASE WHEN n % 10 < 6 THEN {write.now} END"}, deals)
    finding = {"id": f"{first['finding']} + n", "uuid": write.uuid, "opened_at": write.now} | FINDING
    write.insert("reviews_finding", finding | {"team_id": whose["team_id"]}, findings)
    never = dict.fromkeys(["is_omission", "anonymous", "asked_again"], write.false)
    event = {"uuid": write.uuid, "created_on": day} | never | EVENT
    event |= {
        "review_id": f"{first['review']} + 1 + n * 5 % {deals}",
        "settled_at": f"CASE WHEN n % 10 < 6 THEN {write.now} END",
        "finding_id": f"CASE WHEN n % 10 < 6 THEN {first['finding']} + 1 + n % {findings} END",
    }
    write.insert("reviews_failureevent", event, events)


# What stands in a column, said of the row number n.
CATEGORY = """CASE n % 11 WHEN 0 THEN 'leadership' WHEN 1 THEN 'judgment' WHEN 2 THEN 'procedures_inadequate'
    WHEN 3 THEN 'procedures_ignored' WHEN 4 THEN 'wrong_person' WHEN 5 THEN 'understaffed' WHEN 6 THEN 'technology'
    WHEN 7 THEN 'budget' WHEN 8 THEN 'planning' WHEN 9 THEN 'customer_knowledge' ELSE 'competitor_knowledge' END"""
AMOUNT = "CASE WHEN n % 9 > 0 THEN n * 7919 % 90000000 END"
LIST_PRICE = "CASE WHEN n % 18 = 0 THEN 4500000 END"
DEAL = {
    "source": "'many'",
    "external_id": "'M' || n",
    "name": "'Deal ' || n",
    "product": "'Sensor ' || (n % 7)",
    "amount_minor": AMOUNT,
    "list_price_minor": LIST_PRICE,
    "currency": "CASE WHEN n % 20 = 0 THEN 'GBP' ELSE 'EUR' END",
    "outcome": "CASE WHEN n % 4 = 0 THEN 'lost_to_no_decision' ELSE 'lost_to_competitor' END",
    "stage": "''",
    "stage_at_loss": "'Proposal'",
    "competitor": "CASE WHEN n % 4 = 0 THEN '' ELSE 'Rival ' || (n % 5) END",
    "lead_source": "''",
}
REVIEW = {
    "kind": "'lost_deal'",
    "depth": "'quick'",
    "state": "CASE WHEN n % 10 < 6 THEN 'closed' WHEN n % 10 = 6 THEN 'coding' WHEN n % 10 = 7 THEN 'acting' "
    "WHEN n % 10 = 8 THEN 'gathering' ELSE 'pending' END",
    "visibility": "CASE WHEN n % 1000 = 999 THEN 'sealed' ELSE 'standard' END",
    "value_minor": f"coalesce({AMOUNT}, {LIST_PRICE})",
    "waived_because": "''",
    "lesson": "CASE WHEN n % 10 < 6 THEN 'Ask who signs.' ELSE '' END",
    "reopened_because": "''",
    "version": "1",
}
FINDING = {
    "title": "'Weakness ' || n",
    "description": "''",
    "category": CATEGORY,
    "state": "'open'",
    "accepted_because": "''",
    "estimate_because": "''",
    "priority_because": "''",
    "version": "1",
}
EVENT = {
    "what": "'Something happened, number ' || n",
    "source": "''",
    "source_url": "''",
    "interpretation": "''",
    "causal_role": "'caused'",
    "without_it": "''",
    "confidence": "''",
    "category": f"CASE WHEN n % 10 < 6 THEN {CATEGORY} ELSE '' END",
    "verdict": "CASE WHEN n % 10 < 6 THEN 'systemic' ELSE '' END",
    "readings": "CASE WHEN n % 10 < 6 THEN 1 ELSE 0 END",
    "version": "1",
}


class Writer:
    """Nothing here comes from outside: table and column names and expressions are those of this file."""

    def insert(self, table: str, columns: dict[str, str], count: int) -> None:
        columns = self.usual(table) | columns
        names, values = ", ".join(columns), ", ".join(columns.values())
        self.run(f"INSERT INTO {table} ({names}) SELECT {values} FROM {self.numbers(count)}")  # noqa: S608
        self.after_insert(table)

    def usual(self, table: str) -> dict[str, str]:
        """What the model says where nothing is said here, so that a new column breaks no seed."""
        from django.apps import apps

        model = next(model for model in apps.get_models() if model._meta.db_table == table)
        said = {field.column: field.get_default() for field in model._meta.concrete_fields if not field.generated}
        return {name: self.literal(value) for name, value in said.items() if isinstance(value, str | int)}

    def literal(self, value: str | int) -> str:
        if isinstance(value, bool):
            return "true" if value else self.false
        return f"'{value}'" if isinstance(value, str) else str(value)

    def newest(self, table: str) -> int:
        return self.run(f"SELECT coalesce(max(id), 0) FROM {table}")[0][0]  # noqa: S608

    def run(self, sql: str) -> list[tuple]:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def after_insert(self, table: str) -> None:
        """SQLite's AUTOINCREMENT follows the highest id by itself."""


class Postgresql(Writer):
    uuid, now, false = "gen_random_uuid()", "now()", "false"

    def numbers(self, count: int) -> str:
        return f"generate_series(1::bigint, {count}) AS numbers(n)"

    def day(self, offset: str) -> str:
        return f"DATE '{FIRST_DAY}' + ({offset})::int"

    def after_insert(self, table: str) -> None:
        newest = self.newest(table)
        self.run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {max(1, newest)})")


class Sqlite(Writer):
    uuid, now, false = "lower(hex(randomblob(16)))", "datetime('now')", "0"

    def numbers(self, count: int) -> str:
        counting = "SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < "
        return f"(WITH RECURSIVE numbers AS ({counting}{count}) SELECT n FROM numbers)"  # noqa: S608

    def day(self, offset: str) -> str:
        return f"date('{FIRST_DAY}', '+' || ({offset}) || ' days')"


def ten_of_one(email: str, deals: int) -> None:
    from failforward.accounts.models import User
    from reviews.models import Deal, Review

    rep = User.objects.get(email=email)
    numbers = {f"M{1 + number * (deals - 1) // (TEN - 1)}" for number in range(TEN)}
    chosen = list(Deal.objects.filter(source="many", external_id__in=numbers).values_list("pk", flat=True))
    Deal.objects.filter(pk__in=chosen).update(owner=rep)
    Review.objects.filter(deal__in=chosen).update(owner=rep, visibility="standard")


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "failforward.settings")
    django.setup()
    print(seed(int(sys.argv[1])))
