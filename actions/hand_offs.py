"""Accepting a hand-off: production takes the deal on, and sales is asked to stay in touch with the customer."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from actions.models import Commitment
from failforward import working_days
from failforward.accounts.models import User
from reviews.models import HandOff


def accept(hand_off: HandOff, by: User, kick_off_on: date, delivery_on: date, now: datetime) -> list[Commitment]:
    """The contacts it asks for; none where it was accepted before."""
    today = working_days.local_date(now, by.time_zone)
    with transaction.atomic():
        if not hand_off.accept(by, kick_off_on, delivery_on, today):
            return []
        return [
            Commitment.request(
                by, hand_off.sales_lead, what, day, now=now, review=hand_off.review, outcome_wanted=outcome
            )
            for what, outcome, day in contacts(kick_off_on, delivery_on)
            if day >= today
        ]


def contacts(kick_off_on: date, delivery_on: date) -> list[tuple[str, str, date]]:
    """What, for what outcome, on which day: at the kick-off, in the middle, at the delivery."""
    middle = kick_off_on + (delivery_on - kick_off_on) / 2
    return [
        (
            _("Ring the customer after the kick-off: are they in good hands?"),
            _("They know whom to ask, and it is production."),
            kick_off_on,
        ),
        (
            _("Ask the customer how it goes, half-way. Listen, and settle nothing over production’s head."),
            _("Production hears what the customer said."),
            middle,
        ),
        (
            _("Ask the customer after the delivery whether it is what they were promised."),
            _("The ledger says of each promise whether it was kept."),
            delivery_on,
        ),
    ]
