"""From a row of the outbox to a mail about several things: what is in it, and a link for each."""

from datetime import timedelta

from django.db.models import QuerySet

from actions import checks_due, emails
from actions.models import AnswerToken, Commitment, FollowUp, PartnerToken, ReplyToken, StopToken
from actions.models.check_notice import told_in
from actions.outgoing import ANSWER_LINK_LIVES, LINK_LIVES, PARTNER_LINK_LIVES, about, page_of, render_answer_of, renew
from actions.rhythm import daily, digests, silence, unreached
from actions.rhythm import emails as several
from actions.rhythm.emails import Answered, Asked, DueCheck, Silent, Unreached
from actions.topics import Topic, day
from actions.undelivered import sentence_on
from failforward import links, working_days
from failforward.accounts.models import User
from failforward.inbound.addresses import address_for
from failforward.mail import Message
from failforward.outbox import catalogue
from failforward.outbox.models import Mail
from failforward.tokens import Token

STOP_LINK_LIVES = timedelta(days=365)


def register() -> None:
    catalogue.register("digest", render_digest, digests.still_wanted)
    catalogue.register("nudge", render_nudge, silence.still_wanted)
    catalogue.register("unanswered", render_unanswered, silence.still_wanted)
    catalogue.register("partner_help", render_partner_help, silence.still_wanted)
    catalogue.register("sponsor_help", render_sponsor_help, silence.still_wanted)
    catalogue.register("answers", render_answers, daily.still_wanted)
    catalogue.register(checks_due.KIND, render_checks_due, checks_due.still_wanted)
    catalogue.register(unreached.KIND, render_unreached, unreached.still_wanted)


def render_digest(mail: Mail) -> Message:
    asked = [asked_again(one, mail, renew) for one in digests.asked_in(mail.pk)]
    late = any(digests.is_late(mail.recipient, one.follow_up.due_at, mail.due_at) for one in asked)
    return several.digest(mail.recipient, asked, stop_link(mail), late, address_for(mail))


def render_nudge(mail: Mail) -> Message:
    asked = [asked_again(one, mail, add) for one in questions_of(mail)]
    return several.nudge(mail.recipient, asked, stop_link(mail), address_for(mail))


def asked_again(follow_up: FollowUp, mail: Mail, link) -> Asked:
    expires_at = max(follow_up.due_at, mail.due_at) + ANSWER_LINK_LIVES
    token = link(AnswerToken, mail.recipient, expires_at, follow_up=follow_up)
    choices = emails.answer_choices(token, follow_up.commitment.action_list is not None)
    return Asked(follow_up, about(follow_up.commitment, mail), choices, sent_on(follow_up))


def add(kind: type[Token], person: User, expires_at, **subject) -> str:
    """One more link: the one in the mail before this goes on working."""
    return kind.issue(person=person, expires_at=expires_at, **subject)


def sent_on(follow_up: FollowUp):
    sent_at = follow_up.mail.sent_at if follow_up.mail else None
    return working_days.local_date(sent_at, follow_up.commitment.person.time_zone) if sent_at else follow_up.due_on


def questions_of(mail: Mail) -> QuerySet[FollowUp]:
    asked = FollowUp.objects.filter(pk__in=silence.steps_in(mail.pk).values("follow_up"))
    return asked.for_page().order_by("due_at", "pk")


def render_unanswered(mail: Mail) -> Message:
    return several.unanswered(mail.recipient, silent_in(mail))


def render_partner_help(mail: Mail) -> Message:
    """Each with the partner's own link."""
    silent = []
    for one in questions_of(mail):
        partner = one.commitment.partners.helping().get(person=mail.recipient)
        token = add(PartnerToken, mail.recipient, mail.due_at + PARTNER_LINK_LIVES, partner=partner)
        silent.append(Silent(one, about(one.commitment, mail), links.absolute("partner", token), sent_on(one)))
    return several.partner_help(mail.recipient, silent, address_for(mail))


def render_sponsor_help(mail: Mail) -> Message:
    return several.sponsor_help(mail.recipient, silent_in(mail))


def silent_in(mail: Mail) -> list[Silent]:
    return [
        Silent(one, about(one.commitment, mail), page_of(one.commitment), sent_on(one)) for one in questions_of(mail)
    ]


def render_unreached(mail: Mail) -> Message:
    found = []
    for dead, commitment in unreached.told_in(mail):
        on_list = commitment.action_list is not None and commitment.action_list.owner_id == mail.recipient_id
        url = links.absolute("list_detail", commitment.action_list_id) if on_list else page_of(commitment)
        found.append(Unreached(about(commitment, mail), sentence_on(dead), url, on_list))
    return several.unreached(mail.recipient, found)


def render_checks_due(mail: Mail) -> Message:
    due = []
    for one in told_in(mail.pk).for_detail():
        action = one.action
        about = Topic(action.what, action.team, links.absolute("check_detail", one.pk))
        due.append(DueCheck(about, action.action_list.owner, day(one.fixed_on), action.done_criterion))
    return several.checks_due(mail.recipient, due)


def render_answers(mail: Mail) -> Message:
    """One answer is the mail it always was."""
    given = list(daily.answers_in(mail.pk).for_list().select_related("date_change"))
    if len(given) == 1:
        return render_answer_of(given[0], mail)
    commitments = Commitment.objects.for_detail().in_bulk([one.follow_up.commitment_id for one in given])
    found = []
    for one in given:
        commitment = commitments[one.follow_up.commitment_id]
        token = renew(ReplyToken, mail.recipient, mail.due_at + LINK_LIVES, answer=one)
        choices = [] if one.noted_by else emails.reply_choices(token, commitment.is_open)
        found.append(Answered(one, about(commitment, mail), choices))
    return several.answers(mail.recipient, found)


def stop_link(mail: Mail) -> str:
    return add(StopToken, mail.recipient, mail.due_at + STOP_LINK_LIVES)
