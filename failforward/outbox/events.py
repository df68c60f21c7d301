"""What a mail service reports of mail it took: that it came back, was refused, or was called spam."""

from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.module_loading import import_string

from failforward.outbox.models import Mail
from failforward.outbox.providers import NUMBER

VIEWS = {
    "brevo": "brevo.BrevoTrackingWebhookView",
    "mailgun": "mailgun.MailgunTrackingWebhookView",
    "mailjet": "mailjet.MailjetTrackingWebhookView",
    "postmark": "postmark.PostmarkTrackingWebhookView",
    "sendgrid": "sendgrid.SendGridTrackingWebhookView",
    "sparkpost": "sparkpost.SparkPostTrackingWebhookView",
}
TROUBLE = {EventType.BOUNCED: "bounced", EventType.COMPLAINED: "complained", EventType.REJECTED: "refused"}


def hook(request: HttpRequest, service: str) -> HttpResponse:
    """Checks the secret, and the signature of a service that signs."""
    return import_string(f"anymail.webhooks.{VIEWS[service]}").as_view()(request)


@receiver(tracking, dispatch_uid="failforward")
def listen(sender: type, event: AnymailTrackingEvent, esp_name: str, **kwargs) -> None:
    note(event)


def note(event: AnymailTrackingEvent) -> bool:
    """Twice, late or about a mail that is not ours, it does no harm."""
    trouble, mail = TROUBLE.get(event.event_type), mail_of(event)
    if trouble is None or mail is None:
        return False
    text = event.mta_response or event.description or event.reject_reason or ""
    return mail.bounced(str(text), timezone.now(), trouble)


def mail_of(event: AnymailTrackingEvent) -> Mail | None:
    number = str((event.metadata or {}).get(NUMBER, ""))
    if not number.isascii() or not number.isdigit() or len(number) > 18:
        return None
    mail = Mail.objects.defer("body").filter(pk=int(number)).first()
    # The address too: a number alone may be of another install that shares the account.
    return mail if mail and event.recipient and mail.address.lower() == event.recipient.lower() else None
