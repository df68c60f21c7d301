"""One mail of every kind that people get, captured as a mail program would store it."""

import datetime as dt

from django.utils import timezone

from actions import answers, checks_due, follow_ups, meetings, passing_on
from actions.inbound import telling
from actions.models import Commitment, Meeting, MeetingSeries, Partner, Recurrence, SilenceStep, SponsorRequest
from actions.models.silence import Step
from actions.rhythm import silence, unreached
from actions.rhythm.rounds import mail_of_the_day
from actions.sponsors import letters
from actions.sponsors import silence as silence_of_sponsors
from failforward import testing
from failforward.inbound.models import InboundMail
from failforward.outbox import catalogue, plan, run_due
from failforward.outbox.mailbox import Link, Opened
from failforward.outbox.models import CapturedMail, Mail
from failforward.testing import Cast
from reviews import capture
from reviews.models import HandOff, OwnPart

# What django-allauth writes; it has no link to anything of ours that a scanner could press.
NOT_OURS = {"message"}


def send_all(cast: Cast) -> list[Link]:
    """The links of them all."""
    now = timezone.now()
    today = timezone.localdate(now)

    def promise(what: str) -> Commitment:
        return Commitment.make(cast.rep, cast.rep, what, today, now=now, asked_by=cast.manager)

    follow_ups.ask_at(follow_ups.waiting_for(promise("Try the gateways")), now)
    stuck = follow_ups.waiting_for(promise("Ask their IT"))
    answer = answers.give(stuck, cast.rep, "stuck", via="desk", now=now, outcome="Nobody answers.")
    answer.reply(cast.manager, "thanks", now=now)
    Commitment.request(cast.manager, cast.rep, "Ring the plant", today, now=now)
    Commitment.request(cast.manager, cast.other_rep, "Ring the board", today, now=now).decline(
        cast.other_rep, "No time.", now=now
    )
    third_date(cast, now, today)
    capture.ask_owner(testing.review(cast), cast.manager, now)
    thanks(cast, now)
    hand_over(cast, today)
    several(cast, now, today)
    partners(cast, now, today)
    come_back(cast, now)
    check_due(cast, now, today)
    of_sponsors(cast, now, today)
    meet(cast, now)
    run_due()
    # Long enough after for a reminder, on whatever day it is.
    assert silence_of_sponsors.remind(now + dt.timedelta(days=4, hours=12)) == 1
    replies(cast, now)
    unreached_one(now)
    run_due(now + dt.timedelta(days=8))
    sent = CapturedMail.objects.select_related("mail")
    kinds = sorted({one.mail.kind for one in sent})
    assert kinds == sorted(set(catalogue.kinds) - NOT_OURS), kinds
    return [link for one in sent for link in Opened(one).ours]


