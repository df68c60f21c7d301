from celery import shared_task


@shared_task(name="actions.tasks.mend_follow_ups")
def mend_follow_ups(at: str | None = None) -> None:
    from actions import follow_ups, replanning
    from actions.rhythm import unreached

    now = moment(at)
    follow_ups.mend(now)
    replanning.look_again(now)
    unreached.tell(now)


@shared_task(name="actions.tasks.mind_silence")
def mind_silence(at: str | None = None) -> None:
    from actions.rhythm import silence

    silence.mind(moment(at))


def moment(at: str | None):
    """`at` takes the place of the clock: `run_due --now`."""
    from datetime import datetime

    from django.utils import timezone

    return datetime.fromisoformat(at) if at else timezone.now()
