from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from actions.models.action import ActionItem
from actions.models.action_state import RUNNING_STATES
from actions.models.meeting import Meeting
from actions.models.meeting_state import Heading, Left
from actions.models.parents import at_most_one
from reviews.models import Finding

# What an item can be about, exactly one of them.
KINDS = ["commitment", "action", "finding", "sponsor_request"]


# What has been said already, and what goes well.
NOT_ASKED = [Heading.ANSWERS, Heading.ON_TRACK]


class MeetingItemQuerySet(models.QuerySet):
    def left(self) -> Self:
        return self.exclude(left_as="")

    def asked_by_minutes(self) -> Self:
        """Actions in hand that nobody came to: the minutes ask whoever is responsible and still there."""
        unsaid = self.filter(left_as="", person__is_active=True).exclude(heading__in=NOT_ASKED)
        return unsaid.filter(action__state__in=RUNNING_STATES)

    def for_minutes(self) -> Self:
        joined = self.select_related("person", "left_by", "next_commitment__person", "action")
        return joined.order_by("position", "pk")


class MeetingItem(models.Model):
    """What became of one item of the agenda: how it was left, by whom, when, and what was said.

    Written when it is left; what nobody came to is written when the meeting is closed, `left_as` empty. From then on
    these rows are the agenda, with the words of that day.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="items")
    commitment = models.ForeignKey(
        "actions.Commitment", models.PROTECT, null=True, blank=True, related_name="meeting_items"
    )
    action = models.ForeignKey(ActionItem, models.PROTECT, null=True, blank=True, related_name="meeting_items")
    finding = models.ForeignKey(Finding, models.PROTECT, null=True, blank=True, related_name="meeting_items")
    sponsor_request = models.ForeignKey(
        "actions.SponsorRequest", models.PROTECT, null=True, blank=True, related_name="meeting_items"
    )
    heading = models.CharField(max_length=10, choices=Heading)
    position = models.PositiveIntegerField(default=0)
    title = models.TextField()
    # Whose it is, and the day it was promised for, as the meeting found it.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    left_as = models.CharField(max_length=8, choices=Left, blank=True)
    happened = models.TextField(_("what happened"), blank=True)
    learned = models.TextField(_("what we learned"), blank=True)
    # What it waits for, why it moves, why it is dropped, why it is parked.
    because = models.TextField(blank=True)
    moved_to = models.DateField(null=True, blank=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    next_commitment = models.ForeignKey(
        "actions.Commitment", models.PROTECT, null=True, blank=True, related_name="named_in_meetings"
    )
    left_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = MeetingItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=at_most_one(KINDS) & ~Q(**dict.fromkeys(KINDS)), name="an_item_is_about_one_thing"
            ),
            *[
                models.UniqueConstraint(
                    fields=["meeting", kind], condition=Q(**{f"{kind}__isnull": False}), name=f"a_{kind}_once_a_meeting"
                )
                for kind in KINDS
            ],
            models.CheckConstraint(
                condition=Q(left_as="") | Q(left_by__isnull=False, left_at__isnull=False), name="somebody_left_it"
            ),
        ]

    def __str__(self) -> str:
        return self.title[:80]

    @property
    def key(self) -> str:
        return next(f"{kind}:{pk}" for kind in KINDS if (pk := getattr(self, f"{kind}_id")))

    @property
    def is_asked_about(self) -> bool:
        """Nobody came to it, and a mail asks: about what was promised and not answered since its follow-up, about an
        action in hand the minutes, of whoever is responsible for it. What is only proposed asks nobody, and whoever
        left us is asked nothing."""
        if self.left_as or self.heading in NOT_ASKED or (self.person is not None and not self.person.is_active):
            return False
        in_hand = self.action_id is not None and self.action.state in RUNNING_STATES
        return self.commitment_id is not None or (in_hand and self.person_id is not None)
