from email.message import EmailMessage

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from failforward import links
from failforward.outbox import plan, run_due, scanner
from failforward.outbox.mailbox import Link, Opened
from failforward.outbox.models import CapturedMail


@pytest.fixture
def captured(settings, cast, past, notes) -> CapturedMail:
    settings.MAILBOX = True
    notes.texts[1] = f"Press {links.absolute('theme')} or {links.absolute('keys')} <b>now</b>"
    plan("note:1", "note", cast.rep, past, subject_id=1)
    run_due()
    return CapturedMail.objects.get()


@pytest.fixture
def logged_in(client, cast):
    client.force_login(cast.outsider)
    return client


def pages(mail: CapturedMail) -> list[str]:
    return [reverse("mailbox"), reverse("mailbox_mail", args=[mail.pk]), reverse("mailbox_html", args=[mail.pk])]


def test_the_mailbox_asks_for_a_log_in(captured, client):
    for url in pages(captured):
        assert client.get(url).url == f"{reverse('account_login')}?next={url}"


def test_where_mail_is_really_sent_there_is_no_mailbox(captured, logged_in, settings):
    settings.MAILBOX = False

    assert [logged_in.get(url).status_code for url in pages(captured)] == [404, 404, 404]
    assert logged_in.post(reverse("mailbox_press", args=[captured.pk])).status_code == 404


def test_the_mailbox_lists_mail_newest_first_and_opens_the_newest(captured, logged_in, cast, past):
    plan("note:2", "note", cast.manager, past)
    run_due()

    page = logged_in.get(reverse("mailbox")).content.decode()

    assert page.index("Mara Lindqvist") < page.index("Ines Duarte")
    assert f'src="{reverse("mailbox_html", args=[captured.pk + 1])}"' in page


@pytest.mark.parametrize("typed", ["{0.email}", "INES@", "ines dua"])
def test_mail_of_one_person_by_filter(captured, logged_in, cast, past, typed):
    plan("note:2", "note", cast.manager, past)
    run_due()

    page = logged_in.get(reverse("mailbox"), {"to": typed.format(cast.rep)}).content.decode()

    assert "Ines Duarte" in page
    assert "Mara Lindqvist" not in page


def test_a_mail_shows_its_text_its_headers_and_its_links(captured, logged_in):
    url = reverse("mailbox_mail", args=[captured.pk])

    assert "&lt;b&gt;now&lt;/b&gt;" in logged_in.get(url, {"show": "text"}).content.decode()
    assert escape(f"Message-ID: {captured.message_id}") in logged_in.get(url, {"show": "headers"}).content.decode()
    assert 'href="/theme/"' in logged_in.get(url).content.decode()
    assert logged_in.get(url, {"show": "nonsense"}).status_code == 200


def test_html_is_shown_in_a_frame_that_may_do_nothing(captured, logged_in):
    framed = logged_in.get(reverse("mailbox_html", args=[captured.pk]))
    around = logged_in.get(reverse("mailbox_mail", args=[captured.pk]))
    elsewhere = logged_in.get(reverse("keys"))

    policy = framed["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert around["Content-Security-Policy"] == f"{elsewhere['Content-Security-Policy']}; frame-src 'self'"
    assert "frame-src" not in elsewhere["Content-Security-Policy"]
    assert "<iframe" in around.content.decode()
    assert "sandbox" in around.content.decode()


def test_pressing_every_link_tells_what_answered_and_that_nothing_changed(captured, logged_in):
    page = logged_in.post(reverse("mailbox_press", args=[captured.pk])).content.decode()

    assert "Pressed 8 times, and nothing changed." in page
    assert page.count("405 Method Not Allowed") == 4
    assert page.count("302 Found") == 4
    assert logged_in.get(reverse("mailbox_press", args=[captured.pk])).status_code == 405


def test_a_link_that_changes_something_is_found_out(cast, monkeypatch):
    def careless(link: Link, method: str, agent: str) -> str:
        cast.rep.name += "!"
        cast.rep.save(update_fields=["name"])
        return "200 OK"

    monkeypatch.setattr(scanner, "press", careless)

    assert scanner.press_all([Link("Done", links.absolute("desk"))]).changed == ["users"]


def test_links_elsewhere_are_shown_to_nobody_and_not_pressed(captured, notes, cast, past):
    notes.texts[2] = "See https://elsewhere.internal/x and " + links.absolute("keys")
    plan("note:2", "note", cast.rep, past, subject_id=2)
    run_due()

    opened = Opened(CapturedMail.objects.first())

    assert {link.url for link in opened.links} == {"https://elsewhere.internal/x", links.absolute("keys")}
    assert [link.path for link in opened.ours] == ["/keys/"]


def test_the_list_costs_the_same_whatever_its_length(captured, logged_in, cast, past):
    with CaptureQueriesContext(connection) as one:
        logged_in.get(reverse("mailbox"))
    for number in range(2, 30):
        plan(f"note:{number}", "note", cast.rep, past)
    run_due()
    with CaptureQueriesContext(connection) as thirty:
        logged_in.get(reverse("mailbox"))
    # A list that ends on its first page is its own count; a longer one is counted by one query more.
    assert (len(one), len(thirty)) == (6, 7), [query["sql"] for query in thirty]


def test_a_mail_says_what_a_reply_may_begin_with_and_which_links_ask_for_a_log_in(settings):
    written = "".join(
        f'<a href="{url}">{label}</a>'
        for url, label in [
            (links.absolute("sponsor_answer", "a" * 26, query="a=yes"), "Yes"),
            (links.absolute("desk"), "My desk"),
            (f"{settings.SITE_URL}/nowhere/", "Gone"),
            ("mailto:reply@mail.example?subject=Re%3A%20Can%20you&amp;body=yes", "yes"),
            ("mailto:reply@mail.example?subject=Re%3A%20Can%20you&amp;body=not%20now", "not now"),
            ("mailto:reply@mail.example", "write"),
        ]
    )
    letter = EmailMessage()
    letter.set_content(written, subtype="html")
    opened = Opened(CapturedMail(body=letter.as_bytes()))

    assert opened.reply_words == ["yes", "not now"]
    assert [link.label for link in opened.by_link] == ["Yes"]
    assert [link.label for link in opened.by_log_in] == ["My desk", "Gone"]
