"""What an asker hears: *stuck* at once, everything else once a day."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef

from actions.models import Answer, AskerReply
from actions.models.answer import Status
from actions.rhythm.rounds import mail_of_the_day
from failforward import outbox, working_days
from failforward.accounts import times
from failforward.accounts.models import User


def tell_asker(answer: Answer, now: datetime) -> None:
    """Every answer reaches its asker. A changed one is written anew while its mail waits, else told once more."""
    asker = answer.follow_up.commitment.asked_by
    if asker is None or asker == answer.by:
        return
    if answer.status == Status.STUCK:
        leave_mail_of_the_day(answer)
        tell_at_once(answer, asker, now)
    elif answer.told_in is None or not outbox.replan(answer.told_in, answer.told_in.due_at):
        answer.told_in = mail_of_the_day("answers", asker, next_round(asker, now), answer.batch_id)
        answer.save(update_fields=["told_in"])


def leave_mail_of_the_day(answer: Answer) -> None:
    if answer.told_in is not None and outbox.replan(answer.told_in, answer.told_in.due_at):
        answer.told_in = None
        answer.save(update_fields=["told_in"])


def tell_at_once(answer: Answer, asker: User, now: datetime) -> None:
    mail = outbox.plan(f"answer:{answer.pk}", "answer", asker, now, subject_id=answer.pk, batch_id=answer.batch_id)
    if answer.changed_at and not outbox.replan(mail, now):
        key = f"answer:{answer.pk}:{int(now.timestamp())}"
        outbox.plan(key, "answer", asker, now, subject_id=answer.pk, batch_id=answer.batch_id)


def next_round(asker: User, now: datetime) -> datetime:
    """The asker's next working hour for mail; at once where nobody is to wait for the demo."""
    if settings.ANSWERS_AT_ONCE:
        return now
    today = working_days.local_date(now, asker.time_zone)
    when = times.due(asker, today)
    return when if when > now else times.due(asker, today + timedelta(days=1))


def answers_in(pk: int | None):
    """The answers of this mail that the asker has not replied to meanwhile, in the order they came."""
    replied = AskerReply.objects.filter(answer=OuterRef("pk"), by=OuterRef("follow_up__commitment__asked_by"))
    return Answer.objects.filter(~Exists(replied), told_in=pk).order_by("answered_at", "pk")


def still_wanted(pk: int | None) -> bool:
    return answers_in(pk).exists()
