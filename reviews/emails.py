"""The e-mails about reviews: one function each, a folder each in templates/emails/."""

import re

from failforward import links
from failforward.mail import Message
from failforward.outbox.models import Mail
from reviews import capture
from reviews.models import Review

# A subject is read over shoulders; these words never stand in one, not even as part of a deal's name.
LOADED = re.compile(r"fail|lost|loss|lose", re.IGNORECASE)


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
