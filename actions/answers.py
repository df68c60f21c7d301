"""Giving and changing an answer, with everything that follows from it: one transaction, the commitment held."""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.models import Answer, AnswerToken, Commitment, FollowUp
from actions.models.answer import AnswerQuerySet, Status
from actions.models.follow_up import State as FollowUpState
from actions.models.promise import OPEN_STATES
from actions.permissions import can_answer
from actions.rhythm.daily import tell_asker
from actions.said import Said, checked, said_by, trimmed
from failforward import working_days
from failforward.accounts import times
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history import record
from failforward.versions import hold

ASKED_AGAIN_WHEN_STUCK = 5  # working days
LINK_LIVES_AFTER_ANSWER = timedelta(days=30)


class AnsweredAlready(Refused):
    """There is an answer the person did not look at; `stamp` is its version."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(
            _("You answered this already: %(answer)s. Send again if this one shall stand instead.")
            % {"answer": answer.get_status_display()}
        )
        self.stamp = answer.stamp


def for_asker(user: User) -> AnswerQuerySet:
    """Answers to what `user` asked for that they have neither heard nor replied to, newest first."""
    open_ones = Answer.objects.asked_by(user).not_replied_to_by(user).not_heard_by(user)
    return open_ones.for_desk().order_by("-answered_at", "-pk")


def give(
    follow_up: FollowUp,
    by: User,
    status: str,
    *,
    via: str = Answer.Via.LINK,
    now: datetime | None = None,
    seen: str | None = None,
    done_on: date | None = None,
    followed: bool = False,
    heard_by: Collection[int] = (),
    **words,
) -> Answer:
    """Answers the question, or changes the answer within seven days. The same answer again changes nothing.

    `seen` is the `stamp` of the answer the person was looking at ("" for none): what they have not seen they do not
    overwrite. `done_on` is the day it was done, today when not said. `followed`: another promise takes the place of
    what is done in part. `heard_by` (ids of people) were there when it was said: no mail tells them. What was settled
    or moved meanwhile refuses no answer: its words are kept and reach the asker, and it changes what can still be
    changed.
    """
    now = now or timezone.now()
    with transaction.atomic():
        commitment = follow_up.commitment
        hold(commitment)
        follow_up = still_asked(follow_up, commitment)
        today = working_days.local_date(now, commitment.person.time_zone)
        said = checked(Said(status, **trimmed(words)), today, followed)
        answer = answer_to(follow_up)
        before = said_by(answer) if answer else None
        on = kept_on(follow_up, done_on, today)
        other_effects = before is None or before.effects() != said.effects() or other_day(answer, done_on and on)
        if before == said and not other_effects:
            return answer
        guard(follow_up, commitment, by, answer, now, seen)
        if answer is None:
            answer = first_answer(follow_up, by, now)
        elif other_effects and not answer.too_late:
            take_back(answer, by)
        put_words(answer, said, via, changed_at=now if before else None)
        record(commitment, "answer_changed" if before else "answered", by, status=status, via=via)
        if other_effects and not answer.too_late:
            take_effect(answer, on, now)
        if before is None or before.next_step() != said.next_step():
            carry_on(answer, now)
        answer.save()
        if commitment.asked_by_id not in heard_by:
            tell_asker(answer, now)
    return answer


def still_asked(follow_up: FollowUp, commitment: Commitment) -> FollowUp:
    """The date may have moved while somebody wrote: then they answer the question that took its place."""
    follow_up.refresh_from_db()
    if follow_up.state == FollowUpState.CANCELLED and commitment.is_open:
        follow_up = commitment.follow_ups.waiting().select_related("mail").first() or follow_up
    follow_up.commitment = commitment
    return follow_up


def answer_to(follow_up: FollowUp) -> Answer | None:
    answer = Answer.objects.filter(follow_up=follow_up).first()
    if answer is not None:
        answer.follow_up = follow_up
    return answer


def first_answer(follow_up: FollowUp, by: User, now: datetime) -> Answer:
    """Without words yet, and not saved: the question is answered, and its links live on for a while."""
    commitment = follow_up.commitment
    answer = Answer(follow_up=follow_up, by=by, answered_at=now, batch_id=commitment.batch_id)
    answer.too_late = commitment.state not in OPEN_STATES
    follow_up.mark_answered()
    shorten_links(follow_up, now)
    return answer


def put_words(answer: Answer, said: Said, via: str, changed_at: datetime | None) -> None:
    for name, value in vars(said).items():
        setattr(answer, name, value)
    answer.via, answer.changed_at = via, changed_at
    answer.save()


def guard(
    follow_up: FollowUp, commitment: Commitment, by: User, answer: Answer | None, now: datetime, seen: str | None
) -> None:
    if not can_answer(by, commitment):
        raise Refused(_("Only %(person)s can answer this.") % {"person": commitment.person})
    if answer is None:
        return
    if not can_change(answer, now):
        raise Refused(_("This answer can no longer be changed."))
    if seen is not None and seen != answer.stamp:
        raise AnsweredAlready(answer)


def can_change(answer: Answer, now: datetime) -> bool:
    """For seven days, unless the next question was answered or the matter was settled otherwise meanwhile."""
    if answer.too_late or now > answer.changeable_until:
        return now <= answer.changeable_until
    follow_up = answer.follow_up
    commitment = follow_up.commitment
    later = commitment.follow_ups.filter(occurrence__gt=follow_up.occurrence, state=FollowUpState.ANSWERED)
    if later.exists():
        return False
    closed_by_answer = {Status.DONE: "kept", Status.DROPPED: "dropped"}.get(answer.status)
    if answer.is_followed:
        closed_by_answer = "dropped"
    return commitment.state in OPEN_STATES or commitment.state == closed_by_answer


def kept_on(follow_up: FollowUp, done_on: date | None, today: date) -> date:
    """The day it was done. Whoever says so on the day they are asked was in time, also when the question was put off
    to a working day."""
    asked_on = working_days.local_date(follow_up.due_at, follow_up.zone)
    on = done_on or (follow_up.due_on if today <= asked_on else today)
    return min(on, today)


def other_day(answer: Answer, done_on: date | None) -> bool:
    """It was done on another day than the answer said so far."""
    return answer.status == Status.DONE and done_on not in (None, answer.follow_up.commitment.kept_on)


def take_back(answer: Answer, by: User) -> None:
    commitment = answer.follow_up.commitment
    commitment.take_answer_back(answer.date_change)
    answer.date_change = None
    if answer.reached_milestone and untouched_by_others(lambda: commitment.milestone.take_back(by)):
        answer.reached_milestone = False


def take_effect(answer: Answer, done_on: date, now: datetime) -> None:
    commitment, by = answer.follow_up.commitment, answer.by
    if answer.status == Status.DONE:
        commitment.keep_it(by, done_on)
        reach_milestone(answer, now)
    elif answer.status == Status.DROPPED:
        commitment.give_up(by, answer.reason)
    elif answer.is_followed:
        commitment.be_followed(by)
    elif answer.new_on is None:
        today = working_days.local_date(now, commitment.person.time_zone)
        again_on = working_days.later(today, ASKED_AGAIN_WHEN_STUCK, times.calendar_of(commitment.person))
        commitment.get_stuck(by, again_on, now)
    else:
        asked_for = answer.status == Status.MOVED and commitment.needs_owner(by)
        reason = answer.reason or str(answer.get_status_display())
        answer.date_change = commitment.shift(by, answer.new_on, reason, answer.status, now, asked_for)


def reach_milestone(answer: Answer, now: datetime) -> None:
    """It counts once something shows it or somebody saw it; without either the promise is kept all the same."""
    milestone = answer.follow_up.commitment.milestone
    if milestone is None or not (answer.evidence or answer.seen_by) or not milestone.is_ahead:
        return
    today = working_days.local_date(now, answer.by.time_zone)
    shown = {"evidence": answer.evidence, "seen_by": answer.seen_by}
    answer.reached_milestone = untouched_by_others(lambda: milestone.reach(answer.by, today=today, **shown))


def untouched_by_others(verb: Callable[[], None]) -> bool:
    """Whether it could be done. An action that was claimed done meanwhile keeps its milestones; the answer counts
    all the same. What is wrong with the words themselves is still refused, at its field."""
    try:
        with transaction.atomic():
            verb()
    except Refused as no:
        if no.field:
            raise
        return False
    return True


def carry_on(answer: Answer, now: datetime) -> None:
    """The next commitment is the one the answer names: made, changed with it, dropped when it names none."""
    made = answer.next_commitment
    if made is None:
        if answer.next_what:
            answer.next_commitment = promise_next(answer, now)
        return
    hold(made)
    if answer.next_what:
        made.reword(answer.by, answer.next_what, answer.next_with, answer.next_on, now)
    else:
        made.take_off(answer.by)


def promise_next(answer: Answer, now: datetime) -> Commitment:
    done = answer.follow_up.commitment
    return Commitment.make(
        answer.by,
        answer.by,
        answer.next_what,
        answer.next_on,
        now=now,
        with_whom=answer.next_with,
        asked_by=done.asked_by,
        private=done.private,
        previous=done,
        batch_id=done.batch_id,
        **done.parent,
    )


def shorten_links(follow_up: FollowUp, now: datetime) -> None:
    end = now + LINK_LIVES_AFTER_ANSWER
    AnswerToken.objects.filter(follow_up=follow_up, expires_at__gt=end).update(expires_at=end)
