"""From a row of the outbox to its mail: loads what it is about, makes the link, and says whether it is still wanted."""

from datetime import timedelta

from django.apps import apps
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from actions import emails, follow_ups
from actions.models import (
    ActionItem,
    Answer,
    AnswerToken,
    AskerReply,
    Commitment,
    DateChange,
    DateToken,
    FollowUp,
    Milestone,
    Partner,
    PartnerToken,
    Recurrence,
    ReplyToken,
    RequestToken,
    recurrence,
)
from actions.models.action_state import State as ActionState
from actions.models.promise import State
from actions.readers import seen_by
from actions.topics import About, Topic
from failforward import links, outbox, working_days
from failforward.accounts.models import User
from failforward.history.models import Change
from failforward.inbound.addresses import address_for
from failforward.mail import Message
from failforward.outbox import catalogue
from failforward.outbox.models import Mail
from failforward.outbox.models import State as MailState
from failforward.tokens import Token

ANSWER_LINK_LIVES = timedelta(days=90)
LINK_LIVES = timedelta(days=30)
PARTNER_LINK_LIVES = timedelta(days=365)


def register() -> None:
    catalogue.register("follow_up", render_follow_up, follow_ups.still_wanted, follow_ups.settled)
    catalogue.register("request", render_request, request_wanted)
    catalogue.register("request_answer", render_request_answer)
    catalogue.register("partner_request", render_partner_request, partner_wanted)
    catalogue.register("answer", render_answer)
    catalogue.register("asker_reply", render_asker_reply)
    catalogue.register("date_asked", render_date_asked, date_wanted)
    catalogue.register("news", render_news)
    catalogue.register(recurrence.MAIL, render_came_back)


def render_follow_up(mail: Mail) -> Message:
    asked = FollowUp.objects.for_page().get(pk=mail.subject_id)
    person = asked.commitment.person
    expires_at = max(asked.due_at + ANSWER_LINK_LIVES, mail.due_at + timedelta(days=7))
    token = renew(AnswerToken, person, expires_at, follow_up=asked)
    return emails.follow_up(asked, about(asked.commitment, mail), token, address_for(mail))


def render_request(mail: Mail) -> Message:
    commitment = Commitment.objects.for_detail().get(pk=mail.subject_id)
    token = renew(RequestToken, commitment.person, mail.due_at + LINK_LIVES, commitment=commitment)
    return emails.request(about(commitment, mail), token, address_for(mail))


def request_wanted(pk: int | None) -> bool | str:
    return Commitment.objects.filter(pk=pk, state=State.REQUESTED).exists() or _("It is no longer asked for.")


def render_request_answer(mail: Mail) -> Message:
    commitment = Commitment.objects.for_detail().get(pk=mail.subject_id)
    return emails.request_answer(about(commitment, mail), page_of(commitment))


def render_partner_request(mail: Mail) -> Message:
    partner = Partner.objects.get(pk=mail.subject_id)
    commitment = Commitment.objects.for_detail().get(pk=partner.commitment_id)
    token = renew(PartnerToken, partner.person, mail.due_at + PARTNER_LINK_LIVES, partner=partner)
    return emails.partner_request(about(commitment, mail), mail.recipient, token, address_for(mail))


def partner_wanted(pk: int | None) -> bool | str:
    asked = Partner.objects.select_related("commitment__review").filter(pk=pk, state=Partner.State.ASKED).first()
    wanted = asked is not None and asked.is_current and asked.commitment.is_open
    return wanted or _("It is no longer asked for.")


def render_answer(mail: Mail) -> Message:
    return render_answer_of(Answer.objects.for_list().select_related("date_change").get(pk=mail.subject_id), mail)


def render_answer_of(given: Answer, mail: Mail) -> Message:
    commitment = Commitment.objects.for_detail().get(pk=given.follow_up.commitment_id)
    token = renew(ReplyToken, commitment.asked_by, mail.due_at + LINK_LIVES, answer=given)
    return emails.answer(given, about(commitment, mail), token, address_for(mail))


def render_asker_reply(mail: Mail) -> Message:
    sent = AskerReply.objects.select_related("by", "answer__by").get(pk=mail.subject_id)
    commitment = Commitment.objects.for_detail().get(follow_ups__answer=sent.answer)
    waits = sent.new_on is not None and commitment.date_changes.asked_for().filter(to_on=sent.new_on).exists()
    return emails.asker_reply(sent, about(commitment, mail), page_of(commitment), waits)


