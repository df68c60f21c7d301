"""Mistakes in the environment, each with what to do about it; until it is done, no command of ours starts."""

import re
from collections.abc import Iterator
from email.utils import parseaddr
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

EXAMPLE_KEY = "change-me"
LONG_ENOUGH = 50
ADDRESS = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+|[^@\s<>]+@localhost")
SECRET_LENGTH = 20
SERVICE_EXAMPLES = {"mailgun": "mailgun://KEY@mg.example.com?region=eu", "mailjet": "mailjet://KEY:SECRET@"}
NEW_KEY = 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(64))"'


@register(Tags.security)
def environment(app_configs, **kwargs) -> list[CheckMessage]:
    return [
        *numbers(),
        *when_uncertain(),
        *database_url(),
        *redis_url(),
        *email_url(),
        *imap_url(),
        *inbound_secret(),
        *secret_key(),
        *hosts(),
        *addresses(),
    ]


@register(Tags.security, deploy=True)
def public_site(app_configs, **kwargs) -> list[CheckMessage]:
    host = host_of(settings.SITE_URL)
    if settings.HTTPS or not host or is_local(host):
        return []
    hint = f"SITE_URL=https://{host} and a proxy that ends TLS (deploy/ has one); then cookies and links are safe."
    message = f"SITE_URL is not https, and {host} is not this machine."
    return [Warning(message, hint=hint, id="failforward.W001")]


def numbers() -> Iterator[CheckMessage]:
    for name, (least, most) in settings.NO_NUMBERS.items():
        hint = f"Write {name}={getattr(settings, name)}, for instance, or leave it out: that is its default."
        yield Error(f"{name} is no whole number from {least} to {most}.", hint=hint, id="failforward.E014")


def when_uncertain() -> Iterator[CheckMessage]:
    if settings.WHEN_UNCERTAIN not in ("resend", "hold"):
        hint = "WHEN_UNCERTAIN=resend, the default, or WHEN_UNCERTAIN=hold."
        yield Error("WHEN_UNCERTAIN is neither resend nor hold.", hint=hint, id="failforward.E021")


def database_url() -> Iterator[CheckMessage]:
    yield from url_mistakes("DATABASE_URL", settings.DATABASE_SCHEMES, "postgres://user:password@host:5432/failforward")
    # A URL that could not be read has no NAME at all.
    if settings.DATABASES["default"].get("NAME") == "":
        hint = "Its name stands at the end: postgres://user:password@host:5432/failforward"
        yield Error("DATABASE_URL names no database.", hint=hint, id="failforward.E004")


def redis_url() -> Iterator[CheckMessage]:
    yield from url_mistakes("REDIS_URL", settings.REDIS_SCHEMES, "redis://host:6379/0")


def email_url() -> Iterator[CheckMessage]:
    if scheme_of(settings.EMAIL_URL) in settings.MAIL_SERVICES:
        yield from mail_service(scheme_of(settings.EMAIL_URL))
        return
    yield from url_mistakes("EMAIL_URL", settings.EMAIL_SCHEMES, "smtp+tls://user:password@mail.example.com:587")
    host = host_of(settings.EMAIL_URL)
    if settings.EMAIL_URL.startswith("smtp://") and "@" in settings.EMAIL_URL and not is_local(host):
        hint = "smtp+tls://…:587 (STARTTLS) or smtp+ssl://…:465; both check the server's certificate."
        yield Warning(f"EMAIL_URL sends its password to {host} without TLS.", hint=hint, id="failforward.W002")


def imap_url() -> Iterator[CheckMessage]:
    example = "imaps://user:password@mail.example.com/INBOX"
    yield from url_mistakes("IMAP_URL", settings.IMAP_SCHEMES, example)
    host = host_of(settings.IMAP_URL)
    if not host or not is_readable(settings.IMAP_URL):
        return
    parts = urlsplit(settings.IMAP_URL)
    if not parts.username or not parts.password:
        hint = f"For instance {example}; write special characters of a password as %XX."
        yield Error("IMAP_URL names no user and password.", hint=hint, id="failforward.E015")
    elif parts.scheme == "imap" and not is_local(host):
        hint = "imaps://…:993 or imap+tls://…:143 (STARTTLS); both check the server's certificate."
        yield Warning(f"IMAP_URL sends its password to {host} without TLS.", hint=hint, id="failforward.W003")
    if not settings.REPLY_ADDRESS:
        hint = (
            "REPLY_ADDRESS=reply@example.com, an address whose mail (with anything after a +) arrives in that account."
        )
        yield Error("IMAP_URL is set, but no mail asks for a reply.", hint=hint, id="failforward.E016")


def inbound_secret() -> Iterator[CheckMessage]:
    if settings.INBOUND_SECRET and len(settings.INBOUND_SECRET) < LONG_ENOUGH // 2:
        message = f"INBOUND_SECRET has fewer than {LONG_ENOUGH // 2} characters."
        yield Error(message, hint=NEW_KEY, id="failforward.E017")


