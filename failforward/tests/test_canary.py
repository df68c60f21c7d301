"""What is sealed or private leaks nowhere: a word planted there is looked for in everything that anybody can get."""

import datetime as dt
import io
import logging

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import path, reverse

from actions.models import Answer, AskerReply, CoachingTalk, Commitment, FollowUp
from failforward import testing, urls
from failforward.history.models import record
from failforward.outbox.models import CapturedMail, Mail
from failforward.tests import access
from failforward.tests.access import LOGGED_OUT, ROWS
from reviews.models import Addendum, Coding, FailureEvent, OwnPart
from reviews.models.session import Step

pytestmark = pytest.mark.django_db
# All of one length, so that one search for nothing is the measure of each.
SEALED = "zeppelinquartz"
PRIVATE = "walrusmarigold"
TALKED = "ocelotvinegars"
OWN = "narwhalthimble"
# Whoever is on the sealed review, the person of the private commitment, the two of the coaching talk,
# and who wrote down their own part.
ENTITLED = {SEALED: {"rep", "facilitator"}, PRIVATE: {"rep"}, TALKED: {"manager", "rep"}, OWN: {"rep"}}
# On PostgreSQL: whoever may read a planted word, and two who may not.
FEW = ["manager", "rep", "facilitator", "outsider", LOGGED_OUT]
QUERIES = ["", "?totals=1", "?format=csv", "?sort=value", "?state=closed"]


@pytest.fixture
def world():
    world = access.build()
    access.add_reply_token(world)
    plant_sealed(world)
    plant_private(world)
    plant_talk(world)
    plant_own_part(world)
    return world


def plant_sealed(world) -> None:
    cast, sealed = world.cast, world.sealed
    event = testing.event(
        sealed,
        what=f"{SEALED} happened.",
        source=f"{SEALED} says so",
        source_url=f"https://tarnholm.example/{SEALED}",
        interpretation=f"We make {SEALED} of it.",
        author=cast.rep,
        causal_role="caused",
        category="planning",
        verdict="systemic",
        settled_at=testing.NOW,
        finding=world.finding,
    )
    testing.why(world.sealed_event, f"{SEALED} is why.", evidence=f"{SEALED} shows it.")
    testing.why(event, f"{SEALED} was not noticed.", kind="escape", ends_in_person=True)
    waiting = testing.event(sealed, what=f"{SEALED} waits for a reading.", author=cast.rep, causal_role="caused")
    Coding.objects.create(
        event=waiting,
        coder=cast.facilitator,
        category="budget",
        verdict="unsure",
        reason=SEALED,
        submitted_at=testing.NOW,
    )
    Addendum.objects.create(review=sealed, text=f"{SEALED} came to light.", by=cast.rep)
    sealed.suggest_thanks(cast.facilitator, {cast.rep.pk: f"For {SEALED}."})
    sealed.send_thanks(cast.facilitator, testing.NOW)
    access.debrief_of(sealed, f"{SEALED} was their reason.", who=f"{SEALED} Berg", role=SEALED)
    sealed.lesson = f"Mind the {SEALED}."
    sealed.save(update_fields=["lesson"])
    # Its lesson fits the open deal of this world, and is offered to nobody else.
    testing.review(
        cast,
        people=(cast.rep, cast.facilitator),
        visibility="sealed",
        state="closed",
        closed_at=testing.NOW,
        lesson=f"Never {SEALED} again.",
    )
    testing.commitment(
        cast, what=f"Look into {SEALED}.", title=SEALED, review=sealed, team=None, asked_by=cast.facilitator
    )
    for obj in (sealed, event):
        record(obj, "changed", cast.rep, what=SEALED)


def plant_private(world) -> None:
    cast = world.cast
    private = testing.commitment(
        cast,
        private=True,
        asked_by=None,
        team=None,
        what=f"Learn {PRIVATE}.",
        title=PRIVATE,
        with_whom=PRIVATE,
        outcome_wanted=PRIVATE,
        agreed_where=PRIVATE,
    )
    follow_up = FollowUp.objects.create(
        commitment=private, due_on=testing.TODAY, hour=16, zone="Europe/Berlin", due_at=testing.NOW
    )
    answer = Answer.objects.create(
        follow_up=follow_up, status="done", outcome=PRIVATE, learned=PRIVATE, by=cast.rep, answered_at=testing.NOW
    )
    AskerReply.objects.create(answer=answer, kind="thanks", text=PRIVATE, by=cast.rep)
    record(private, "changed", cast.rep, what=PRIVATE)
    asked = Mail.objects.create(
        key="private",
        kind="follow_up",
        subject_id=follow_up.pk,
        recipient=cast.rep,
        due_at=testing.NOW,
        next_at=testing.NOW,
        state="sent",
    )
    for digest, state, why in (
        ("c", "held", "stranger"),
        ("d", "note", "late"),
        ("e", "note", "away"),
        ("f", "quarantined", "too_deep"),
    ):
        reply = access.inbound(
            digest,
            state=state,
            why=why,
            text=f"{PRIVATE} it is.",
            subject=PRIVATE,
            sender=f"{PRIVATE}@x.example",
            answers=asked,
            person=cast.rep,
            raw=PRIVATE.encode(),
        )
        world.objects.setdefault("private_reply", reply)
    world.objects["planted_private"] = private
    world.objects["private_follow_up"] = follow_up


def plant_talk(world) -> None:
    """A talk, and a commitment made in it that others read too: not where it comes from."""
    cast = world.cast
    talk = testing.talk(cast, about=f"We talked about {TALKED}.")
    record(talk, "changed", cast.manager, about=TALKED)
    shared = testing.commitment(cast, talk=talk, team=None)
    world.objects["talked_of"] = shared
    world.objects["planted_talk"] = talk


