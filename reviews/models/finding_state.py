from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    OPEN = "open", _("open")
    BEING_FIXED = "being_fixed", _("being fixed")
    FIXED = "fixed", _("fixed")
    REOPENED = "reopened", _("reopened")
    ACCEPTED = "accepted", _("accepted: not worth fixing")
    MERGED = "merged", _("merged into another")


# Not done with: what is offered to an event as the weakness it may show.
UNFIXED = [State.OPEN, State.BEING_FIXED, State.REOPENED]