def mail_service(service: str) -> Iterator[CheckMessage]:
    example = SERVICE_EXAMPLES.get(service, f"{service}://KEY@")
    keys = {name: value for name, value in settings.ANYMAIL.items() if name.startswith(service.upper())}
    if not settings.MAIL_SERVICE or not is_readable(settings.EMAIL_URL):
        hint = f"For instance {example}; write special characters of the key as %XX."
        yield Error("EMAIL_URL cannot be read.", hint=hint, id="failforward.E002")
    elif missing := [name for name, value in keys.items() if not value]:
        hint = f"For instance {example}; the service shows its keys to you."
        yield Error(f"EMAIL_URL lacks {' and '.join(missing)}.", hint=hint, id="failforward.E019")
    user, _colon, password = settings.WEBHOOK_SECRET.partition(":")
    if not user or len(password) < SECRET_LENGTH:
        hint = (
            f"WEBHOOK_SECRET=name:{'x' * 4}… with at least {SECRET_LENGTH} random characters; at {service} give the "
            f"address https://name:…@{host_of(settings.SITE_URL)}/mail/events/{service}/ for bounces and complaints."
        )
        message = "WEBHOOK_SECRET is missing or short: anybody could report that our mail bounced."
        yield Error(message, hint=hint, id="failforward.E020")


def url_mistakes(name: str, schemes: set[str], example: str) -> Iterator[CheckMessage]:
    """The value is never repeated: it may hold a password."""
    url = getattr(settings, name)
    if not url:
        return
    if scheme_of(url) not in schemes:
        starts = " or ".join(f"{scheme}://" for scheme in sorted(schemes))
        yield Error(f"{name} does not begin with {starts}.", hint=f"For instance {example}", id="failforward.E001")
    elif not is_readable(url):
        hint = f"For instance {example}; write special characters of a password as %XX."
        yield Error(f"{name} cannot be read: is its port a number?", hint=hint, id="failforward.E002")
    elif scheme_of(url) != "sqlite" and not host_of(url):
        yield Error(f"{name} names no host.", hint=f"For instance {example}", id="failforward.E003")


def secret_key() -> Iterator[CheckMessage]:
    if settings.SECRET_KEY_IS_LOCAL:
        if settings.HTTPS:
            hint = f"{NEW_KEY} and keep it in SECRET_KEY, or in a file that SECRET_KEY_FILE names."
            yield Error("SECRET_KEY is not set.", hint=hint, id="failforward.E005")
    elif EXAMPLE_KEY in settings.SECRET_KEY:
        yield Error("SECRET_KEY is the published example.", hint=NEW_KEY, id="failforward.E006")
    elif len(settings.SECRET_KEY) < LONG_ENOUGH:
        yield Error(f"SECRET_KEY has fewer than {LONG_ENOUGH} characters.", hint=NEW_KEY, id="failforward.E007")


def hosts() -> Iterator[CheckMessage]:
    host = host_of(settings.SITE_URL)
    if not settings.SITE_URL.startswith(("http://", "https://")) or not host:
        hint = "The address people type: SITE_URL=https://failforward.example.com"
        yield Error("SITE_URL is no address of a site.", hint=hint, id="failforward.E008")
        return
    if "*" in settings.ALLOWED_HOSTS:
        hint = f"Name them: ALLOWED_HOSTS={host}. With * a forged Host header is believed."
        yield Error("ALLOWED_HOSTS allows every host.", hint=hint, id="failforward.E009")
    elif not any(matches(host, allowed) for allowed in settings.ALLOWED_HOSTS):
        hint = f"ALLOWED_HOSTS={','.join([host, *settings.ALLOWED_HOSTS])}"
        yield Error(f"SITE_URL's host {host} is not among ALLOWED_HOSTS.", hint=hint, id="failforward.E010")


def addresses() -> Iterator[CheckMessage]:
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if not ADDRESS.fullmatch(sender):
        hint = "DEFAULT_FROM_EMAIL='FailForward <ask@example.com>'"
        yield Error("DEFAULT_FROM_EMAIL is no e-mail address.", hint=hint, id="failforward.E011")
    reply = settings.REPLY_ADDRESS
    if not reply:
        return
    if not ADDRESS.fullmatch(reply):
        hint = "REPLY_ADDRESS=reply@example.com, without a name; answers come in at reply+…@example.com."
        yield Error("REPLY_ADDRESS is no e-mail address.", hint=hint, id="failforward.E012")
    elif "+" in reply:
        hint = f"REPLY_ADDRESS={reply.split('+')[0]}@{domain(reply)}; we put the + and what follows it."
        yield Error("REPLY_ADDRESS has a + of its own.", hint=hint, id="failforward.E018")
    elif not related(domain(reply), domain(sender)):
        hint = f"Spam filters distrust that; use reply@{domain(sender)}."
        message = f"REPLY_ADDRESS is at {domain(reply)}, DEFAULT_FROM_EMAIL at {domain(sender)}."
        yield Error(message, hint=hint, id="failforward.E013")


def scheme_of(url: str) -> str:
    return url.partition("://")[0].lower() if "://" in url else ""


def host_of(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_readable(url: str) -> bool:
    try:
        urlsplit(url).port  # noqa: B018  it is read when asked for
    except ValueError:
        return False
    return True


def is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def matches(host: str, allowed: str) -> bool:
    return host == allowed.lower() or allowed.startswith(".") and f".{host}".endswith(allowed.lower())


def related(one: str, other: str) -> bool:
    """The same domain, or one below the other, as `mail.example.com` is."""
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
