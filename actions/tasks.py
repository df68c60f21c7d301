from celery import shared_task


@shared_task(name="actions.tasks.mend_follow_ups")
def mend_follow_ups(at: str | None = None) -> None:
    from actions import checks_due, follow_ups, recurrences, replanning
    from actions.evidence import store
    from actions.models import EvidenceFile, MeetingSeries
    from actions.rhythm import unreached
    from actions.sponsors import letters

    now = moment(at)
    follow_ups.mend(now)
    replanning.look_again(now)
    unreached.tell(now)
    recurrences.look_at_missed(now)
    letters.plan_month(now)
    for action_list in MeetingSeries.objects.out_of_step(now.date()).values_list("action_list", flat=True):
        MeetingSeries.carry_on(action_list, now)
    checks_due.tell(now)
    store.sweep(EvidenceFile.objects.there().values_list("stored_as", flat=True))


@shared_task(name="actions.tasks.look_for_returns")
def look_for_returns(event_id: int) -> None:
    """Whether a settled event is something that counts as fixed. It may be gone by then, or settled otherwise."""
    from actions import recurrences
    from reviews.models import FailureEvent

    if event := FailureEvent.objects.select_related("review__team").filter(pk=event_id).first():
        recurrences.look(event)


@shared_task(name="actions.tasks.mind_silence")
def mind_silence(at: str | None = None) -> None:
    from actions.rhythm import silence
    from actions.sponsors import silence as of_sponsors

    silence.mind(moment(at))
    of_sponsors.remind(moment(at))


def moment(at: str | None):
    """`at` takes the place of the clock: `run_due --now`."""
    from datetime import datetime

    from django.utils import timezone

    return datetime.fromisoformat(at) if at else timezone.now()
