"""What the frame of every page needs: the theme, the way around, the demo. Asks the database nothing for strangers."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from failforward.accounts.reach import reach_of
from failforward.demo import people, removal


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

    @property
    def url(self) -> str:
        return reverse(self.name)


MAIN = [
    Place("desk", _("Today"), "calendar", "", "t", _("What needs you now.")),
    Place("review_list", _("Reviews"), "book", "reviews", "r", _("Lost deals, and what happened in each.")),
    Place("finding_list", _("Findings"), "finding", "findings", "f", _("Weaknesses in how we work.")),
    Place("action_list", _("Actions"), "flag", "actions", "a", _("What we change, and who has it in hand.")),
]
MORE = [
    Place("commitment_list", _("Commitments"), "check", "commitments", "c", _("Who does what by when.")),
    Place("deal_list", _("Deals"), "deal", "deals", "d", _("Everything that came from the CRM.")),
    Place("list_list", _("Action lists"), "list", "lists", "l", _("Each with an owner and a meeting day.")),
    Place("categories", _("Categories"), "grid", "categories", "k", _("The eleven: what counts, what does not.")),
    Place("import_list", _("Imports"), "import", "imports", "i", _("Bring deals in from a file."), "admin"),
    Place("people", _("People"), "people", "people", "p", _("Who belongs to which team."), "admin"),
    Place("mailbox", _("Mailbox"), "mail", "mailbox", "o", _("Mail that is kept here and not sent."), "mailbox"),
]
NEW = [
    Place("review_new", _("Review"), "book", "", "", _("Look back on a lost deal.")),
    Place("commitment_new", _("Commitment"), "check", "", "", _("Something you or a colleague will do, by a date.")),
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
# Pages whose address begins elsewhere but which belong to a section.
BELONGS_TO = {"coding": "reviews"}


class DemoPerson(NamedTuple):
    name: str
    email: str
    about: str

    @property
    def short(self) -> str:
        return self.name.split()[0]


class Frame:
    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def theme(self) -> str:
        chosen = self.request.COOKIES.get("theme", "")
        return chosen if chosen in {theme.code for theme in THEMES} else "auto"

    @property
    def themes(self) -> list[Theme]:
        return THEMES

    @property
    def keys(self) -> str:
        """Single keys can be switched off: some people's tools type them by accident (WCAG 2.1.4)."""
        return "off" if self.request.COOKIES.get("keys") == "off" else "on"

    @cached_property
    def demo(self) -> bool:
        return settings.DEMO and removal.is_here()

    @property
    def demo_people(self) -> list["DemoPerson"]:
        """Whom a newcomer can be. The log-in page asks; nobody is offered once the demo has left."""
        if not self.demo:
            return []
        about = dict(people.LOG_INS)
        shown = [person for person in people.PEOPLE if person.key in about]
        shown.sort(key=lambda person: list(about).index(person.key))
        return [DemoPerson(person.name, person.email, about[person.key]) for person in shown]

    @property
    def demo_password(self) -> str:
        return people.PASSWORD

    @property
    def mailbox(self) -> bool:
        return settings.MAILBOX

    @property
    def section(self) -> str:
        first = self.request.path.strip("/").split("/")[0]
        return BELONGS_TO.get(first, first)

    @cached_property
    def main(self) -> list[Place]:
        return self.offered(MAIN)

    @cached_property
    def more(self) -> list[Place]:
        return self.offered(MORE)

    @cached_property
    def new(self) -> list[Place]:
        return self.offered(NEW)

    @cached_property
    def tabs(self) -> list[Place]:
        return self.offered(TABS)

    @cached_property
    def person(self) -> list[Place]:
        return self.offered(PERSON)

    @property
    def reached_by_key(self) -> list[Place]:
        return [place for place in dict.fromkeys([*self.main, *self.more, *self.tabs]) if place.key]

    @property
    def in_more(self) -> bool:
        return any(place.section == self.section for place in self.more)

    def offered(self, places: list[Place]) -> list[Place]:
        reach = reach_of(self.request.user)
        met = {"": True, "manager": reach.is_manager, "admin": reach.is_admin, "mailbox": settings.MAILBOX}
        return [place for place in places if met[place.needs]]


def site(request: HttpRequest) -> dict[str, Frame]:
    return {"frame": Frame(request)}
