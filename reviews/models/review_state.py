from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    PENDING = "pending", _("to choose")
    GATHERING = "gathering", _("gathering")
    CAUSALITY = "causality", _("causality")
    CODING = "coding", _("coding")
    ACTING = "acting", _("acting")
    CLOSED = "closed", _("closed")
    WAIVED = "waived", _("waived")
    REOPENED = "reopened", _("reopened")


OPEN_STATES = [State.GATHERING, State.CAUSALITY, State.CODING, State.ACTING, State.REOPENED]
# What `refresh_state` sets; the others are decisions.
DERIVED_STATES = [State.GATHERING, State.CAUSALITY, State.CODING, State.ACTING]
CHOSEN_STATES = [*OPEN_STATES, State.CLOSED]


class Visibility(models.TextChoices):
    STANDARD = "standard", _("standard")
    NAMED = "named", _("named")
    SEALED = "sealed", _("sealed")


def state_of(events: int, judged: int, settled: int) -> State:
    """The state that follows from how many events there are, have a causal role, and are settled."""
    if judged == 0:
        return State.GATHERING
    if judged < events:
        return State.CAUSALITY
    return State.ACTING if settled == events else State.CODING
