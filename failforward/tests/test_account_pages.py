import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from failforward.accounts.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a long one, 7 words"


@pytest.fixture
def person():
    user = User.objects.create_user("ines@example.com", PASSWORD, name="Ines Duarte")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def logged_in(client, person):
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def is_ours(page: str) -> bool:
    """In our frame, with one heading and nothing inline."""
    return page.count("<h1>") == 1 and "css/app.css" in page and " style=" not in page and "<script>" not in page


@pytest.mark.parametrize(
    "name", ["account_login", "account_reset_password", "account_reset_password_done", "account_signup"]
)
def test_the_way_in_wears_our_look(client, name):
    answer = client.get(reverse(name))

    assert answer.status_code == 200
    assert is_ours(answer.content.decode())


@pytest.mark.parametrize(
    "name",
    [
        "account_logout",
        "account_change_password",
        "account_email",
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "usersessions_list",
        "socialaccount_connections",
    ],
)
def test_the_pages_of_ones_own_account_wear_our_look(logged_in, name):
    answer = logged_in.get(reverse(name))

    assert answer.status_code == 200
    assert is_ours(answer.content.decode())


def test_a_person_logs_in_and_is_told_as_whom(client, person):
    answer = client.post(reverse("account_login"), {"login": "INES@example.com", "password": PASSWORD}, follow=True)

    assert answer.wsgi_request.user == person
    assert [str(message) for message in answer.context["messages"]] == ["You are logged in as Ines Duarte."]


def test_a_wrong_password_is_said_on_top_and_the_address_is_kept(client, person):
    page = client.post(reverse("account_login"), {"login": person.email, "password": "wrong"}).content.decode()

    assert "<title>Error: Log in" in page
    assert 'id="errors"' in page
    assert 'value="ines@example.com"' in page
    assert "wrong" not in page


def test_nobody_signs_up_by_themselves(client):
    typed = {"email": "tom@example.com", "password1": PASSWORD, "password2": PASSWORD}
    answer = client.post(reverse("account_signup"), typed)

    assert "By invitation" in answer.content.decode()
    assert User.objects.count() == 0


def test_a_used_or_old_reset_link_says_so(client):
    page = client.get("/accounts/password/reset/key/1-abc/").content.decode()

    assert "This link has ended" in page
    assert is_ours(page)


def test_looking_at_the_log_out_page_logs_nobody_out(logged_in, person):
    logged_in.get(reverse("account_logout"))
    assert logged_in.get("/more/").status_code == 200

    logged_in.post(reverse("account_logout"))
    assert logged_in.get("/more/").status_code == 302


def test_what_guards_the_log_in_asks_for_the_password_once_more(client, person):
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    answer = client.get(reverse("mfa_activate_totp"), follow=True)

    assert "Is it still you?" in answer.content.decode()


def test_the_secret_is_shown_as_a_picture_the_policy_allows(logged_in):
    answer = logged_in.get(reverse("mfa_activate_totp"))

    assert 'src="data:image/svg+xml' in answer.content.decode()
    assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("came_from", "goes_back_to"),
    [
        ("http://testserver/reviews/7/?event=3", "/reviews/7/"),
        ("", "/commitments/7/drop/"),
    ],
)
def test_who_sends_something_after_the_log_in_ran_out_comes_back_to_the_page(client, came_from, goes_back_to):
    answer = client.post("/commitments/7/drop/", headers={"referer": came_from})

    assert answer["Location"] == f"{reverse('account_login')}?next={goes_back_to}"
