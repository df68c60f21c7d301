"""What happens when nobody answers: a reminder, somebody who may help, the meeting. Each step once, and all of them
counted from when the question really went out."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from actions.models import ActionList, Commitment, FollowUp, Partner, SilenceStep
from actions.models.silence import Step
from actions.readers import partner_of
from actions.rhythm.rounds import mail_of_the_day
from failforward import working_days
from failforward.accounts import times
from failforward.accounts.models import User
from failforward.versions import hold

NUDGED_AFTER = 1  # working days of the person, here and below
HANDED_ON_AFTER = 2
SPONSOR_AFTER = 1
# Long enough for the steps of one tick to meet in one mail.
GATHERED_FOR = timedelta(minutes=1)
BATCH = 200
LONGEST_RUN = 50  # batches

MAILS = {
    Step.NUDGE: "nudge",
    Step.PARTNER: "partner_help",
    Step.LIST_OWNER: "unanswered",
    Step.ASKER: "unanswered",
    Step.SPONSOR: "sponsor_help",
}


@dataclass(frozen=True)
class Rung:
    step: str
    to: User | None = None


def mind(now: datetime) -> int:
    """Starts the clocks of what was asked and takes the steps that are due; answers how many were taken."""
    start_clocks(now)
    taken = 0
    for _batch in range(LONGEST_RUN):
        due = list(FollowUp.objects.silent(now).order_by("next_step_at").values_list("pk", flat=True)[:BATCH])
        taken += sum(take_step(pk, now) for pk in due)
        if len(due) < BATCH:
            break
    return taken


def start_clocks(now: datetime) -> None:
    for _batch in range(LONGEST_RUN):
        asked = FollowUp.objects.just_asked(now).select_related("commitment__person", "mail").defer("mail__body")
        asked = asked.prefetch_related("commitment__person__absences")
        rows = list(asked.order_by("due_at")[:BATCH])
        for row in rows:
            row.next_step_at = times.after(row.commitment.person, row.mail.sent_at, NUDGED_AFTER)
        FollowUp.objects.bulk_update(rows, ["next_step_at"])
        if len(rows) < BATCH:
            break


@transaction.atomic
def take_step(pk: int, now: datetime) -> bool:
    """False when it was answered meanwhile, or when the person is away and the step waits for them."""
    follow_up = FollowUp.objects.select_related("commitment").get(pk=pk)
    hold(follow_up.commitment)
    follow_up.refresh_from_db(fields=["state", "next_step_at"])
    if not FollowUp.objects.silent(now).filter(pk=pk).exists():
        return False
    person = follow_up.commitment.person
    back_at = times.due(person, working_days.local_date(now, person.time_zone))
    if working_days.local_date(back_at, person.time_zone) > working_days.local_date(now, person.time_zone):
        wait_until(follow_up, back_at)
        return False
    ahead = rungs_ahead(follow_up)
    if ahead:
        climb(follow_up, ahead[0], now)
    wait_until(follow_up, moment_of(ahead[1], follow_up.commitment, now) if len(ahead) > 1 else None)
    return bool(ahead)


def climb(follow_up: FollowUp, rung: Rung, now: datetime) -> None:
    mail = None
    if rung.to is not None and not (rung.step == Step.NUDGE and not rung.to.nudges):
        mail = mail_of_the_day(MAILS[rung.step], rung.to, reachable_at(rung.to, now), follow_up.batch_id)
    SilenceStep.take(follow_up, rung.step, rung.to, mail, now)


def reachable_at(person: User, now: datetime) -> datetime:
    """In a minute on a working day of theirs, else at their hour of the next one."""
    soon = now + GATHERED_FOR
    on = working_days.local_date(soon, person.time_zone)
    working = times.due(person, on)
    return soon if working_days.local_date(working, person.time_zone) == on else working


def rungs_ahead(follow_up: FollowUp) -> list[Rung]:
    """The steps not taken yet; whoever was reached already is not reached again."""
    taken = {one.step: one.to_id for one in follow_up.silence_steps.all()}
    reached, ahead = set(taken.values()) - {None}, []
    for rung in ladder(follow_up.commitment):
        if rung.step in taken or rung.to is not None and (rung.to.pk in reached or not rung.to.is_active):
            continue
        reached |= {rung.to.pk} if rung.to else set()
        ahead.append(rung)
    return ahead


def ladder(commitment: Commitment) -> list[Rung]:
    """First the partner who said yes; for a private one nobody else. On a list: its owner, the meeting, and the
    sponsor where that is wanted. Else: who asked for it."""
    partner = partner_of(commitment)
    rungs = [Rung(Step.NUDGE, commitment.person), *([Rung(Step.PARTNER, partner.person)] if partner else [])]
    if commitment.private:
        return rungs
    on_list = commitment.action_list
    if on_list is None:
        return rungs + ([Rung(Step.ASKER, commitment.asked_by)] if commitment.asked_by else [])
    rungs += [Rung(Step.LIST_OWNER, on_list.owner), Rung(Step.MEETING)]
    return rungs + ([Rung(Step.SPONSOR, on_list.sponsor)] if on_list.sponsor_step and on_list.sponsor else [])


def moment_of(rung: Rung, commitment: Commitment, now: datetime) -> datetime:
    if rung.step == Step.MEETING:
        return commitment.action_list.meets_next_at(now)
    return times.after(commitment.person, now, SPONSOR_AFTER if rung.step == Step.SPONSOR else HANDED_ON_AFTER)


def follow_meeting(owned: ActionList, now: datetime) -> None:
    """The next meeting of the list is at another time, and so is the step that waits for it. A step that is taken at
    this moment stays as it is."""
    meets_at = owned.meets_next_at(now)
    waiting = FollowUp.objects.waiting().filter(commitment__action_list=owned.pk, next_step_at__gt=now)
    read = ["commitment__person", "commitment__review", "commitment__action_list__owner"]
    read += ["commitment__action_list__sponsor"]
    rows = waiting.exclude(next_step_at=meets_at).select_related(*read)
    for row in rows.prefetch_related("silence_steps", "commitment__partners__person"):
        ahead = rungs_ahead(row)
        if ahead and ahead[0].step == Step.MEETING:
            waiting.filter(pk=row.pk, next_step_at=row.next_step_at).update(next_step_at=meets_at)


def wait_until(follow_up: FollowUp, when: datetime | None) -> None:
    follow_up.next_step_at, follow_up.silence_over = when, when is None
    follow_up.save(update_fields=["next_step_at", "silence_over"])


def steps_in(pk: int | None):
    """The steps of this mail whose questions are still open; for a partner, as long as they are one."""
    still = FollowUp.objects.waiting().values("pk")
    helping = Partner.objects.helping().filter(commitment=OuterRef("follow_up__commitment"), person=OuterRef("to"))
    steps = SilenceStep.objects.filter(~Q(step=Step.PARTNER) | Exists(helping), mail=pk, follow_up__in=still)
    return steps.order_by("follow_up__due_at", "pk")


def still_wanted(pk: int | None) -> bool:
    return steps_in(pk).exists()
