from celery import shared_task


@shared_task(name="reviews.tasks.carry_on_imports")
def carry_on_imports() -> None:
    """One chunk of every import that nobody has in hand."""
    from reviews.models import ImportJob

    for job_id in ImportJob.objects.to_carry_on().order_by("pk").values_list("pk", flat=True):
        carry_on_import(job_id)


@shared_task(name="reviews.tasks.carry_on_import")
def carry_on_import(job_id: int) -> None:
    """One chunk, then the next: no task runs long."""
    from reviews.imports.run import carry_on, ring

    if carry_on(job_id):
        ring(job_id)
