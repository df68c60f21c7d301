"""What hangs on one review and stands on its page, read in the query that reads the review."""

from django.db.models import OuterRef, Q, QuerySet

from failforward.together import Together
from reviews.models import Activity, Addendum, Debrief, DebriefReason, LooseEnd, OwnPart, Review, ReviewPerson

CONTACTS = 5
HERE = OuterRef("pk")
PERSON = ["has_told", "thanked_for", "thanked_at", "user__name", "user__email", "user__is_active"]
DEBRIEF = ["who", "role", "said_on", "channel", "candour", "agrees", "reasons_read"]


def with_beside(reviews: QuerySet[Review], user: int) -> QuerySet[Review]:
    """Own parts: the one of `user`, and what the others shared."""
    reasons = Together(DebriefReason.objects.filter(debrief=HERE), "text", "event")
    debriefs = Debrief.objects.filter(review=HERE).annotate(reasons_read=reasons)
    parts = OwnPart.objects.filter(Q(author=user) | Q(shared_at__isnull=False), review=HERE)
    contacts = Activity.objects.filter(deal=OuterRef("deal")).order_by("-happened_on", "-pk")
    return reviews.annotate(
        crew_read=Together(ReviewPerson.objects.filter(review=HERE), *PERSON),
        debriefs_read=Together(debriefs, *DEBRIEF),
        own_parts_read=Together(parts.order_by("shared_at", "pk"), "text", "shared_at", "author__name"),
        ends_read=Together(LooseEnd.objects.filter(review=HERE), "what", "settled_at", "settled_by__name"),
        addenda_read=Together(Addendum.objects.filter(review=HERE), "text", "at", "by__name"),
        contacts_read=Together(contacts[:CONTACTS], "happened_on", "direction", "subject", "answered"),
    )
