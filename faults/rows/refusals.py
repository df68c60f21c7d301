"""Mail servers that say no: for now, until the next try, or for good."""

import time
from collections.abc import Iterator
from datetime import timedelta

from faults.registry import fault
from faults.sink import Rule
from faults.table import Result
from faults.world import World

PUT_OFF = ("421 4.3.2", "450 4.2.1", "451 4.7.1", "452 4.3.1")
CROWDED = ("432 4.7.12",)
STAGES = ("mail", "rcpt", "data", "end")
# Seconds until the next try, by the number of tries, give or take a fifth.
LATER = (30, 60, 300, 900, 1800, 3600)
GREYLISTED = (300, 600, 1200, 2400, 3600)
SPREAD = (60, 600)
GREY = Rule("rcpt", "451 4.7.1 greylisted, come back", greylist=300)


@fault(10, "4xx at each stage", ci=True)
def put_off(world: World) -> Iterator[Result]:
    world.start()
    yield refused_for_now(world, PUT_OFF)
    # By themselves: what is claimed together with such a one waits with it.
    yield refused_for_now(world, CROWDED)


def refused_for_now(world: World, codes: tuple[str, ...]) -> Result:
    tries, before = world.count(full=3, ci=1), sum(world.sink.read().did.values())
    each = [(stage, code) for stage in STAGES for code in codes]
    world.sink.behave(*(refusal(stage, code, number, tries) for number, (stage, code) in enumerate(each)))
    world.promise(len(each), shares=(1,))
    waits: dict[tuple[int, int], str] = {}
    world.wait(lambda: goes_on(world, waits), 120, "the end of what was put off")
    name = f"{world.fault.name}: {', '.join(code[:3] for code in codes)}"
    result = world.judge(name, injected=sum(world.sink.read().did.values()) - before)
    result.wrong += sorted(set(filter(None, waits.values())))
    if result.injected != len(each) * tries:
        result.wrong.append(f"{len(each) * tries} refusals were meant")
    if len(waits) < result.injected / 2:
        result.wrong.append(f"only {len(waits)} waits were seen")
    result.notes.append(f"{len(waits)} waits looked at, then shortened")
    return result


def refusal(stage: str, code: str, number: int, tries: int) -> Rule:
    """At MAIL nobody knows yet who it is for; from then on each is for one person."""
    to = "" if stage == "mail" else f"p{number:03}@"
    return Rule(stage, f"{code} not now, said at {stage}", to, times=tries)


def goes_on(world: World, waits: dict[tuple[int, int], str]) -> bool:
    """Looks whether what was put off waits as long as it should, and then does not wait."""
    from failforward.outbox.models import MailAttempt, State

    waiting = MailAttempt.objects.filter(mail__state=State.RETRY).select_related("mail").defer("mail__body")
    looked_at = list(waiting.order_by("mail", "-number"))
    for one in looked_at:
        if one.number == one.mail.attempts and one.mail.next_at > one.finished_at + timedelta(seconds=5):
            waits[one.mail_id, one.number] = wrong_wait(one)
    world.hurry([one.mail_id for one in looked_at])
    return not world.unsent()


def wrong_wait(one) -> str:
    waits = (one.mail.next_at - one.finished_at).total_seconds()
    least, most = wait_for(one.code, one.text, one.number)
    # The clock goes on between the note of the answer and the reckoning of the next try.
    fine = least - 2 <= waits <= most + 2
    return "" if fine else f"{one.text} waits {waits:.0f} s for try {one.number + 1}, not {least:.0f} to {most:.0f}"


def wait_for(code: int, text: str, tries: int) -> tuple[float, float]:
    if code == 432:
        return SPREAD
    pauses = GREYLISTED if code in (450, 451) and text.endswith("at rcpt") else LATER
    pause = pauses[min(tries, len(pauses)) - 1]
    return pause * 0.8, pause * 1.2


@fault(11, "greylisting, five minutes")
def greylisted(world: World) -> Iterator[Result]:
    """Both clocks go on a minute at a time: the server's, and ours by moving what waits."""
    from failforward.outbox.models import Mail

    world.sink.behave(GREY)
    world.promise(40, shares=(1,))
    world.start()
    world.wait(lambda: not due_now(), 60, "the first try of all")
    for minute in range(1, 60):
        if not world.unsent():
            break
        world.sink.behave(GREY, clock=60 * minute)
        a_minute_passes()
        world.wait(lambda: not due_now(), 60, "a minute's tries")
    result = world.judge(injected=world.sink.read().did["rcpt " + GREY.do])
    tries = sorted(set(Mail.objects.values_list("attempts", flat=True)))
    result.notes.append(f"delivered at try {' or '.join(map(str, tries))}, {minute} minutes of a moved clock")
    if not {2, 3}.issuperset(tries):
        result.wrong.append(f"tries: {tries}")
    yield result


