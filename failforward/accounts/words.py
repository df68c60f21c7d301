"""What the history says of people and teams, after the name of who did it."""

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Role
from failforward.history import words

LABELS = {
    "name": _("the name"),
    "email": _("the e-mail address"),
    "zone": _("the time zone"),
    "time_zone": _("the time zone"),
    "country": _("the country"),
    "region": _("the region"),
    "hour": _("the hour of questions"),
    "days": _("the working days"),
    "nudges": _("reminders"),
    "letters": _("the monthly letter"),
    "default_sponsor": _("the sponsor"),
    "readers_per_event": _("how many read an event"),
    "review_from_minor": _("the amount from which a loss is reviewed"),
    "review_every_nth": _("every which loss below it is reviewed"),
    "neutral_subject": _("neutral mail subjects"),
}


def changed(details: dict) -> str:
    """`{field: …}`, or `{"changes": {field: [before, after]}}`; the names of the fields are enough."""
    # In the order of the labels: PostgreSQL keeps none of its own in JSON.
    fields = sorted(details.get("changes", details), key=lambda name: [*LABELS, name].index(name))
    named = [str(LABELS.get(name, name.replace("_", " "))) for name in fields]
    return say("changed %(what)s") % {"what": ", ".join(named)}


def added(details: dict) -> str:
    return say("added them to %(team)s") % details if details.get("team") else say("added them")


def placed(details: dict) -> str:
    roles = {code: str(label) for code, label in Role.choices}
    role = roles.get(details.get("role", ""), "")
    return say("made them %(role)s in %(team)s") % {"role": role, "team": details.get("team", "")}


def register() -> None:
    words.register(
        "accounts.user",
        {
            "added": added,
            "changed": changed,
            "placed": placed,
            "left": _("took them out of %(team)s"),
            "deactivated": _("deactivated them"),
            "activated": _("activated them"),
            "invited": _("invited them"),
            "reminders_off": _("switched reminders off"),
            "letters_off": _("switched the monthly letter off"),
            "address_trusted": _("said that the address works"),
            "calendar_made": _("made a calendar address"),
            "calendar_ended": _("ended a calendar address"),
        },
    )
    words.register(
        "accounts.absence",
        {
            "planned": _("set it from %(from_on)s until %(until_on)s"),
            "changed": _("changed it to %(from_on)s until %(until_on)s"),
            "ended": _("ended it"),
            "accepted": _("said that it is right"),
            "declined": _("said that it is not right"),
        },
    )
    words.register("accounts.team", {"opened": _("opened the team"), "changed": changed})
