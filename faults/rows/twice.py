"""The same thing said twice, at the same moment."""

import multiprocessing
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from faults.registry import fault
from faults.table import Result
from faults.world import World

PRESSES = 50
SITE = {"REPLY_ADDRESS": "reply@mail.firm.internal"}
LINK = re.compile(r"http://127\.0\.0\.1:\d+/f/\S+")
FIELD = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
fork = multiprocessing.get_context("fork")


@fault(19, "the same said twice at once", ci=True, settings=SITE)
def said_twice(world: World) -> Iterator[Result]:
    world.start()
    if not world.embedded:
        world.start_site()
    world.promise(world.count(full=12, ci=3), shares=(1,))
    world.wait_until_sent()
    world.wait(lambda: world.get("/healthz")[0] == 200, 60, "the site")
    mails = [asked_about(world, pk) for pk in world.promised]
    asked = world.judge("asked, to begin with", injected=len(mails))
    presses, both = mails[:1], mails[1:]
    yield accepted_twice(world, world.count(full=20, ci=4))
    yield answered_both_ways(world, both)
    yield pressed(world, *presses[0])
    if not asked.is_fine:
        yield asked


def asked_about(world: World, commitment: int) -> tuple[int, bytes]:
    """A promise and the mail that asks about it."""
    from failforward.outbox.models import Mail

    mail = Mail.objects.get(follow_ups__commitment=commitment)
    return commitment, world.sink.kept(mail.message_id)


# --- the same request accepted in two processes


def accepted_twice(world: World, rounds: int) -> Result:
    from django.utils import timezone

    from actions.models import Commitment
    from failforward.accounts.models import User

    asker, person = User.objects.filter(name__startswith="Person").order_by("-pk")[:2]
    wrong: list[str] = []
    for _round in range(rounds):
        on = timezone.localdate() + timedelta(days=30)
        asked = Commitment.request(asker, person, "Bring the demo unit", on)
        codes = at_once(lambda pk=asked.pk: accept(pk))
        wrong += one_of_each(asked.pk, codes)
    result = Result(19, f"{world.fault.name}: accepted in two processes", world.database, injected=rounds)
    result.wrong += wrong
    return result


def accept(pk: int) -> None:
    from actions.models import Commitment

    commitment = Commitment.objects.get(pk=pk)
    commitment.accept(commitment.person)


def one_of_each(pk: int, codes: list[int]) -> list[str]:
    from actions.models import FollowUp
    from failforward.outbox.models import Mail

    follow_ups = FollowUp.objects.filter(commitment=pk).values_list("pk", flat=True)
    mails = Mail.objects.filter(kind="follow_up", subject_id__in=list(follow_ups)).count()
    return [] if (len(follow_ups), mails, codes) == (1, 1, [0, 0]) else [f"{len(follow_ups)} follow-ups, exits {codes}"]


def at_once(*works: Callable[[], None]) -> list[int]:
    """Each work in two processes, or each of several in its own, begun in the same millisecond; their exit codes."""
    from django.db import connections

    connections.close_all()
    works = works * 2 if len(works) == 1 else works
    ready = fork.Barrier(len(works))
    processes = [fork.Process(target=begin, args=(ready, work)) for work in works]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    return [process.exitcode for process in processes]


def begin(ready, work: Callable[[], None]) -> None:
    from django.db import connection

    connection.ensure_connection()
    ready.wait(30)
    work()


# --- by the link and by a reply


def answered_both_ways(world: World, mails: list[tuple[int, bytes]]) -> Result:
    result = Result(19, f"{world.fault.name}: by link and by reply", world.database, injected=len(mails))
    for commitment, mail in mails:
        browser = Browser(link_in(mail))
        codes = at_once(lambda b=browser: b.press("done"), lambda m=mail: reply(m))
        result.wrong += one_answer(commitment) + ([f"exits {codes}"] if any(codes) else [])
    return result


def reply(asked: bytes) -> None:
    from failforward.inbound import reading
    from failforward.inbound.models import Channel
    from failforward.inbound.storing import store

    store([answer_to(asked)], Channel.PIPE)
    reading.read_due()


def answer_to(asked: bytes) -> bytes:
    question = message_from_bytes(asked, policy=policy.default)
    mail = EmailMessage()
    mail["From"], mail["To"] = question["To"], question["Reply-To"]
    mail["Subject"] = f"Re: {question['Subject']}"
    mail["Message-ID"] = "<answer-" + question["Message-ID"].strip("<>").split("@")[0] + "@phone.example>"
    mail["In-Reply-To"] = question["Message-ID"]
    mail.set_content("Done. They took it.")
    return mail.as_bytes()


def one_answer(commitment: int, next_ones: int = 0) -> list[str]:
    from actions.models import Answer, Commitment, FollowUp

    found = {
        "answers": (Answer.objects.filter(follow_up__commitment=commitment).count(), 1),
        "questions": (FollowUp.objects.filter(commitment=commitment).count(), 1),
        "next commitments": (Commitment.objects.filter(previous=commitment).count(), next_ones),
        "questions about the next": (FollowUp.objects.filter(commitment__previous=commitment).count(), next_ones),
    }
    return [f"{seen} {name}, not {meant}" for name, (seen, meant) in found.items() if seen != meant]


# --- the link, many times


def pressed(world: World, commitment: int, mail: bytes) -> Result:
    browser, ready = Browser(link_in(mail)), threading.Barrier(PRESSES)

    def press(_number: int) -> int:
        ready.wait(30)
        return browser.press("done", next_what="Send the offer", next_on="2027-03-01")

    with ThreadPoolExecutor(PRESSES) as pool:
        said = Counter(pool.map(press, range(PRESSES)))
    result = Result(
        19, f"{world.fault.name}: the link pressed {PRESSES} times", world.database, injected=sum(said.values())
    )
    result.wrong += one_answer(commitment, next_ones=1)
    if any(status >= 500 or status == 0 for status in said):
        result.wrong.append(f"the site answered {dict(said)}")
    result.notes.append(f"answers {dict(sorted(said.items()))}")
    return result


class Browser:
    """Opens the page of a link once, and then sends its form as often as it is told to."""

    def __init__(self, link: str) -> None:
        self.link, self.cookies = link, CookieJar()
        self.field = FIELD.search(self.ask(self.link)[1])[1]

    def press(self, status: str, **words: str) -> int:
        form = {"csrfmiddlewaretoken": self.field, "status": status, "seen": "", **words}
        return self.ask(self.link, urlencode(form).encode())[0]

    def ask(self, url: str, data: bytes | None = None) -> tuple[int, str]:
        opener = build_opener(HTTPCookieProcessor(self.cookies))
        try:
            with opener.open(url, data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode(errors="replace")


def link_in(mail: bytes) -> str:
    text = message_from_bytes(mail, policy=policy.default).get_body(("plain",)).get_content()
    return LINK.search(text)[0].split("?")[0]
