"""Mail of a list that did not reach its person, in plain words, for who can do something about it."""

from typing import NamedTuple

from django.utils.translation import gettext as _

from actions.models import ActionList, Commitment, FollowUp
from actions.models.promise import State as CommitmentState
from failforward.outbox.models import Mail, State

TROUBLE = [State.FAILED, State.WITHHELD, State.BOUNCED, State.EXPIRED]
SHOWN = 20


class Undelivered(NamedTuple):
    mail: Mail
    sentence: str


def undelivered_on(action_list: ActionList) -> list[Undelivered]:
    """What still waits for an answer, the newest first; a promise that only its person sees is not among them."""
    promises = Commitment.objects.filter(action_list=action_list, private=False)
    asked = FollowUp.objects.waiting().filter(commitment__in=promises.still_open(), mail__isnull=False)
    requested = promises.filter(state=CommitmentState.REQUESTED)
    mails = Mail.objects.filter(pk__in=asked.values("mail")) | Mail.objects.filter(
        kind="request", subject_id__in=requested.values("pk")
    )
    # A question that nobody needs any more is withheld too, and is no trouble.
    trouble = mails.filter(state__in=TROUBLE).exclude(state=State.WITHHELD, recipient__email__isnull=False)
    rows = trouble.select_related("recipient").defer("body").order_by("-due_at", "-pk")
    return [Undelivered(mail, sentence_on(mail)) for mail in rows[:SHOWN]]


def sentence_on(mail: Mail) -> str:
    name = mail.recipient.name if mail.recipient else mail.address
    if mail.state == State.WITHHELD and not (mail.recipient and mail.recipient.email):
        return _("%(name)s has no e-mail address, so nobody asked them.") % {"name": name}
    if mail.state == State.BOUNCED:
        return _("The mail to %(name)s came back.") % {"name": name}
    if mail.state == State.FAILED and mail.last_code and mail.last_code >= 500:
        return _("%(name)s’s address was refused.") % {"name": name}
    if mail.state == State.EXPIRED:
        return _("The mail to %(name)s was too old to send.") % {"name": name}
    return _("The mail to %(name)s could not be delivered.") % {"name": name}
