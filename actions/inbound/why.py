"""Why a reply was not applied, in words for the person whose answer it may be."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNREADABLE = _("It could not be read: it is kept as it came, but its words stay shut to us.")
WHY: dict[str, str | Promise] = {
    # Held: a person says what it meant.
    "empty": _("We found no words of yours in it."),
    "unclear": _("We could not tell which of the five answers you meant."),
    "unclear_yes": _("We could not tell whether it was a yes or a no."),
    "several": _("We could not tell which question this part answers. Everything else was noted."),
    "refused": _("It could not be carried out as it stands."),
    "stranger": _("It came from an address that is not on file for you. Was this you?"),
    "forged": _("The mail server could not confirm that it came from you. Was this you?"),
    "two_addresses": _("It went to two questions at once, so we could not tell which one you answered."),
    "wrong_address": _("The address it came to is not the one in our mail. Was this you?"),
    "no_address": _("We could not tell which of your promises it was about."),
    "no_question": _("The mail it answers asks nothing that a reply could answer."),
    "too_many": _("Too many replies came within an hour."),
    "complaint": _("Somebody marked our mail as unwanted."),
    "encrypted": _("It is encrypted, so we could not read it."),
    "winmail": _("It came as winmail.dat, which only Outlook reads."),
    # Notes: kept and shown, nothing changed.
    "late": _("It came after this was answered or settled, so nothing was changed."),
    "passed_on": _("It came from an address we do not know, and was passed on to whoever asked for this."),
    "left": _("The person does not work here any more."),
    "copy": _("The same mail came before."),
    "away": _("Out of office?"),
    "calendar": _("Your calendar answered the invitation. It is noted for the meeting."),
    "delayed": _("Our mail is delayed."),
}


def words_of(code: str) -> str:
    return str(WHY.get(code, UNREADABLE))
