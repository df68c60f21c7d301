"""Mail filters press every link before a person does. Nothing changes by it."""

from collections import Counter
from collections.abc import Iterator
from itertools import product

import pytest
from django.test import Client
from django.urls import resolve

from failforward import link_pages, testing
from failforward.tests import every_mail
from failforward.tests.test_access import fingerprint

pytestmark = pytest.mark.django_db

AGENTS = [
    "Mozilla/5.0 (compatible; MSIE 7.0; Windows NT 5.1) SafeLinks",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/17.6 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
    "Mozilla/5.0 (compatible; BarracudaCentral/1.0)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "WhatsApp/2.24.20.89 A",
    "TelegramBot (like TwitterBot)",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Go-http-client/2.0",
    "python-requests/2.32.3",
    "curl/8.10.1",
    "Java/17.0.12",
    "",
]


def presses(links: list) -> Iterator[tuple]:
    """Every link by every program; and one link to each page a hundred times, or with THOROUGH each of them."""
    if testing.once_is_enough():
        yield from product(links, AGENTS[:2], [0])
        return
    first = {resolve(link.path.partition("?")[0]).url_name: link for link in links}
    for link, agent in product(links, AGENTS):
        is_pressed_on = testing.THOROUGH or link is first[resolve(link.path.partition("?")[0]).url_name]
        yield from ((link, agent, number) for number in range(5 if is_pressed_on else 1))


def test_every_link_of_every_mail_pressed_by_twenty_programs_changes_no_row(monkeypatch):
    # So that each press reaches the page; the limit would turn most of them away.
    monkeypatch.setattr(link_pages, "TRIES_A_MINUTE", 1_000_000)
    links = every_mail.send_all(testing.cast())
    before = fingerprint()

    answers = Counter()
    made = list(presses(links))
    for link, agent, number in made:
        client = Client(headers={"user-agent": agent})
        press = client.head if number == 4 else client.get
        answers[press(link.path).status_code] += 1

    assert len(AGENTS) == 20
    assert set(answers) <= {200, 302}
    assert answers.total() == len(made) >= len(links) * (2 if testing.once_is_enough() else 20)
    assert fingerprint() == before
