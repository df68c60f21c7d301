"""Presses links as a mail scanner would, in this process and without anybody's cookies, and looks what changed."""

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit

from django.apps import apps
from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.utils import translation

from failforward.outbox.mailbox import Link

AGENTS = [
    "Mozilla/5.0 (compatible; MSIE 7.0; Windows NT 5.1) SafeLinks",
    "Mozilla/5.0 (compatible; BarracudaCentral/1.0)",
    "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0",
]
# What people wrote and agreed, and who they are. The outbox itself goes on sending meanwhile.
WATCHED_APPS = ["accounts", "history", "reviews", "actions"]
NOT_WATCHED = {"last_login"}


@dataclass(frozen=True)
class Pressed:
    link: Link
    answers: list[str]


@dataclass(frozen=True)
class Report:
    pressed: list[Pressed]
    presses: int
    changed: list[str]


def press_all(links: list[Link]) -> Report:
    before = fingerprints()
    pressed = [Pressed(link, [press(link, method, agent) for method, agent in presses()]) for link in links]
    after = fingerprints()
    changed = [name for name, digest in after.items() if digest != before[name]]
    return Report(pressed, sum(len(one.answers) for one in pressed), changed)


def presses() -> list[tuple[str, str]]:
    return [("HEAD", AGENTS[0]), *(("GET", agent) for agent in AGENTS)]


def press(link: Link, method: str, agent: str) -> str:
    """The answer in words: "200 OK"."""
    # A request within ours: it must not leave us its language, nor end our connection as a real one's end would.
    with translation.override(translation.get_language()):
        response = handler().get_response(WSGIRequest(environ(link, method, agent)))
    return f"{response.status_code} {response.reason_phrase}"


def environ(link: Link, method: str, agent: str) -> dict:
    site = urlsplit(settings.SITE_URL)
    path, _mark, query = link.path.partition("?")
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": site.hostname,
        "SERVER_PORT": str(site.port or (443 if site.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": site.netloc,
        "HTTP_USER_AGENT": agent,
        "HTTP_X_FORWARDED_PROTO": site.scheme,
        "wsgi.url_scheme": site.scheme,
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
    }


@cache
def handler() -> BaseHandler:
    made = BaseHandler()
    made.load_middleware()
    return made


def fingerprints() -> dict[str, str]:
    """A digest of all rows of every watched table, by the name of what is in it."""
    models = [model for label in WATCHED_APPS for model in apps.get_app_config(label).get_models()]
    return {str(model._meta.verbose_name_plural): digest_of(model) for model in models}


def digest_of(model) -> str:
    digest = hashlib.sha256()
    fields = [field.attname for field in model._meta.concrete_fields if field.attname not in NOT_WATCHED]
    for row in model._base_manager.order_by("pk").values_list(*fields).iterator():
        digest.update(repr(row).encode())
    return digest.hexdigest()
