"""The mails about replies: what waits for a person's word, and what became of one. Each is written from its row."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from actions import passing_on
from actions.inbound import emails, meaning, sponsors, telling
from actions.inbound.arrival import replies_of
from actions.inbound.why import words_of
from actions.models import AnswerToken, Commitment, FollowUp, HeldToken, SponsorRequest, SponsorToken
from actions.outgoing import topic
from actions.topics import day, lines
from failforward import links
from failforward.inbound.models import InboundMail, State
from failforward.mail import Message
from failforward.outbox import catalogue
from failforward.outbox.models import Mail

LINK_LIVES = timedelta(days=30)
# Words that may be somebody else's are read on our page, not in a mail of ours.
PERHAPS_NOT_THEIRS = ["stranger", "forged", "wrong_address"]


def register() -> None:
    catalogue.register(telling.HELD, render_held, held_wanted)
    catalogue.register(telling.TAKEN, render_taken)
    catalogue.register(passing_on.KIND, render_passed)


def render_passed(mail: Mail) -> Message:
    reply = InboundMail.objects.for_list().select_related("settled_by").get(pk=mail.subject_id)
    question = FollowUp.objects.select_related("commitment__team").get(pk=reply.answers.subject_id)
    return emails.words_passed(mail.recipient, reply, topic(question.commitment, mail))


def held_wanted(pk: int | None) -> bool | str:
    """One mail names all that waits by then, so the others need not go out."""
    reply = InboundMail.objects.filter(pk=pk).defer("raw").first()
    if reply is None or reply.state != State.HELD:
        return "It is settled by now."
    written = Mail.objects.filter(key=f"{telling.HELD}:{pk}", body__isnull=False).exists()
    return reply.told_at is None or written or "It was told with another."


def render_held(mail: Mail) -> Message:
    person, now = mail.recipient, timezone.now()
    waiting = list(replies_of(person, now).filter(told_at=None)) or list(
        InboundMail.objects.for_list().filter(pk=mail.subject_id)
    )
    telling.mark_told([reply.pk for reply in waiting], now)
    asked = commitments_of(waiting)
    shown = [
        emails.HeldReply(
            why=words_of(reply.why),
            words=[] if reply.why in PERHAPS_NOT_THEIRS else lines(reply.text[:1_000]),
            sender=reply.sender if reply.why in PERHAPS_NOT_THEIRS else "",
            about=lines(asked[reply.pk].what) if reply.pk in asked else [],
            url=links.absolute(
                "held_reply",
                HeldToken.issue(reply=reply, person=person, expires_at=max(mail.due_at, now) + LINK_LIVES),
            ),
        )
        for reply in waiting
    ]
    return emails.reply_held(person, shown)


def commitments_of(replies: list[InboundMail]) -> dict[int, Commitment | SponsorRequest]:
    questions = subjects(replies, "follow_up")
    found = FollowUp.objects.filter(pk__in=questions.values()).select_related("commitment")
    by_question = {question.pk: question.commitment for question in found}
    about = {pk: by_question[question] for pk, question in questions.items() if question in by_question}
    requests = subjects(replies, "request")
    asked = Commitment.objects.in_bulk(requests.values()) if requests else {}
    about |= {pk: asked[subject] for pk, subject in requests.items() if subject in asked}
    helped = {pk: subject for kind in sponsors.KINDS for pk, subject in subjects(replies, kind).items()}
    found = SponsorRequest.objects.in_bulk(helped.values()) if helped else {}
    return about | {pk: found[subject] for pk, subject in helped.items() if subject in found}


def subjects(replies: list[InboundMail], kind: str) -> dict[int, int]:
    return {reply.pk: reply.answers.subject_id for reply in replies if reply.answers and reply.answers.kind == kind}


def render_taken(mail: Mail) -> Message:
    reply = InboundMail.objects.for_list().get(pk=mail.subject_id)
    InboundMail.objects.filter(pk=reply.pk).update(told_at=timezone.now())
    words = lines(reply.text[:1_000])
    if reply.answers.kind == "request":
        return request_taken(mail, reply, words)
    if reply.answers.kind in sponsors.KINDS:
        return sponsor_taken(mail, reply, words)
    asked = list(meaning.questions_in(reply.answers).values())
    question = FollowUp.objects.for_page().filter(pk=asked[0]).first() if len(asked) == 1 else None
    if question is None:
        status = _("your answers") if reply.state == State.APPLIED else ""
        return emails.reply_taken(mail.recipient, words, [], words_of(reply.why) if not status else "", status)
    answer = getattr(question, "answer", None)
    status = str(answer.get_status_display()) if answer and reply.state == State.APPLIED else ""
    new_on = day(answer.new_on) if status else ""
    token = AnswerToken.issue(follow_up=question, person=mail.recipient, expires_at=mail.due_at + LINK_LIVES)
    url = links.absolute("answer", token) if status else links.absolute("commitment_detail", question.commitment_id)
    why = "" if status else words_of(reply.why)
    return emails.reply_taken(mail.recipient, words, lines(question.commitment.what), why, status, new_on, url)


def request_taken(mail: Mail, reply: InboundMail, words: list[str]) -> Message:
    commitment = Commitment.objects.for_page().get(pk=reply.answers.subject_id)
    about, url = lines(commitment.what), links.absolute("commitment_detail", commitment.pk)
    if reply.state != State.APPLIED:
        return emails.reply_taken(mail.recipient, words, about, words_of(reply.why), "", url=url)
    status = str(commitment.get_state_display())
    until = day(commitment.due_on) if commitment.is_open else ""
    return emails.reply_taken(mail.recipient, words, about, "", status, until)


def sponsor_taken(mail: Mail, reply: InboundMail, words: list[str]) -> Message:
    asked = SponsorRequest.objects.get(pk=reply.answers.subject_id)
    token = SponsorToken.issue(request=asked, person=mail.recipient, expires_at=mail.due_at + LINK_LIVES)
    about, url = lines(asked.what), links.absolute("sponsor_answer", token)
    if reply.state != State.APPLIED:
        return emails.reply_taken(mail.recipient, words, about, words_of(reply.why), "", url=url)
    return emails.reply_taken(mail.recipient, words, about, "", str(asked.get_state_display()), url=url)
