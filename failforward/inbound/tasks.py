from celery import shared_task


@shared_task(name="failforward.inbound.tasks.read_inbound")
def read_inbound() -> None:
    from failforward.inbound.reading import read_due

    read_due()


@shared_task(name="failforward.inbound.tasks.fetch_mail")
def fetch_mail() -> None:
    from django.conf import settings

    from failforward.inbound import imap

    if settings.IMAP_URL:
        imap.fetch()


@shared_task(name="failforward.inbound.tasks.forget_old_mail")
def forget_old_mail() -> None:
    """Takes no instant: to look ahead must not forget what is young yet."""
    from django.utils import timezone

    from failforward.inbound import retention

    retention.forget_due(timezone.now())
