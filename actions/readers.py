"""Who reads an answer besides the person: said above Send and in the mail, before anything is written.

In words, what `commitment_scopes` lets people read. Links are opened without a log-in, so that of names only the
asker's is said.
"""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionList, Commitment, Partner
from failforward.accounts.models import User
from reviews.models import Review


def seen_by(commitment: Commitment) -> str:
    partner = [_("the partner for this")] if partner_of(commitment) else []
    if commitment.private:
        return listed([_("you"), *partner]) if partner else _("you alone")
    return listed([*readers(commitment), *partner]) or _("you alone")


def seen_besides_partner(commitment: Commitment) -> str:
    """For the partner: who else reads the commitment and their notes."""
    return listed([commitment.person.name, *([] if commitment.private else readers(commitment))])


def readers(commitment: Commitment) -> list[str]:
    people = circle_of(commitment)
    found = [*circle(commitment, len(people)), *asker(commitment, people)]
    return found if commitment.in_closed_circle else [*found, *managers(commitment), _("admins")]


def partner_of(commitment: Commitment) -> Partner | None:
    """Whoever said yes to keeping an eye on it."""
    return next((one for one in commitment.partners.all() if one.is_helping), None)


def listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + _(" and ") + names[-1] if len(names) > 1 else "".join(names)


def circle_of(commitment: Commitment) -> set[int]:
    if commitment.action_list:
        people = people_of(commitment.action_list)
    elif commitment.review:
        people = people_on(commitment.review)
    else:
        return set()
    return set(people.values_list("pk", flat=True))


def circle(commitment: Commitment, number: int) -> list[str]:
    if commitment.action_list:
        words = ngettext("this list (%(number)s person)", "this list (%(number)s people)", number)
        return [words % {"number": number}]
    if commitment.review:
        # Who is asked need not be on the review: that there is one is not theirs to learn.
        words = ngettext("a circle of %(number)s person", "a circle of %(number)s people", number)
        return [words % {"number": number}] if number else []
    return []


def asker(commitment: Commitment, people: set[int]) -> list[str]:
    """Named where they are not in the circle already."""
    asked_by = commitment.asked_by
    if asked_by is None or asked_by == commitment.person:
        return []
    return [] if asked_by.pk in people else [asked_by.name]


def managers(commitment: Commitment) -> list[str]:
    return [_("who manages %(team)s") % {"team": commitment.team}] if commitment.team else []


def people_of(action_list: ActionList) -> QuerySet:
    named = Q(pk__in=[action_list.owner_id, action_list.sponsor_id])
    return User.objects.filter(named | Q(pk__in=action_list.persons.values("user")), is_active=True)


def people_on(review: Review) -> QuerySet:
    return User.objects.filter(pk__in=review.persons.values("user"), is_active=True)
