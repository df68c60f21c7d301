"""What a promise can be, and for which days one can make it."""

from datetime import date

from django.db import models
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.guards import Refused


class State(models.TextChoices):
    REQUESTED = "requested", _("asked for")
    ACCEPTED = "accepted", _("accepted")
    KEPT = "kept", _("kept")
    PARTLY = "partly", _("partly")
    STUCK = "stuck", _("stuck")
    MOVED = "moved", _("moved")
    DROPPED = "dropped", _("dropped")
    DECLINED = "declined", _("declined")


OPEN_STATES = [State.ACCEPTED, State.PARTLY, State.STUCK, State.MOVED]


def check_day(day: date, today: date, earliest: int = 0, field: str = "due_on") -> None:
    """A day one can promise something for. `earliest` counts from today."""
    if (day - today).days < earliest:
        raise Refused(say("That is too long ago.") if earliest else say("Choose a day from today on."), field)
    if (day - today).days > 5 * 366:
        raise Refused(say("Choose a day within the next five years."), field)
