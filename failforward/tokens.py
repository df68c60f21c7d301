import base64
import hashlib
import re
import secrets
from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models

# In a reply address; mail systems fold its case and put dots, brackets and `mailto:` around it.
IN_ADDRESS = re.compile(r"\+([a-z2-7]{26})(?![a-z0-9])", re.IGNORECASE)


def new_token() -> str:
    """128 random bits as 26 lower-case base32 letters: mail systems fold case."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def digest_of(raw: str) -> str:
    return hashlib.sha256(raw.strip().lower().encode()).hexdigest()


class TokenQuerySet(models.QuerySet):
    def find(self, raw: str) -> "Token | None":
        return self.filter(digest=digest_of(raw)).first()

    def alive(self, now: datetime) -> Self:
        return self.filter(revoked_at=None).filter(models.Q(expires_at=None) | models.Q(expires_at__gt=now))


class Token(models.Model):
    """A capability for one act of one person. Only its hash is kept; each subclass is one purpose."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def issue(cls, **fields) -> str:
        """Stores the hash and returns the raw token, which exists only in the mail it goes into."""
        raw = new_token()
        cls.objects.create(digest=digest_of(raw), **fields)
        return raw

    def is_alive(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)
