"""Every URL × every person × every method, against the table in `access.py`."""

import hashlib

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, get_resolver, reverse
from django.urls.resolvers import RoutePattern

from failforward import testing
from failforward.tests import access
from failforward.tests.access import EVERYBODY, LIBRARY, LOGGED_OUT, ROWS, Row

pytestmark = pytest.mark.django_db
SERVED = range(200, 400)
# Looking at every row of every table takes as long as a dozen requests.
LOOK_EVERY = 20
NOT_WATCHED = {"sessions.session", "usersessions.usersession"}


def url_names(patterns=None) -> set[str]:
    """Names of our own URLs; a pattern without a name is reported by its address."""
    names = set()
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            names.add(pattern.name or f"unnamed: {pattern.pattern}")
        elif pattern.urlconf_name.__name__ != LIBRARY:
            names |= url_names(pattern.url_patterns)
    return names


def library_names(patterns) -> set[str]:
    names = set()
    for pattern in patterns:
        names |= {pattern.name} if isinstance(pattern, URLPattern) else library_names(pattern.url_patterns)
    return names - {None}


def fingerprint() -> str:
    """Every row of every table, so that a page that changes anything by being read is found."""
    digest = hashlib.sha256()
    for model in apps.get_models():
        if model._meta.label_lower not in NOT_WATCHED:
            fields = [f.attname for f in model._meta.concrete_fields if f.attname != "last_login"]
            for row in model._base_manager.order_by("pk").values_list(*fields):
                # PostgreSQL hands bytes over as a memoryview, which prints where it lies and not what it holds.
                plain = [bytes(value) if isinstance(value, memoryview) else value for value in row]
                digest.update(f"{model._meta.label_lower}{plain!r}".encode())
    return digest.hexdigest()


@pytest.fixture
def world():
    world = access.build()
    access.add_reply_token(world)
    return world


@pytest.fixture
def clients(world) -> dict[str, Client]:
    clients = {LOGGED_OUT: Client()}
    for name, user in world.cast.people.items():
        clients[name] = Client()
        clients[name].force_login(user)
    return clients


def expected(row: Row, who: str, method: str) -> str:
    names, forbidden = (row.post, row.post_403) if method == "POST" else (row.get, row.get_403)
    if names is None:
        return "refused"
    if row.absent:
        return "404"
    if who == LOGGED_OUT and not row.public:
        return "log in"
    if row.public or who in names.split():
        return "served"
    return "403" if who in forbidden.split() else "404"


def seen(response, row: Row, method: str) -> str:
    if response.status_code == 302 and "/accounts/login/" in response["Location"]:
        return "log in"
    if method in ("GET", "HEAD") and response.status_code == row.status:
        return "served"
    if method == "POST" and (response.status_code in SERVED or response.status_code in (400, 409, 422)):
        return "served"
    return {405: "refused"}.get(response.status_code, str(response.status_code))


def agrees(want: str, got: str) -> bool:
    # Whether a method exists is nobody's secret; a page may say so before or after it asks who is there.
    return want == got or want == "refused" and got in ("log in", "403", "404")


def test_every_url_has_its_row():
    assert url_names() == {row.name for row in ROWS}


def methods(who: str) -> tuple[str, ...]:
    """What a page answers to the rare methods does not hang on who of those inside asks."""
    return ("GET", "HEAD", "PUT", "DELETE", "POST") if who in (LOGGED_OUT, "admin", "outsider") else ("GET", "POST")


def asking(row: Row) -> list[str]:
    """Everybody. On PostgreSQL one who reads, one who writes and one who may do neither."""
    if not testing.once_is_enough():
        return [LOGGED_OUT, *EVERYBODY.split()]
    return list(dict.fromkeys([*(row.get or "").split()[:1], *(row.post or "").split()[:1], "outsider"]))


def test_every_person_gets_what_the_table_says(world, clients):
    wrong = []
    before, since = fingerprint(), []
    for number, row in enumerate(ROWS, start=1):
        url = reverse(row.name, args=row.args(world))
        since.append(row.name)
        for who in asking(row):
            client = clients[who]
            cache.clear()  # One person's tries are not another's.
            for method in methods(who):
                with transaction.atomic():
                    response = client.generic(method, url)
                    if method == "POST":
                        transaction.set_rollback(True)
                want = "refused" if method in ("PUT", "DELETE") else expected(row, who, method)
                got = seen(response, row, method)
                if not agrees(want, got):
                    wrong.append(f"{row}: {method} by {who}: {got}, the table says {want}")
        if number % LOOK_EVERY == 0 or number == len(ROWS):
            if (after := fingerprint()) != before:
                wrong.append(f"reading one of these changed the database: {', '.join(since)}")
            before, since = after, []
    assert wrong == []


@pytest.mark.ignore_template_errors
def test_pages_of_the_log_in_library_never_fail(clients):
    wrong = []
    for name in sorted(library_names(get_resolver(LIBRARY).url_patterns)):
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        for who in (LOGGED_OUT, "rep"):
            response = clients[who].get(url)
            if response.status_code >= 500:
                wrong.append(f"{name} by {who}: {response.status_code}")
    assert wrong == []


def test_a_url_without_a_row_is_found():
    patterns = [*get_resolver().url_patterns, URLPattern(RoutePattern("surprise/"), lambda request: None)]
    assert url_names(patterns) - {row.name for row in ROWS} == {"unnamed: surprise/"}


def test_everybody_named_in_the_table_is_in_the_cast(world):
    named = {
        who for row in ROWS for part in (row.get, row.post, row.get_403, row.post_403) for who in (part or "").split()
    }
    assert named <= set(world.cast.people) == set(EVERYBODY.split())
