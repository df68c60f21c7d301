from celery import shared_task


@shared_task(name="actions.tasks.mend_follow_ups")
def mend_follow_ups() -> None:
    from django.utils import timezone

    from actions import follow_ups, replanning

    now = timezone.now()
    follow_ups.mend(now)
    replanning.look_again(now)
