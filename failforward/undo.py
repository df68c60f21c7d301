"""Undo, not confirm: the message that says what was done carries the button that takes it back."""

import json
from typing import NamedTuple

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest


class Undo(NamedTuple):
    url: str
    fields: list[tuple[str, str]]


def offer(request: HttpRequest, sentence: str, url: str, **fields: str | int | list) -> None:
    """`fields` are posted to `url` when the button is pressed; the view there checks rights as for any post."""
    pairs = [(name, one) for name, value in fields.items() for one in (value if isinstance(value, list) else [value])]
    messages.success(request, sentence, extra_tags=json.dumps([url, pairs]))


def of(message: Message) -> Undo | None:
    return Undo(*json.loads(message.extra_tags)) if message.extra_tags.startswith("[") else None
