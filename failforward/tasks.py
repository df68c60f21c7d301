from celery import shared_task


@shared_task(name="failforward.tasks.count_rows")
def count_rows() -> None:
    from failforward import upkeep

    upkeep.count_rows()
