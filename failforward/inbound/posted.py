"""Mail that a mail service posts in its own form, read by django-anymail. Imported only where one is set up."""

from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent, inbound
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from failforward.inbound.models import Channel
from failforward.inbound.storing import store

VIEWS = {
    "brevo": "brevo.BrevoInboundWebhookView",
    "mailgun": "mailgun.MailgunInboundWebhookView",
    "mailjet": "mailjet.MailjetInboundWebhookView",
    "postmark": "postmark.PostmarkInboundWebhookView",
    "sendgrid": "sendgrid.SendGridInboundWebhookView",
    "sparkpost": "sparkpost.SparkPostInboundWebhookView",
}


def hook(request: HttpRequest, service: str) -> HttpResponse:
    """Checks the secret, and the signature of a service that signs. What is stored is answered with 200; a service
    tries again after anything else."""
    return import_string(f"anymail.webhooks.{VIEWS[service]}").as_view()(request)


@receiver(inbound, dispatch_uid="failforward")
def listen(sender: type, event: AnymailInboundEvent, esp_name: str, **kwargs) -> None:
    mail = event.message
    store([raw_of(event)], Channel.HOOK, mail.envelope_sender or "", mail.envelope_recipient or "")


def raw_of(event: AnymailInboundEvent) -> bytes:
    """The mail as it came to the service, where that hands it over; else one made of its parts."""
    return given(event.esp_event) or rebuilt(event.message)


def given(posted: dict | HttpRequest) -> bytes:
    if isinstance(posted, HttpRequest):
        text = posted.POST.get("body-mime") or posted.POST.get("email") or ""
    else:
        text = posted.get("RawEmail") or ""
    return text.encode("utf-8", "replace")


def rebuilt(message: AnymailInboundMessage) -> bytes:
    """The same bytes whenever it is posted again: left alone, Python draws a new boundary each time."""
    several = [part for part in message.walk() if part.is_multipart() and part.get_content_maintype() == "multipart"]
    for number, part in enumerate(several):
        if part.get_boundary() is None:
            part.set_boundary(f"=_part_{number}_")
    return message.as_bytes()
