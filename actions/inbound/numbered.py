"""What each number in a mail of ours is about, as that mail itself says it: by the links under the number."""

import re
from email import message_from_bytes, policy

from failforward.outbox.models import Mail
from failforward.tokens import Token

ITEM = re.compile(r"(?m)^\[(\d+)\]")


def tokens_in(mail: Mail, kind: type[Token], link: re.Pattern[str]) -> dict[int, Token]:
    """A mail about one thing has no number: that is its first."""
    part = message_from_bytes(bytes(mail.body or b""), policy=policy.default).get_body(("plain",))
    head, *items = ITEM.split(part.get_content() if part else "")
    texts = {int(number): text for number, text in zip(items[::2], items[1::2], strict=True)} or {1: head}
    links = {number: link.search(text) for number, text in texts.items()}
    tokens = {number: kind.objects.find(found[1]) for number, found in links.items() if found}
    return {number: token for number, token in tokens.items() if token}
