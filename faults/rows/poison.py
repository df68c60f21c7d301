"""Rows that nobody can write or send. They fail by themselves, and the others go out."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from faults.registry import fault
from faults.table import Result
from faults.world import World

MEGABYTE = (b"x" * 998 + b"\r\n") * 1000
POISONS = ("cannot be written", "line ends in the address", "50 MB")


@fault(20, "rows that are poison", ci=True)
def poisoned(world: World) -> Iterator[Result]:
    from failforward.outbox.clock import database_now
    from failforward.outbox.models import Mail, State

    each = world.count(full=5, ci=1)
    # Due before all others, so that every worker meets them first.
    first = database_now() - timedelta(hours=1)
    for _time in range(each):
        plant(first)
    world.promise(world.count(full=499, ci=40))
    world.start()
    world.wait_until_sent(240)
    result = world.judge(injected=each * len(POISONS))
    planted = list(Mail.objects.filter(key__startswith="poison").defer("body"))
    result.notes += sorted({f"{mail.key.split(':')[1]}: {mail.last_text[:70]}" for mail in planted})
    for mail in planted:
        if mail.state != State.FAILED or mail.attempts > 1 or not mail.last_text:
            result.wrong.append(f"{mail.key} is {mail.state} after {mail.attempts} tries: {mail.last_text}")
    if sum("cannot be written" in program.log.read_text(errors="replace") for program in world.crew.values()) == 0:
        result.wrong.append("no trace for the operator")
    yield result


def plant(due_at: datetime) -> None:
    from failforward.accounts.models import User
    from failforward.outbox import plan
    from failforward.outbox.models import Mail, State

    number = Mail.objects.count()
    person = User.objects.filter(name__startswith="Person").order_by("-pk").first()
    # About an answer that is not there, so what the template is given cannot be found.
    plan(f"poison:{POISONS[0]}:{number}", "answer", person, due_at, subject_id=10**9 + number)
    crooked = "one@firm.internal\r\nRCPT TO:<all@firm.internal>"
    common = {"kind": "message", "state": State.READY, "due_at": due_at, "next_at": due_at}
    head = b"Message-ID: <%d@poison>\r\nSubject: x\r\n\r\n"
    small = head % (number + 1) + b"x\r\n"
    Mail.objects.create(key=f"poison:{POISONS[1]}:{number}", address=crooked, body=small, **common)
    Mail.objects.create(
        key=f"poison:{POISONS[2]}:{number}",
        address="big@firm.internal",
        body=head % number + MEGABYTE * 50,
        **common,
    )
