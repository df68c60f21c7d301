"""Absolute URLs and reply addresses, out and in. The host always comes from SITE_URL, never from a request."""

from email.utils import parseaddr
from functools import cache

from django.conf import settings
from django.urls import reverse


def absolute(name: str, *args, query: str = "") -> str:
    return f"{settings.SITE_URL}{reverse(name, args=args)}{'?' + query if query else ''}"


def address_of(name: str, pk: int) -> str:
    """The address of the page `name` of one object: what `reverse` says, asked once for all rows of all lists."""
    before, behind = _around_the_id(name)
    return f"{before}{pk}{behind}"


@cache
def _around_the_id(name: str) -> tuple[str, str]:
    unlikely = 987_654_321
    before, _, behind = reverse(name, args=[unlikely]).partition(str(unlikely))
    return before, behind


def sender_address() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def reply_address(token: str) -> str:
    """`ask+<token>@domain`: the address itself says which question is answered."""
    address = parseaddr(settings.REPLY_ADDRESS)[1] or sender_address()
    local, _, domain = address.partition("@")
    return f"{local}+{token}@{domain}"


def mail_domain() -> str:
    return sender_address().partition("@")[2]