def plant_own_part(world) -> None:
    """In a review that many read, and once more in the sealed one, where its few readers learn no more."""
    cast = world.cast
    OwnPart.write(world.full, cast.rep, f"I told nobody of the {OWN}.")
    OwnPart.write(world.sealed, cast.rep, f"Nor of this {OWN}.").share(cast.rep)
    OwnPart.objects.filter(review=world.sealed).update(text=f"{SEALED} is what I left undone.")


def addresses(world) -> list[str]:
    """Every page of the table, lists with all that can be asked of them, and the pages of the planted objects."""
    urls = []
    for row in ROWS:
        if row.get is not None:
            args = row.args(world)
            urls += [reverse(row.name, args=args) + query for query in ([""] if args else QUERIES)]
    urls += [reverse("review_detail", args=[world.sealed.pk]), reverse("deal_detail", args=[world.sealed_deal.pk])]
    urls += [reverse("commitment_detail", args=[world.planted_private.pk])]
    urls += [reverse("commitment_detail", args=[world.talked_of.pk])]
    urls += [reverse("talk_detail", args=[world.planted_talk.pk])]
    urls += [reverse("talk_detail", args=[world.planted_talk.pk]) + "?do=history"]
    full = reverse("review_detail", args=[world.full.pk])
    urls += [full, f"{full}?do=part", f"{full}?do=history"]
    for review in (world.full, world.sealed):
        held = reverse("session", args=[review.pk])
        # What is on the wall is kept by the browser, so each says whether it is.
        urls += [f"{held}?step={step}&projector={wall}" for step in Step.values for wall in "01"]
        urls += [f"{held}live/?at={step}&projector=0" for step in Step.values]
    urls += [reverse("held_reply_desk", args=[world.private_reply.pk])]
    return sorted(set(urls))


def clients_of(world) -> dict[str, Client]:
    clients = {LOGGED_OUT: Client()}
    for name, user in world.cast.people.items():
        clients[name] = Client()
        clients[name].force_login(user)
    if testing.once_is_enough():
        return {name: clients[name] for name in FEW}
    return clients


def text_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return f"{response.headers} {body.decode(errors='replace')}"


def pages_that_show(urls: list[str], clients: dict[str, Client]) -> tuple[list[str], set[tuple[str, str]]]:
    """Which page shows a planted word to whom it must not, and who was shown which word at all."""
    leaks, shown = [], set()
    for who, client in clients.items():
        for url in urls:
            text = text_of(client.get(url))
            for word, entitled in ENTITLED.items():
                # What somebody typed into the address comes back to them; that is no leak.
                if word not in text or word in url:
                    continue
                shown.add((word, who))
                if who not in entitled:
                    leaks.append(f"{url} shows {word} to {who}")
    return leaks, shown


def test_what_is_sealed_or_private_is_on_nobody_elses_page(world, caplog):
    caplog.set_level(logging.DEBUG)
    leaks, shown = pages_that_show(addresses(world), clients_of(world))
    assert leaks == []
    assert shown == {(word, who) for word, entitled in ENTITLED.items() for who in entitled}
    assert [word for word in ENTITLED if word in caplog.text] == []


def test_a_search_for_it_finds_as_much_as_a_search_for_nothing(world):
    """Somebody who may not see it gets the same count for the planted word as for a word that is nowhere."""
    told = []
    for who, client in clients_of(world).items():
        for row in ROWS:
            if row.get is None or row.args(world) or row.public:
                continue
            url = reverse(row.name)
            nothing = found(client, url, "x" * len(SEALED))
            for word, entitled in ENTITLED.items():
                if who not in entitled:
                    text = found(client, url, word)
                    if len(text) != len(nothing):
                        told.append(f"{url} tells {who} about {word}")
                    others = [other for other, readers in ENTITLED.items() if other in text and who not in readers]
                    told += [f"{url} shows {other} to {who} who looks for {word}" for other in others]
    assert told == []


def found(client: Client, url: str, term: str) -> str:
    return text_of(client.get(f"{url}?q={term}")).replace(term, "")


def test_what_is_sealed_or_private_is_in_nobody_elses_mail(world):
    from actions.follow_ups import plan_next

    plan_next(world.planted_private)
    plan_next(world.talked_of)
    later = testing.NOW + dt.timedelta(days=30)
    call_command("run_due", "--now", later.isoformat(), stdout=io.StringIO())
    emails = {user.email: name for name, user in world.cast.people.items()}
    leaks = []
    for address, body in [
        *Mail.objects.exclude(body=None).values_list("address", "body"),
        *CapturedMail.objects.values_list("address", "body"),
    ]:
        for word, entitled in ENTITLED.items():
            if word in bytes(body).decode(errors="replace") and emails.get(address) not in entitled:
                leaks.append(f"a mail to {address} holds {word}")
    assert leaks == []


def forgetful(request) -> HttpResponse:
    """A page that forgets to ask who is reading."""
    words = [*FailureEvent.objects.values_list("what", flat=True), *Commitment.objects.values_list("what", flat=True)]
    words += CoachingTalk.objects.values_list("about", flat=True)
    words += OwnPart.objects.values_list("text", flat=True)
    return HttpResponse("\n".join(words))


urlpatterns = [path("forgetful/", forgetful, name="forgetful"), *urls.urlpatterns]


@pytest.mark.urls(__name__)
def test_a_leak_would_be_found(world):
    """The net itself: the same search over a page that does leak."""
    clients = clients_of(world)
    leaks, _shown = pages_that_show(["/forgetful/"], clients)
    assert set(leaks) == {
        f"/forgetful/ shows {word} to {who}"
        for word, entitled in ENTITLED.items()
        for who in clients
        if who not in entitled
    }
