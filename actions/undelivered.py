"""Mail of a list that did not reach its person, in plain words, for who can do something about it."""

from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from actions.models import ActionList, Commitment, FollowUp, SponsorRequest
from actions.models.promise import State as CommitmentState
from actions.models.sponsor_request import ASKED, REMINDED
from failforward.accounts.models.user import AddressTrouble
from failforward.outbox.models import Mail, State

TROUBLE = [State.FAILED, State.WITHHELD, State.BOUNCED, State.EXPIRED]
SHOWN = 20


class Undelivered(NamedTuple):
    mail: Mail
    sentence: str


def undelivered_on(action_list: ActionList) -> list[Undelivered]:
    rows = trouble_on(action_list).to_show()
    return [Undelivered(mail, sentence_on(mail)) for mail in rows[:SHOWN]]


def trouble_on(action_list: ActionList) -> QuerySet[Mail]:
    """What still waits for an answer; a promise that only its person sees is not among them."""
    promises = Commitment.objects.filter(action_list=action_list, private=False)
    asked = FollowUp.objects.waiting().filter(commitment__in=promises.still_open(), mail__isnull=False)
    requested = promises.filter(state=CommitmentState.REQUESTED)
    mails = Mail.objects.filter(pk__in=asked.values("mail")) | Mail.objects.filter(
        kind="request", subject_id__in=requested.values("pk")
    )
    waiting = SponsorRequest.objects.unanswered().filter(action_list=action_list)
    mails |= Mail.objects.filter(
        kind__in=[ASKED, REMINDED], subject_id__in=waiting.values("pk"), recipient__in=waiting.values("sponsor")
    )
    # A question that nobody needs any more is withheld too, and is no trouble.
    unsaid = Q(recipient__email__isnull=False) & ~Q(recipient__address_trouble=AddressTrouble.COMPLAINED)
    return mails.filter(state__in=TROUBLE, dropped_at=None).exclude(unsaid, state=State.WITHHELD)


def sentence_on(mail: Mail) -> str:
    name = mail.recipient.name if mail.recipient else mail.address
    if mail.state == State.WITHHELD and not (mail.recipient and mail.recipient.email):
        return _("%(name)s has no e-mail address, so nobody asked them.") % {"name": name}
    if mail.recipient and mail.recipient.address_trouble == AddressTrouble.COMPLAINED:
        return _("%(name)s reported our mail as spam, so we write no more.") % {"name": name}
    if mail.state == State.BOUNCED:
        return _("The mail to %(name)s came back.") % {"name": name}
    if mail.state == State.FAILED and mail.last_code and mail.last_code >= 500:
        return _("%(name)s’s address was refused.") % {"name": name}
    if mail.state == State.EXPIRED:
        return _("The mail to %(name)s was too old to send.") % {"name": name}
    return _("The mail to %(name)s could not be delivered.") % {"name": name}
