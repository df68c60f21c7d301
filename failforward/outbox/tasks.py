from celery import shared_task


@shared_task(name="failforward.outbox.tasks.run_due")
def run_due() -> None:
    from failforward.outbox.run import run_due

    run_due()
