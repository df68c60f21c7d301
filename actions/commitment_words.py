"""What the history says of commitments, after the name of who did it."""

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models import Commitment
from actions.models.answer import AskerReply, Status
from failforward.history import words


def answered(details: dict) -> str:
    return say("answered: %(status)s") % {"status": Status(details["status"]).label}


def changed(details: dict) -> str:
    return say("changed the answer: %(status)s") % {"status": Status(details["status"]).label}


def moved(details: dict) -> str:
    return with_reason(say("moved it from %(from_on)s to %(to_on)s"), details)


def asked_to_move(details: dict) -> str:
    return with_reason(say("asked to move it from %(from_on)s to %(to_on)s"), details)


def with_reason(phrase: str, details: dict) -> str:
    """An answer says its reason itself."""
    reason = details.get("reason")
    return phrase % details + (f": {reason}" if reason else "")


def register() -> None:
    words.register(
        Commitment._meta.label_lower,
        {
            "made": _("wrote it down, by %(due_on)s"),
            "requested": _("asked for it, by %(due_on)s"),
            "accepted": _("took it on, by %(due_on)s"),
            "redated": _("took it on, by %(due_on)s instead of %(asked_for)s"),
            "declined": _("said no. %(reason)s"),
            "partner_asked": _("asked %(partner)s to keep an eye on it"),
            "partner_agreed": _("said yes to keeping an eye on it"),
            "partner_declined": _("said no to keeping an eye on it"),
            "partner_noted": _("left a note"),
            "partner_ended": _("ended that %(partner)s keeps an eye on it"),
            "snoozed": _("put the question off to %(to_on)s: %(reason)s"),
            "moved": moved,
            "asked_to_move": asked_to_move,
            "agreed_to_move": _("agreed to %(to_on)s"),
            "refused_move": _("did not agree to %(to_on)s"),
            "kept": _("did it on %(kept_on)s"),
            "stuck": _("is stuck and asks for help"),
            "dropped": _("dropped it. %(reason)s"),
            "followed": _("ended it: the next commitment takes its place"),
            "words_passed": _("passed on to %(to)s what came in about it by mail"),
            "taken_up": _("took it up again"),
            "answered": answered,
            "answer_changed": changed,
            "reworded": _("changed it with the answer it came from"),
            "taken_back": _("took it back with the answer it came from"),
        }
        | {f"replied_{kind}": _("sent back: %(kind)s") for kind in AskerReply.Kind.values},
    )