def due_now() -> int:
    from failforward.outbox.clock import database_now
    from failforward.outbox.models import CLAIMABLE, Mail, State

    return Mail.objects.filter(state__in=[State.PLANNED, *CLAIMABLE], next_at__lte=database_now()).count() + (
        Mail.objects.filter(state__in=[State.CLAIMED, State.SENDING]).count()
    )


def a_minute_passes() -> None:
    from django.db.models import F

    from failforward.outbox.models import Mail, State

    Mail.objects.filter(state=State.RETRY).update(next_at=F("next_at") - timedelta(minutes=1))


FOR_GOOD = {
    "p000@": Rule("rcpt", "550 5.1.1 user unknown", "p000@"),
    "p001@": Rule("end", "552 5.3.4 too big", "p001@"),
    "p002@": Rule("end", "554 5.7.1 policy", "p002@"),
    "p003@": Rule("data", "554 5.7.1 policy", "p003@"),
}


@fault(12, "5xx for good")
def refused_for_good(world: World) -> Iterator[Result]:
    from failforward.accounts.models import User
    from failforward.outbox.models import Mail, State
    from failforward.outbox.waiting import failures

    world.sink.behave(*FOR_GOOD.values())
    world.promise(60, shares=(1,))
    world.start()
    world.wait_until_sent()
    world.pause(3)  # Whatever would be tried again had a tick or two to do so.
    refused = list(Mail.objects.filter(state=State.FAILED).select_related("recipient"))
    for mail in refused:
        world.promised.pop(mail.follow_ups.get().commitment_id)
    did = world.sink.read().did
    result = world.judge(injected=sum(did.values()))
    if {mail.address[:5] for mail in refused} != FOR_GOOD.keys() or set(did.values()) != {1}:
        result.wrong.append(f"refused: {sorted(mail.address for mail in refused)}, answers: {dict(did)}")
    if any(mail.attempts != 1 for mail in refused) or sum(number for _why, number in failures()) != len(refused):
        result.wrong.append("not seen by the operator, each after one try")
    flagged = set(User.objects.exclude(address_trouble="").values_list("email", flat=True))
    if {address[:5] for address in flagged} != {"p000@"}:
        result.wrong.append(f"addresses flagged: {sorted(flagged)}")
    yield result


BROKEN = {
    "535 at login": Rule("login", "535 5.7.8 wrong password"),
    "a certificate of somebody else": Rule("tls", "lie"),
    "no STARTTLS": Rule("ehlo", "without STARTTLS"),
}


@fault(12, "the way out is broken")
def channel_broken(world: World) -> Iterator[Result]:
    from django.utils import timezone

    from failforward.outbox import channel
    from failforward.outbox.models import Mail, MailAttempt

    way = {"EMAIL_URL": f"smtp+tls://ask:secret@localhost:{world.sink.port}"}
    world.start(**way, SSL_CERT_FILE=str(world.sink.certificate))
    for name, rule in BROKEN.items():
        world.sink.behave(rule)
        before, alerts = MailAttempt.objects.count(), alerts_of(world)
        world.promise(60, shares=(1,))
        world.wait(channel.paused, 60, "the pause")
        world.pause(4)
        result = Result(12, name, world.database)
        tried = MailAttempt.objects.count() - before
        burnt = Mail.objects.filter(follow_ups__commitment__in=world.promised, attempts__gt=0).count()
        told = alerts_of(world) - alerts
        world.sink.behave()
        channel.probe_soon(timezone.now())
        seconds = world.wait_until_sent()
        did = world.sink.read().did[f"{rule.at} {rule.do}"]
        result = world.judge(f"{world.fault.name}: {name}", injected=did)
        if tried or burnt or told != 1:
            result.wrong.append(f"{tried} tries noted, {burnt} counted, {told} alerts")
        result.notes.append(f"all sent {seconds:.1f} s after it was mended")
        yield result
        time.sleep(1)


def alerts_of(world: World) -> int:
    return sum(program.log.read_text(errors="replace").count("Mail is paused") for program in world.crew.values())
