"""The ways around the product, and the menus that show them. No request comes in here: what the menus say depends on
few things, so each is drawn once for all who see the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _


class Theme(NamedTuple):
    code: str
    label: Promise
    icon: str


@dataclass(frozen=True)
class Place:
    """One entry of a menu. `section` is the first part of its address; pages under it light it up."""

    name: str
    label: Promise
    icon: str
    section: str
    key: str = ""  # after `g`, see static/js/keys.js
    about: str | Promise = ""
    needs: str = ""
    shows: str = ""  # the filters and order it opens with

    @property
    def url(self) -> str:
        return reverse(self.name) + self.shows


MAIN = [
    Place("desk", _("Today"), "calendar", "", "t", _("What needs you now.")),
    Place("review_list", _("Reviews"), "book", "reviews", "r", _("Lost deals, and what happened in each.")),
    Place("finding_list", _("Findings"), "finding", "findings", "f", _("Weaknesses in how we work.")),
    Place("action_list", _("Actions"), "flag", "actions", "a", _("What we change, and who has it in hand.")),
    Place("meeting_list", _("Meetings"), "people", "meetings", "w", _("Each list, once a week, until it is done.")),
]
MORE = [
    Place(
        "commitment_list",
        _("Commitments"),
        "check",
        "commitments",
        "c",
        _("Who does what by when."),
        shows="?state=open&sort=earliest",
    ),
    Place(
        "talk_list",
        _("Coaching talks"),
        "talk",
        "talks",
        "h",
        _("What two of you talked about, and what came of it. Nobody else reads it."),
    ),
    Place("held_list", _("Replies"), "mail", "replies", "y", _("Mail that waits for you to say what it meant.")),
    Place("deal_list", _("Deals"), "deal", "deals", "d", _("Everything that came from the CRM.")),
    Place("lesson_list", _("Lessons"), "eye", "lessons", "s", _("What closed reviews taught us.")),
    Place("loop", _("From losses to proof"), "systemic", "insights", "v", _("How far losses come.")),
    Place("list_list", _("Action lists"), "list", "lists", "l", _("Each with an owner and a meeting day.")),
    Place("categories", _("Categories"), "grid", "categories", "k", _("The eleven: what counts, what does not.")),
    Place("import_list", _("Imports"), "import", "imports", "i", _("Bring deals in from a file."), "admin"),
    Place("people", _("People"), "people", "people", "p", _("Who belongs to which team."), "admin"),
    Place("post_office", _("Mail"), "send", "mail", "e", _("What goes out, and what did not arrive."), "admin"),
    Place("mailbox", _("Mailbox"), "mail", "mailbox", "o", _("Mail that is kept here and not sent."), "mailbox"),
]
NEW = [
    Place("review_new", _("Review"), "book", "", "", _("Look back on a deal that was lost, or won.")),
    Place("review_new", _("Hand-off"), "right", "", "", _("Bring a won deal to production."), shows="?of=won"),
    Place("commitment_new", _("Commitment"), "check", "", "", _("Something you or a colleague will do, by a date.")),
    Place("talk_new", _("Coaching talk"), "talk", "", "", _("What you talked about with a colleague."), "manager"),
    Place("list_new", _("Action list"), "list", "", "", _("A place for actions, with a weekly meeting."), "manager"),
]
# On a phone the bottom bar; "New" and "More" are pages there.
TABS = [
    MAIN[0],
    MORE[0],
    Place("new", _("New"), "plus", "new", "n"),
    MAIN[1],
    Place("more", _("More"), "more", "more", "m"),
]
PERSON = [
    Place("profile", _("Profile"), "person", "me", "", _("Name, time zone, when you are asked.")),
    Place("absence_list", _("Days away"), "leave", "absences", "", _("When nobody asks you, and who stands in.")),
    Place("account_change_password", _("Password"), "key", "", "", _("Choose a new one.")),
    Place("mfa_index", _("Two steps to log in"), "phone", "", "", _("An app on your phone confirms that it is you.")),
    Place(
        "usersessions_list", _("Where I am logged in"), "lock", "", "", _("Other browsers, and the way out of them.")
    ),
    Place("keys", _("Keys"), "keyboard", "keys", "", _("Go and work without a mouse.")),
]
THEMES = [
    Theme("auto", _("Auto"), "auto"),
    Theme("light", _("Light"), "sun"),
    Theme("dark", _("Dark"), "moon"),
]
# Parts of the frame, by their templates.
DRAWN = ["nav", "new", "person", "themes", "tabs"]
# Pages whose address begins elsewhere but which belong to a section.
BELONGS_TO = {"coding": "reviews", "events": "reviews", "whys": "reviews", "lists": "actions"}
BELONGS_TO |= {"checks": "actions", "recurrences": "findings"}
SECTIONS = {place.section for place in [*MAIN, *MORE, *TABS, *PERSON]}


def section_of(path: str) -> str | None:
    """The section that an address lies in."""
    first = path.strip("/").split("/")[0]
    section = BELONGS_TO.get(first, first)
    return section if section in SECTIONS else None


class Menus(NamedTuple):
    """The menus on the pages of `section`, for whoever meets `met` of what places need."""

    section: str | None
    met: frozenset[str]
    theme: str = "auto"

    @property
    def main(self) -> list[Place]:
        return self.offered(MAIN)

    @property
    def more(self) -> list[Place]:
        return self.offered(MORE)

    @property
    def new(self) -> list[Place]:
        return self.offered(NEW)

    @property
    def tabs(self) -> list[Place]:
        return self.offered(TABS)

    @property
    def tab(self) -> str | None:
        """The one of the bottom bar; what has none there is reached through More."""
        return self.section if self.section in {None, *(tab.section for tab in TABS)} else "more"

    @property
    def person(self) -> list[Place]:
        return self.offered(PERSON)

    @property
    def themes(self) -> list[Theme]:
        return THEMES

    @property
    def in_more(self) -> bool:
        return any(place.section == self.section for place in self.more)

    @property
    def reached_by_key(self) -> list[Place]:
        return [place for place in dict.fromkeys([*self.main, *self.more, *self.tabs]) if place.key]

    def offered(self, places: Iterable[Place]) -> list[Place]:
        return [place for place in places if not place.needs or place.needs in self.met]


@lru_cache(maxsize=200)
def drawn(menus: Menus, language: str) -> dict[str, SafeString]:
    return {name: render_to_string(f"frame/_{name}.html", {"menus": menus}) for name in DRAWN}
