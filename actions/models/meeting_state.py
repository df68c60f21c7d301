from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    PLANNED = "planned", _("planned")
    RUNNING = "running", _("under way")
    CLOSED = "closed", _("closed")
    SKIPPED = "skipped", _("skipped")


OPEN_STATES = [State.PLANNED, State.RUNNING]


class Heading(models.TextChoices):
    """What puts something on the agenda, in order of value: it stands under the first that fits."""

    ANSWERS = "answers", _("Answers since last time")
    DUE = "due", _("Due")
    OVERDUE = "overdue", _("Still open from before")
    BLOCKED = "blocked", _("Blocked")
    STALLED = "stalled", _("Stalled")
    SILENT = "silent", _("No answer yet")
    CHECKS = "checks", _("To be checked")
    SPONSOR = "sponsor", _("Asked of the sponsor")
    FINDINGS = "findings", _("New findings and proposals")
    ON_TRACK = "on_track", _("On track")


class Left(models.TextChoices):
    """How an item is left; nobody leaves it otherwise."""

    DONE = "done", _("Done")
    MOVED = "moved", _("Moved")
    BLOCKED = "blocked", _("Blocked by")
    NEXT = "next", _("Next commitment")
    PARKED = "parked", _("Parked")
    DROPPED = "dropped", _("Dropped because")


class Attendance(models.TextChoices):
    PRESENT = "present", _("present")
    LATE = "late", _("came later")
    ABSENT = "absent", _("not there")
