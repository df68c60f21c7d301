"""Texts and addresses that a mail server of the last century cannot say."""

from collections.abc import Iterator
from email import message_from_bytes, policy

from faults.registry import fault
from faults.sink import Rule
from faults.table import Result
from faults.world import World

TEXTS = [
    "Jürgen Größl nach dem Ångström-Gerät fragen",
    "買い手に電話する",
    "x" * 5000,
    "Send the offer to the buyer and his boss. " * 100,
    "A line\n.\n..\nand a dot",
    "Ask about \U0001f9ea and \u202e what is hidden",
]
LONGEST_LINE = 998


@fault(15, "no 8BITMIME, no SMTPUTF8, one of several refused")
def plain_server(world: World) -> Iterator[Result]:
    from django.core.mail import send_mail

    from failforward.outbox.models import Mail, State

    world.sink.behave(Rule("ehlo", "without 8BITMIME SMTPUTF8"), Rule("rcpt", "550 5.1.1 no such user", "p199@"))
    said = promise_odd(world)
    send_mail("Reset", "Größe", None, ["p150@firm.internal", "p199@firm.internal", "jürgen@firm.internal"])
    world.start()
    world.wait_until_sent()
    result = world.judge(injected=world.sink.read().did["ehlo without 8BITMIME SMTPUTF8"])
    for pk, text in said.items():
        result.wrong += unreadable(world.sink.kept(Mail.objects.get(follow_ups__commitment=pk).message_id), text)
    states = {mail.address: mail.state for mail in Mail.objects.filter(kind="message")}
    meant = {"p150": State.SENT, "p199": State.FAILED, "jürgen": State.FAILED}
    if states != {f"{name}@firm.internal": state for name, state in meant.items()}:
        result.wrong.append(f"three recipients: {states}")
    if Mail.objects.filter(state=State.FAILED, last_text="").exists():
        result.wrong.append("failed without a reason")
    yield result


def promise_odd(world: World) -> dict[int, str]:
    """A promise with each text, and one of somebody whose domain has an umlaut."""
    from django.utils import timezone

    from actions.models import Commitment
    from failforward.accounts.models import User

    people = list(User.objects.filter(name__startswith="Person").order_by("pk")[: len(TEXTS)])
    User.objects.filter(pk=people[0].pk).update(email="max@bücher.internal", name="Jürgen, „Max“ <x@y>")
    people[0].refresh_from_db()
    said, now = {}, timezone.now()
    for person, text in zip(people, TEXTS, strict=True):
        name = f"promise-{next(world.names):05}"
        made = Commitment.make(person, person, f"{name} {text}", now.date(), now=now)
        world.promised[made.pk] = name
        said[made.pk] = made.what
    return said


def unreadable(mail: bytes, text: str) -> list[str]:
    wrong = [] if mail.isascii() else ["a byte of more than seven bits"]
    if (longest := max(map(len, mail.split(b"\r\n")))) > LONGEST_LINE:
        wrong.append(f"a line of {longest} bytes")
    body = message_from_bytes(mail, policy=policy.default).get_body(("plain",)).get_content()
    if "".join(text.split()) not in "".join(body.split()):
        wrong.append(f"{text[:40]!r} cannot be read")
    return wrong
