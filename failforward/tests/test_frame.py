import re

import pytest
from django.template.loader import get_template
from django.test import Client
from django.urls import reverse

from failforward.accounts.models import Membership, Role, Team, User
from failforward.menus import MAIN, MORE, TABS

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(client):
    user = User.objects.create_user("ines@example.com", name="Ines Duarte")
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/reviews/7/events/", "/reviews/7/"),
        ("/reviews/7/people/change/", "/reviews/7/"),
        ("/deals/7/activities/", "/deals/7/"),
        ("/events/7/separate/", None),
    ],
)
def test_an_address_that_only_takes_forms_says_so_and_leads_back(client, person, path, back):
    answer = client.get(path)

    page = answer.content.decode()
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Nothing to show at this address" in page and 'href="/"' in page
    assert (f'href="{back}">Back to the page before' in page) == (back is not None)


def test_the_theme_is_kept_in_a_cookie_and_drawn_by_the_server(client, person):
    answer = client.post(reverse("theme"), {"theme": "dark", "next": "/more/"})

    assert answer.url == "/more/"
    assert client.cookies["theme"].value == "dark"
    assert client.cookies["theme"]["httponly"]
    assert b'data-bs-theme="dark"' in client.get("/more/").content


def test_without_a_choice_the_device_decides(client, person):
    assert b'data-bs-theme="auto"' in client.get("/more/").content


def test_a_forged_theme_cookie_changes_nothing(client, person):
    client.cookies["theme"] = '"><script>'

    assert b'data-bs-theme="auto"' in client.get("/more/").content


@pytest.mark.parametrize("theme", ["", "pink", "<b>"])
def test_an_unknown_theme_is_not_kept(client, theme):
    client.post(reverse("theme"), {"theme": theme})

    assert "theme" not in client.cookies


def test_the_theme_is_never_changed_by_looking(client):
    assert client.get(reverse("theme"), {"theme": "dark"}).status_code == 405
    assert "theme" not in client.cookies


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_the_theme_leads_back_to_this_site_only(client, elsewhere):
    assert client.post(reverse("theme"), {"theme": "dark", "next": elsewhere}).url == "/"


@pytest.mark.parametrize("name", ["more", "new"])
def test_the_menus_of_a_phone_are_pages_for_people_logged_in(client, name):
    assert client.get(reverse(name)).url.startswith("/accounts/login/")


def test_people_and_imports_are_offered_to_those_who_may(client, person):
    def offered() -> set[str]:
        return {place.name for place in client.get("/more/").context["frame"].menus.more} & {"import_list", "people"}

    north = Team.open("North")
    membership = Membership.objects.create(user=person, team=north, role=Role.REP)
    assert offered() == set()

    Membership.objects.filter(pk=membership.pk).update(role=Role.MANAGER)
    assert offered() == set()

    Membership.objects.filter(pk=membership.pk).update(role=Role.ADMIN)
    assert offered() == {"import_list", "people"}


def test_the_section_of_a_page_is_marked(client, person):
    page = client.get("/more/").content.decode()

    assert page.count('aria-current="page"') == 1
    assert '<a href="/more/" data-go="m" aria-current="page">' in page


@pytest.mark.parametrize(
    ("path", "above", "below"),
    [
        ("/", "Today", "Today"),
        ("/reviews/", "Reviews", "Reviews"),
        ("/coding/", "Reviews", "Reviews"),
        ("/findings/", "Findings", "More"),
        ("/actions/", "Actions", "More"),
        ("/lists/", "Actions", "More"),
        ("/commitments/", "More", "Commitments"),
        ("/deals/", "More", "More"),
        ("/categories/", "More", "More"),
    ],
)
def test_one_place_is_lit_above_and_one_on_the_phone(client, person, path, above, below):
    page = client.get(path).content.decode()
    nav, tabs = (page[page.index(css) :].split("</nav>")[0] for css in ('class="nav-main"', 'class="tabbar"'))

    top = nav.split("<details")[0]
    lit = re.findall(r'aria-current="page">([^<]+)</a>', top) + (["More"] if "more-on" in nav else [])
    assert (lit, re.findall(r'aria-current="page"><svg.*?</svg>([^<]+)</a>', tabs)) == ([above], [below])


def test_single_keys_can_be_switched_off_and_on_again(client, person):
    assert b'data-keys="on"' in client.get("/keys/").content

    client.post("/keys/", {"keys": "off"})
    assert b'data-keys="off"' in client.get("/more/").content

    client.post("/keys/", {"keys": "on"})
    assert b'data-keys="on"' in client.get("/more/").content


def test_the_keys_of_the_board_and_of_the_session_are_listed(client, person):
    page = client.get("/keys/").content.decode()
    session = page[page.index('id="session"') : page.index('id="switch"')]
    assert set(re.findall(r"<kbd>(.)</kbd>", session)) == set("nb+otfpa")
    assert "<kbd>1</kbd> … <kbd>4</kbd>" in page


def test_every_place_has_a_key_of_its_own(client, person):
    keys = [place.key for place in {*MAIN, *MORE, *TABS}]

    assert "" not in keys
    assert len(set(keys)) == len(keys)


def test_strangers_cost_the_frame_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/nowhere/")


def test_every_answer_carries_the_strict_policy(client, person):
    policy = client.get("/more/").headers["Content-Security-Policy"]

    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_no_page_of_the_frame_has_anything_inline(client, person):
    for url in ["/more/", "/new/", "/nowhere/"]:
        page = client.get(url).content.decode()
        assert " style=" not in page
        assert " onclick=" not in page
        assert "<script>" not in page


def test_what_is_absent_has_a_page_of_its_own(client):
    answer = client.get("/nowhere/")

    assert answer.status_code == 404
    assert "There is nothing here for you" in answer.content.decode()


def test_a_lost_token_says_what_to_do_and_that_nothing_was_saved():
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("theme"), {"theme": "dark"})

    assert answer.status_code == 403
    assert "Nothing was saved" in answer.content.decode()
    assert "theme" not in client.cookies


@pytest.mark.parametrize("code", [400, 403, 404, 429, 500])
def test_an_error_page_needs_nothing_but_itself(code, django_assert_num_queries):
    with django_assert_num_queries(0):
        page = get_template(f"{code}.html").render()

    assert 'data-bs-theme="auto"' in page
    assert page.count("<h1>") == 1
