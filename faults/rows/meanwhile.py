"""What a mail was to ask is settled while it is on its way: the worker stands still, somebody acts, it goes on."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import transaction

from faults import base
from faults.registry import fault
from faults.table import Result
from faults.world import World

# A worker's claim is of twenty at the most.
PROMISES = 12
POINTS = {"after_claim": "after the claim", "before_smtp": "while the one before is handed over"}


@fault(18, "settled between claim and send", ci=True)
def settled_meanwhile(world: World) -> Iterator[Result]:
    if world.embedded:
        world.start_site()
    else:
        world.start_worker()
        world.start_beat()
    for point, where in POINTS.items():
        world.crashes.prepare(point, 1, "wait")
        # Seen all at once, so that one claim takes them together.
        with transaction.atomic():
            world.promise(PROMISES, shares=(1,))
            asked = ask_a_partner(world)
        world.wait(world.crashes.waiting, 60, "the pause of the worker")
        acts = act(world, asked)
        world.crashes.let_go()
        world.wait_until_sent()
        yield judged(world, f"{world.fault.name}: {where}", acts)
        all_active_again()


def ask_a_partner(world: World):
    """A mail to a partner waits to go out with the questions."""
    from django.utils import timezone

    from actions.models import Commitment, Partner
    from failforward.accounts.models import User

    commitment = Commitment.objects.get(pk=list(world.promised)[-1])
    partner = User.objects.filter(name__startswith="Person").order_by("-pk").first()
    return Partner.ask(commitment, commitment.person, partner, timezone.now())


# What each act does, and what becomes of the mail.
WITHHELD, PLANNED = "withheld", "planned"


def act(world: World, partner) -> list[tuple[str, int, str]]:
    """Whatever still waits in the paused worker, one act each: what it was, the mail, and what shall become of it."""
    from actions.models import Commitment

    held = Commitment.objects.filter(pk__in=world.promised, follow_ups__mail__state="claimed").order_by("pk")
    done = []
    for commitment, (name, do, becomes) in zip(held, ACTS, strict=False):
        do(commitment)
        world.promised.pop(commitment.pk)
        done.append((name, commitment.follow_ups.get().mail_id, becomes))
    return [*done, end_partner(partner)]


def answered(commitment) -> None:
    from actions import answers
    from failforward.outbox.clock import database_now

    answers.give(commitment.follow_ups.get(), commitment.person, "done", now=database_now())


def cancelled(commitment) -> None:
    commitment.drop(commitment.person, "They bought elsewhere.")


def moved(commitment) -> None:
    commitment.move(commitment.person, commitment.due_on + timedelta(days=7), "They are away.")


def deactivated(commitment) -> None:
    from failforward.accounts import people
    from failforward.accounts.models import User

    people.deactivate(User.objects.get(email=base.ADMIN), commitment.person)


def all_active_again() -> None:
    from failforward.accounts.models import User

    User.objects.filter(is_active=False).update(is_active=True)


ACTS: list[tuple[str, Callable, str]] = [
    ("answered", answered, WITHHELD),
    ("cancelled", cancelled, WITHHELD),
    ("moved", moved, PLANNED),
    ("deactivated", deactivated, WITHHELD),
]


def end_partner(partner) -> tuple[str, int, str]:
    from django.utils import timezone

    from failforward.outbox.models import Mail

    partner.end(partner.commitment.person, timezone.now())
    return "partner removed", Mail.objects.get(key=partner.request_key).pk, WITHHELD


def judged(world: World, name: str, acts: list[tuple[str, int, str]]) -> Result:
    from failforward.outbox.models import Mail

    sent = {one.message_id for one in world.sink.read().accepted}
    result = world.judge(name, injected=len(acts))
    for what, pk, becomes in acts:
        mail = Mail.objects.get(pk=pk)
        if mail.message_id in sent or mail.state != becomes or (becomes == WITHHELD and not mail.last_text):
            result.wrong.append(f"{what}: the mail is {mail.state} ({mail.last_text}), sent: {mail.message_id in sent}")
    if len(acts) != len(ACTS) + 1:
        result.wrong.append(f"only {[what for what, _pk, _becomes in acts]} could be done")
    return result