def of_sponsors(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """One who is asked and reminded, one who answers, and the letter about what waits."""
    owned = testing.action_list(cast)
    SponsorRequest.ask(cast.list_owner, owned, "A spare unit", today + dt.timedelta(1), now=now, today=today)
    asked = SponsorRequest.ask(cast.manager, owned, "A second reader", today, now=now, today=today)
    asked.give(cast.sponsor, "declined", "Not this year.", now=now, today=today)
    letters.plan_month(now)


def partners(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """One who is asked, and one who said yes and is told of silence."""
    for person in (cast.partner, cast.sponsor):
        made = Commitment.make(cast.rep, cast.rep, f"Tidy up with {person}", today, now=now, private=True)
        asked = Partner.ask(made, cast.rep, person, now)
    asked.agree(now)
    follow_ups.ask_at(made.follow_ups.get(), now - dt.timedelta(minutes=1))
    mail = mail_of_the_day(silence.MAILS[Step.PARTNER], cast.sponsor, now)
    SilenceStep.take(made.follow_ups.get(), Step.PARTNER, cast.sponsor, mail, now)


def thanks(cast: Cast, now: dt.datetime) -> None:
    """One who is thanked, and the sponsor who is asked to thank another."""
    for facilitator, sponsor in ((cast.facilitator, cast.sponsor), (cast.manager, None)):
        review = testing.review(cast, people=(cast.rep, facilitator), sponsor=sponsor)
        testing.event(review, causal_role="caused", category="planning", verdict="one_off", settled_at=now)
        review.suggest_thanks(facilitator, {cast.rep.pk: "For the honest timeline."})
        review.close(facilitator, now)


def hand_over(cast: Cast, today: dt.date) -> None:
    """What the seller says of their own part is brought to production."""
    won = testing.deal(cast, outcome="won", lost_on=None)
    handed = HandOff.open(won, cast.manager, cast.rep, cast.support, today)
    OwnPart.write(handed.review, cast.rep, "I never told them about the crane.").share(cast.rep)


def come_back(cast: Cast, now: dt.datetime) -> None:
    """A fix that did not last: its list's owner and sponsor hear of it."""
    finding = testing.finding(cast, state="fixed", fixed_on=dt.date(2026, 2, 1))
    done = {"state": "effective", "done_criterion": "Not seen", "claimed_done_at": now - dt.timedelta(days=200)}
    testing.action(cast, **done).findings.add(finding)
    review = testing.review(cast, people=(cast.manager,))
    event = testing.event(review, causal_role="caused", category="planning", verdict="systemic", settled_at=now)
    Recurrence.objects.create(event=event, finding=finding, proposed_at=now).accept(cast.manager, now=now)


def several(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """A digest, two answers for the daily mail, and what follows silence."""
    for number in range(4):
        made = Commitment.make(cast.facilitator, cast.facilitator, f"Thing {number}", today, now=now)
        follow_ups.ask_at(follow_ups.waiting_for(made), now)
    for what in ("Send the minutes", "Book the room"):
        made = Commitment.make(cast.rep, cast.rep, what, today, now=now, asked_by=cast.manager)
        answers.give(follow_ups.waiting_for(made), cast.rep, "done", via="desk", now=now)
    owned = testing.action_list(cast, sponsor_step=True)
    action = testing.action(cast, action_list=owned)
    made = Commitment.make(cast.support, cast.support, "Count the quotes", today, now=now, action=action)
    follow_ups.ask_at(made.follow_ups.get(), now - dt.timedelta(minutes=1))
    for step, to in ((Step.NUDGE, cast.support), (Step.LIST_OWNER, owned.owner), (Step.SPONSOR, owned.sponsor)):
        mail = mail_of_the_day(silence.MAILS[step], to, now)
        SilenceStep.take(made.follow_ups.get(), step, to, mail, now)


def replies(cast: Cast, now: dt.datetime) -> None:
    """Two that came in: one waits for the person's word, one is kept beside the answer."""
    asked = Mail.objects.filter(kind="follow_up", state="sent").select_related("recipient").first()
    for kind, state, why in ((telling.HELD, "held", "unclear"), (telling.TAKEN, "note", "late")):
        came_in = {"sha256": kind, "size": 0, "channel": "pipe", "received_at": now, "next_at": now}
        reply = InboundMail.objects.create(
            **came_in, state=state, why=why, text="It went", answers=asked, person=asked.recipient
        )
        plan(f"{kind}:{reply.pk}", kind, asked.recipient, now, subject_id=reply.pk)
    note = {
        "channel": "pipe",
        "received_at": now,
        "next_at": now,
        "answers": asked,
        "text": "It went",
        "settled_by": cast.admin,
    }
    passed = InboundMail.objects.create(sha256="passed", size=0, state="note", sender="a@b.example", **note)
    plan(passing_on.KIND, passing_on.KIND, asked.recipient, now, subject_id=passed.pk)


def unreached_one(now: dt.datetime) -> None:
    """What came back of a list, for its owner."""
    asked = Mail.objects.filter(kind="follow_up", state="sent", follow_ups__commitment__action_list__isnull=False)
    assert asked.first().bounced("550 5.1.1 no such user", now)
    assert unreached.tell(now) == 1


def check_due(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """A fix whose day to be looked at has come."""
    done_at = now - dt.timedelta(days=100)
    fix = testing.action(cast, state="claimed_done", done_criterion="Not seen", claimed_done_at=done_at)
    fix.plan_check(cast.list_owner, today=today, checker=cast.facilitator)
    assert checks_due.tell(now) == 1


def meet(cast: Cast, now: dt.datetime) -> None:
    """A weekly meeting that is planned, once moved and then skipped, one held with minutes, and somebody who left the
    list."""
    owned = testing.action_list(cast, people=(cast.rep, cast.facilitator))
    testing.action(cast, action_list=owned)
    MeetingSeries.plan(cast.list_owner, owned, now=now)
    run_due()
    owned.remove_person(cast.list_owner, cast.facilitator)
    ahead = owned.meetings.get()
    ahead.move(cast.list_owner, ahead.starts_at + dt.timedelta(hours=20), "The fair.", "Room 4", now=now)
    run_due()
    owned.meetings.get().skip(cast.list_owner, "Most of us are at the fair.", now=now)
    held = Meeting.call(cast.list_owner, testing.action_list(cast, people=(cast.rep,)), now=now)
    held.begin(cast.list_owner, {cast.list_owner.pk}, now=now)
    meetings.close(held, cast.list_owner, now=now)


def third_date(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """Asked for by the person, after two moves that their asker hears of."""
    action = testing.action(cast, state="committed", done_criterion="Not seen", no_steps_needed=True)
    milestone = action.add_milestone(cast.list_owner, "The sheet is in use", today, today=today)
    made = Commitment.make(
        cast.rep, cast.rep, "Try the sheet", today, now=now, milestone=milestone, asked_by=cast.manager
    )
    for days in (1, 2, 3):
        made.move(cast.rep, today + dt.timedelta(days=days), "The plant is closed", now=now)
