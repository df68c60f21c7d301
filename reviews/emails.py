"""The e-mails about reviews: one function each, a folder each in templates/emails/."""

import re
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from failforward import links
from failforward.mail import Message
from failforward.outbox.models import Mail
from reviews import capture
from reviews.models import OwnPart, Review, ReviewPerson, ThanksToken

# A subject is read over shoulders; these words never stand in one, not even as part of a deal's name.
LOADED = re.compile(r"fail|lost|loss|lose", re.IGNORECASE)

THANKS_LINK_LASTS = timedelta(days=30)


def capture_mail(mail: Mail) -> Message:
    """Asks the deal's owner what happened. The link exists only in this message."""
    review = Review.objects.select_related("deal__account", "owner", "team", "opened_by").get(pk=mail.subject_id)
    context = {
        "name": review.owner.first_name,
        "deal": str(review.deal),
        "neutral": review.team.neutral_subject or bool(LOADED.search(str(review.deal))),
        "link": links.absolute("capture", capture.issue_link(review, mail.due_at)),
    }
    return Message("capture", context, to=review.owner.email, to_name=review.owner.name)


def thanks_asked_mail(mail: Mail) -> Message:
    """Asks the sponsor to thank those who looked back. The link exists only in this message."""
    review = Review.objects.select_related("deal__account").get(pk=mail.subject_id)
    people = [(person.user.name, person.thanked_for) for person in review.to_thank().exclude(user=mail.recipient)]
    # A mail that was written before and never went out leaves no second link behind.
    review.thanks_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
    token = ThanksToken.issue(review=review, person=mail.recipient, expires_at=mail.due_at + THANKS_LINK_LASTS)
    context = {
        "name": mail.recipient.first_name,
        "deal": str(review.deal),
        "lesson": review.lesson,
        "people": people,
        "link": links.absolute("thanks", token),
    }
    return Message("thanks_asked", context, to=mail.recipient.email, to_name=mail.recipient.name)


def thanks_asked_wanted(pk: int | None) -> bool | str:
    review = Review.objects.filter(pk=pk).first()
    return bool(review and review.is_closed and review.to_thank().exists()) or _("There is nobody left to thank.")


def thanks_mail(mail: Mail) -> Message:
    """From whoever thanks; a reply reaches them."""
    person = ReviewPerson.objects.select_related("review__deal__account", "user", "thanked_by").get(pk=mail.subject_id)
    context = {
        "name": person.user.first_name,
        "by": person.thanked_by,
        "words": [line.strip() for line in person.thanked_for.splitlines() if line.strip()],
        "deal": str(person.review.deal),
        "lesson": person.review.lesson,
        "is_closed": person.review.is_closed,
        "link": links.absolute("review_detail", person.review_id),
    }
    reply_to = person.thanked_by.email or ""
    to = {"to": person.user.email, "to_name": person.user.name}
    return Message("thanks", context, from_name=person.thanked_by.name, reply_to=reply_to, **to)


def thanks_wanted(pk: int | None) -> bool | str:
    """Whoever left the review meanwhile reads nothing of it any more."""
    return ReviewPerson.objects.filter(pk=pk).exists() or _("This person is no longer on the review.")


def own_part_mail(mail: Mail) -> Message:
    """To production's lead: what somebody of the hand-off says of their own part. A reply reaches them."""
    part = OwnPart.objects.select_related("review__deal__account", "author").get(pk=mail.subject_id)
    context = {
        "name": mail.recipient.first_name,
        "by": part.author,
        "words": [line.strip() for line in part.text.splitlines() if line.strip()],
        "deal": str(part.review.deal),
        "link": links.absolute("review_detail", part.review_id),
    }
    to = {"to": mail.recipient.email, "to_name": mail.recipient.name}
    return Message("own_part", context, from_name=part.author.name, reply_to=part.author.email or "", **to)
