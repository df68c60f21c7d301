"""Ids as they come from addresses and forms, where anything may stand in their place."""


def id_of(text: str | None) -> int:
    """The id, or 0, which nothing has."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else 0