def render_date_asked(mail: Mail) -> Message:
    asked = DateChange.objects.for_list().get(pk=mail.subject_id)
    token = renew(DateToken, mail.recipient, mail.due_at + LINK_LIVES, date_change=asked)
    return emails.date_asked(asked, topic(asked.thing, mail), mail.recipient, token)


def date_wanted(pk: int | None) -> bool | str:
    return DateChange.objects.asked_for().filter(pk=pk).exists() or _("The date is no longer asked for.")


def render_came_back(mail: Mail) -> Message:
    """Of the fixes only those that this person owns or sponsors the list of."""
    found = Recurrence.objects.select_related("finding__team", "decided_by").get(pk=mail.subject_id)
    mine = Q(action_list__owner=mail.recipient) | Q(action_list__sponsor=mail.recipient)
    fixes = found.finding.actions.filter(mine, state=ActionState.RECURRED).select_related("team").order_by("pk")
    said = [(fix.what, fix.came_back_after) for fix in fixes]
    page = links.absolute("finding_detail", found.finding_id)
    about = Topic(found.finding.title, found.finding.team, page)
    return emails.came_back(about, mail.recipient, found.decided_by, found.finding.title, said)


def render_news(mail: Mail) -> Message:
    change = Change.objects.select_related("by").get(pk=mail.subject_id)
    thing = apps.get_model(change.subject)._base_manager.get(pk=change.subject_id)
    return emails.news(change, topic(thing, mail), mail.recipient)


def topic(thing: Commitment | Milestone | ActionItem, mail: Mail) -> Topic:
    if isinstance(thing, Commitment):
        return Topic(thing.what, thing.team, page_of(thing), thing.title, thread(thing, mail))
    action = thing.action if isinstance(thing, Milestone) else thing
    return Topic(thing.what, action.team, links.absolute("action_detail", action.pk))


# What waits for this person's word; the questions themselves are `replanning.replan_for`'s.
WAIT_FOR_AN_ADDRESS = {
    "request": lambda mail: request_wanted(mail.subject_id),
    "date_asked": lambda mail: date_wanted(mail.subject_id),
}


def ask_after_all(person: User) -> None:
    """With an address at last, whoever could not be asked is asked what is still open."""
    now = timezone.now()
    held = Mail.objects.filter(recipient=person, state=MailState.WITHHELD, kind__in=WAIT_FOR_AN_ADDRESS)
    for mail in held.defer("body") if person.email else []:
        if WAIT_FOR_AN_ADDRESS[mail.kind](mail) is True:
            outbox.replan(mail, now)


def renew(kind: type[Token], person: User, expires_at, **subject) -> str:
    """A new link; a mail that was written before and never went out leaves no second one behind."""
    kind.objects.filter(**subject, person=person, revoked_at=None).update(revoked_at=timezone.now())
    return kind.issue(person=person, expires_at=expires_at, **subject)


def about(commitment: Commitment, mail: Mail) -> About:
    return About(
        commitment=commitment,
        today=working_days.local_date(mail.due_at, mail.recipient.time_zone),
        moved_times=commitment.times_moved(),
        seen_by=seen_by(commitment),
        thread=thread(commitment, mail),
    )


def thread(commitment: Commitment, mail: Mail) -> list[str]:
    """Message-IDs of what this person got about this commitment before, so that it is one conversation."""
    asked = commitment.follow_ups.values("pk")
    answered = Answer.objects.filter(follow_up__commitment=commitment)
    earlier = Mail.objects.filter(recipient=mail.recipient, state=MailState.SENT, pk__lt=mail.pk).filter(
        Q(kind="follow_up", subject_id__in=asked)
        | Q(kind__in=["request", "request_answer"], subject_id=commitment.pk)
        | Q(kind="partner_request", subject_id__in=commitment.partners.values("pk"))
        | Q(kind="date_asked", subject_id__in=commitment.date_changes.values("pk"))
        | Q(kind="news", subject_id__in=Change.objects.about(commitment).order_by().values("pk"))
        | Q(kind="answer", subject_id__in=answered.values("pk"))
        | Q(kind="asker_reply", subject_id__in=AskerReply.objects.filter(answer__in=answered).values("pk"))
    )
    return list(earlier.order_by("pk").values_list("message_id", flat=True))


def page_of(commitment: Commitment) -> str:
    return links.absolute("commitment_detail", commitment.pk)
