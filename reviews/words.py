"""What the history says of reviews and events, after the name of who did it."""

from django.utils.translation import gettext_lazy as _

from failforward.history import words


def register() -> None:
    words.register(
        "reviews.review",
        {
            "opened": _("opened the review"),
            "chosen": _("chose it for review"),
            "depth_changed": _("changed how deep it goes"),
            "waived": _("left it unreviewed: %(reason)s"),
            "person_added": _("added %(person)s"),
            "person_removed": _("took %(person)s off"),
            "facilitator_named": _("let %(person)s facilitate"),
            "visibility_changed": _("changed who reads it: %(before)s, now %(after)s"),
            "owner_asked": _("asked %(person)s what happened"),
            "captured": _("told what happened"),
            "lesson_written": _("wrote the lesson"),
            "closed": _("closed the review"),
            "reopened": _("reopened it: %(reason)s"),
            "addendum_added": _("added a dated note"),
        },
    )
    words.register(
        "reviews.failureevent",
        {
            "added": _("wrote down what happened"),
            "edited": _("changed the words"),
            "judged": _("said what it did to the outcome"),
            "read": _("read it"),
            "settle": _("settled category and verdict"),
            "differ": _("found that the readings differ"),
            "adjudicate": _("decided how it is read: %(reason)s"),
            "ask again": _("asked for a new reading: %(reason)s"),
            "take finding": _("joined it to “%(finding)s”"),
            "release finding": _("took it out of “%(finding)s”"),
        },
    )
