"""From a row of the outbox to a mail to or about a sponsor: what it is about, its link, and whether it is wanted."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from actions.models import LetterToken, SponsorRequest, SponsorToken
from actions.models.sponsor_request import ANSWERED, ASKED, REMINDED
from actions.outgoing import WAIT_FOR_AN_ADDRESS, renew
from actions.rhythm.outgoing import add, stop_link
from actions.sponsors import emails, letters
from actions.sponsors.emails import Item, Section
from actions.sponsors.silence import in_words
from actions.topics import Topic, day, lines
from failforward import links, working_days
from failforward.inbound.addresses import address_for
from failforward.mail import Message
from failforward.outbox import catalogue
from failforward.outbox.models import Mail, State

LINK_LIVES = timedelta(days=90)
STOP_LINK_LIVES = timedelta(days=365)
MOST_IN_A_SECTION = 6


def register() -> None:
    catalogue.register(ASKED, render_request, wanted)
    catalogue.register(REMINDED, render_reminder, wanted)
    catalogue.register(ANSWERED, render_answer)
    catalogue.register(letters.KIND, render_letter, letters.still_wanted)
    WAIT_FOR_AN_ADDRESS[ASKED] = still_asks


def wanted(pk: int | None) -> bool | str:
    return SponsorRequest.objects.unanswered().filter(pk=pk).exists() or _("It is no longer asked for.")


def still_asks(mail: Mail) -> bool:
    """Not of somebody who sponsored the list before; of one who does so again, the mail that asks them again."""
    newer = Mail.objects.filter(kind=ASKED, subject_id=mail.subject_id, pk__gt=mail.pk)
    theirs = SponsorRequest.objects.unanswered().filter(pk=mail.subject_id, sponsor=mail.recipient_id)
    return theirs.exists() and not newer.exists()


def render_request(mail: Mail) -> Message:
    asked = SponsorRequest.objects.for_page().get(pk=mail.subject_id)
    token = renew(SponsorToken, mail.recipient, lives_until(asked, mail.due_at), request=asked)
    return emails.request(asked, topic(asked, mail), token, address_for(mail))


def render_reminder(mail: Mail) -> Message:
    """The link of the mail before goes on working."""
    asked = SponsorRequest.objects.for_page().get(pk=mail.subject_id)
    token = add(SponsorToken, mail.recipient, lives_until(asked, mail.due_at), request=asked)
    stop_url = links.absolute("stop_reminders", stop_link(mail))
    return emails.reminder(asked, topic(asked, mail), token, stop_url, address_for(mail))


def render_answer(mail: Mail) -> Message:
    given = SponsorRequest.objects.for_page().get(pk=mail.subject_id)
    return emails.answer(given, topic(given, mail), mail.recipient)


def lives_until(asked: SponsorRequest, sent: datetime) -> datetime:
    needed = working_days.instant(asked.needed_by, 0, asked.sponsor.time_zone)
    return max(sent, needed) + LINK_LIVES


def topic(asked: SponsorRequest, mail: Mail) -> Topic:
    kinds = [ASKED, REMINDED, ANSWERED]
    earlier = Mail.objects.filter(recipient=mail.recipient, state=State.SENT, pk__lt=mail.pk, kind__in=kinds)
    thread = earlier.filter(subject_id=asked.pk).order_by("pk").values_list("message_id", flat=True)
    return Topic(asked.what, asked.action_list.team, links.absolute("sponsor_request", asked.pk), "", list(thread))


def render_letter(mail: Mail) -> Message:
    sponsor, month = mail.recipient, letters.month_in(mail)
    letter = letters.letter_for(sponsor, month)
    today = working_days.local_date(max(mail.due_at, timezone.now()), sponsor.time_zone)
    stop = add(LetterToken, sponsor, mail.due_at + STOP_LINK_LIVES)
    return emails.monthly(
        sponsor,
        month.since,
        sections_of(letter, today, mail),
        f"{settings.SITE_URL}/lists/",
        links.absolute("stop_letters", stop),
    )


def sections_of(letter: letters.Letter, today: date, mail: Mail) -> list[Section]:
    """What was achieved stands first; what is empty is left out."""
    answered = [Item(one.what, verdict(one), lines(one.answer)) for one in letter.answered]
    waiting = [Item(one.what, in_words(one, today), url=link_to(one, mail)) for one in first(letter.waiting)]
    asked = [Item(one.what, needed(one)) for one in letter.asked]
    found = [
        section(_("Proved to have helped"), [checked(one) for one in letter.proved]),
        section(_("Came back"), [Item(one.what, lasted(one)) for one in letter.came_back]),
        section(_("Did not help"), [checked(one) for one in letter.not_helped]),
        section(_("Asked of you"), asked),
        section(_("You answered"), answered),
        section(_("Waits for your answer"), waiting, len(letter.waiting)),
    ]
    return [one for one in found if one.items]


def section(title: str, items: list[Item], count: int | None = None) -> Section:
    return Section(title, first(items), max(0, (len(items) if count is None else count) - MOST_IN_A_SECTION))


def first(rows: Sequence) -> Sequence:
    return rows[:MOST_IN_A_SECTION]


def checked(check) -> Item:
    return Item(check.action.what, check.action.action_list.name)


def lasted(action) -> str:
    return _("%(list)s; it lasted %(after)s") % {"list": action.action_list.name, "after": action.came_back_after}


def needed(asked: SponsorRequest) -> str:
    return _("%(list)s; needed by %(day)s") % {"list": asked.action_list.name, "day": day(asked.needed_by)}


def verdict(given: SponsorRequest) -> str:
    said = _("in words") if given.state == SponsorRequest.State.WORDS else str(given.get_state_display())
    return _("%(said)s, %(day)s") % {"said": said, "day": day(given.answered_on)}


def link_to(asked: SponsorRequest, mail: Mail) -> str:
    token = add(SponsorToken, mail.recipient, lives_until(asked, mail.due_at), request=asked)
    return links.absolute("sponsor_answer", token)
