from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from actions.effect import EFFECTIVE, INCONCLUSIVE, INEFFECTIVE
from actions.models.action_state import State as ActionState

USUAL_DAYS, MOST_DAYS = 90, 1095
LATEST = timedelta(MOST_DAYS)


class State(models.TextChoices):
    PLANNED = "planned", _("planned")
    UNDER_WAY = "under_way", _("under way")
    DECIDED = "decided", _("decided")
    RETIRED = "retired", _("retired")


class Method(models.TextChoices):
    RECURRENCE = "recurrence", _("whether it is seen again")
    METRIC = "metric", _("a number over time")
    SAMPLE = "sample", _("a sample that is looked at")
    INTERVIEW = "interview", _("talking to people")


class Said(models.TextChoices):
    MET = "met", _("It is met")
    NOT_MET = "not_met", _("It is not met")
    CANNOT_TELL = "cannot_tell", _("It cannot be told yet")


class Outcome(models.TextChoices):
    EFFECTIVE = EFFECTIVE, _("effective")
    INEFFECTIVE = INEFFECTIVE, _("ineffective")
    INCONCLUSIVE = INCONCLUSIVE, _("inconclusive")


OPEN_STATES = [State.PLANNED, State.UNDER_WAY]
# From where a check may begin: what is said to be done, and what was checked before and is looked at once more.
BEGINS_FROM = [ActionState.CLAIMED_DONE, ActionState.EFFECTIVE, ActionState.INCONCLUSIVE]
PLANNABLE = [
    ActionState.PROPOSED,
    ActionState.COMMITTED,
    ActionState.IN_PROGRESS,
    ActionState.BLOCKED,
    *BEGINS_FROM,
]
