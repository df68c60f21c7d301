"""Ids as they come from addresses and forms, where anything may stand in their place; and some that tell nothing."""

import secrets


def id_of(text: str | None) -> int:
    """The id, or 0, which nothing has."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0


def random_id() -> int:
    """For rows whose place among the others would tell who wrote them. 53 bits, which every browser counts exactly."""
    return secrets.randbelow(2**53 - 1) + 1
