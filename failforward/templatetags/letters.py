"""The mails that the mailbox keeps, one below the other."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from failforward.links import address_of
from failforward.outbox.models import CapturedMail
from failforward.templatetags.ui import moment

register = template.Library()

LETTERS = '<ul class="letters" aria-label="{}">{}</ul>'
ROW = '<li><a href="{}"{}><span><b>{}</b> {}</span>{}</a></li>'
HERE, OPEN = SafeString(' aria-current="page" class="on"'), SafeString(' class="on"')


@register.simple_tag
def letters(mails: Iterable[CapturedMail], opened: CapturedMail | None, at_the_list: bool = False) -> SafeString:
    """`{% letters page.rows mail at_the_list %}`: `opened` stands beside them; away from the list the page is its."""
    mark, chosen = OPEN if at_the_list else HERE, opened.pk if opened else None
    rows = (
        (
            *(address_of("mailbox_mail", one.pk), mark if one.pk == chosen else ""),
            *(to_whom(one), moment(one.captured_at), one.subject),
        )
        for one in mails
    )
    return format_html(LETTERS, _("Mail, newest first"), format_html_join("", ROW, rows))


def to_whom(one: CapturedMail) -> str:
    recipient = one.mail and one.mail.recipient
    return (recipient and recipient.name) or one.address
