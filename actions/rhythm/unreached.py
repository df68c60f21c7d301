"""A question that reached nobody: whoever can do something about it learns it, once, with the mail of their day. The
owner of the list, else who asked; of a private promise nobody."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from actions.models import Commitment, FollowUp
from actions.models.promise import State as Promise
from actions.rhythm.daily import next_round
from failforward import outbox
from failforward.accounts.models import User
from failforward.outbox.models import Mail, State

KIND = "unreached"
# What came back comes within days; older trouble stands on the list's page.
LOOKED_BACK = timedelta(days=14)


def tell(now: datetime) -> int:
    """Plans what nobody was told of yet; answers for how many mails."""
    planned = 0
    for mail, commitments in new_trouble(now).items():
        with transaction.atomic():
            for person in {who for one in commitments if (who := told_of(one))}:
                key = f"{KIND}:{mail.pk}:{person.pk}"
                outbox.plan(key, KIND, person, next_round(person, now), mail.pk, mail.batch_id)
                planned += 1
    return planned


def new_trouble(now: datetime) -> dict[Mail, list[Commitment]]:
    told = Mail.objects.filter(kind=KIND, subject_id=OuterRef("pk"))
    dead = Mail.objects.dead().filter(~Exists(told), due_at__gt=now - LOOKED_BACK).defer("body")
    found = defaultdict(list)
    for question in asked_in(dead).select_related("mail").defer("mail__body"):
        found[question.mail].append(question.commitment)
    requests = {mail.subject_id: mail for mail in dead.filter(kind="request")}
    for commitment in requested(requests):
        found[requests[commitment.pk]].append(commitment)
    return found


def asked_in(mails: QuerySet[Mail] | list[int]) -> QuerySet[FollowUp]:
    """Questions that are still open and no secret."""
    shared = FollowUp.objects.waiting().filter(mail__in=mails, commitment__private=False)
    open_ones = Commitment.objects.still_open().values("pk")
    parties = ["commitment__person", "commitment__asked_by", "commitment__team", "commitment__action_list__owner"]
    return shared.filter(commitment__in=open_ones).select_related(*parties).order_by("pk")


def requested(pks) -> QuerySet[Commitment]:
    return Commitment.objects.filter(pk__in=list(pks), private=False, state=Promise.REQUESTED).for_page()


def told_of(commitment: Commitment) -> User | None:
    """Never the person whom nothing reaches, and nobody who may not read it."""
    owner = commitment.action_list.owner if commitment.action_list else None
    for one in (owner, commitment.asked_by):
        if one and one.pk != commitment.person_id and one.is_active and one.email:
            return one if Commitment.objects.visible_to(one).filter(pk=commitment.pk).exists() else None
    return None


def gather(now: datetime, until: datetime) -> None:
    """Called before mails are written: those of one person become one."""
    planned = Mail.objects.filter(kind=KIND, state=State.PLANNED, due_at__lte=until)
    several = planned.order_by().values("recipient").annotate(n=Count("pk")).filter(n__gt=1)
    for row in several:
        with transaction.atomic():
            held = (
                planned.filter(recipient=row["recipient"]).select_for_update(of=("self",), no_key=True).order_by("pk")
            )
            for mail in held[1:]:
                outbox.withhold(mail, _("Told in one mail with others."))


def told_in(mail: Mail) -> list[tuple[Mail, Commitment]]:
    """What did not arrive and what it was about, in the order of their days; with those that were gathered into it."""
    gathered = Q(pk=mail.pk) | Q(pk__gt=mail.pk, state=State.WITHHELD)
    rows = Mail.objects.filter(gathered, kind=KIND, recipient=mail.recipient_id)
    dead = Mail.objects.dead().filter(pk__in=rows.values("subject_id")).select_related("recipient").defer("body")
    by_pk = {one.pk: one for one in dead}
    found = [(by_pk[one.mail_id], one.commitment) for one in asked_in(list(by_pk))]
    requests = {one.subject_id: one for one in by_pk.values() if one.kind == "request"}
    found += [(requests[one.pk], one) for one in requested(requests)]
    mine = [(about, one) for about, one in found if (who := told_of(one)) and who.pk == mail.recipient_id]
    return sorted(mine, key=lambda pair: (pair[1].due_on, pair[1].pk))


def still_wanted(pk: int | None) -> bool:
    """`pk` is of a mail that did not arrive; one of those told of it has something to do."""
    return any(told_in(row) for row in Mail.objects.filter(kind=KIND, subject_id=pk).defer("body"))
