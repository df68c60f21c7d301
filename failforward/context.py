"""What the frame of every page needs: the theme, the menus, the demo. Asks the database nothing for strangers."""

from functools import cached_property
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from failforward.accounts.reach import reach_of
from failforward.demo import people, removal
from failforward.menus import THEMES, Menus, drawn, section_of


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
    def keys(self) -> str:
        """Single keys can be switched off: some people's tools type them by accident (WCAG 2.1.4)."""
        return "off" if self.request.COOKIES.get("keys") == "off" else "on"

    @cached_property
    def demo(self) -> bool:
        return settings.DEMO and removal.is_here()

    @property
    def demo_people(self) -> list["DemoPerson"]:
        """Whom a newcomer can be. The log-in page asks; nobody is offered once the demo has left."""
        if not (self.demo and removal.lets_log_in()):
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

    @cached_property
    def menus(self) -> Menus:
        reach = reach_of(self.request.user)
        met = {"manager": reach.is_manager, "admin": reach.is_admin, "mailbox": settings.MAILBOX}
        return Menus(section_of(self.request.path), frozenset(need for need in met if met[need]), self.theme)

    @cached_property
    def drawn(self) -> dict[str, SafeString]:
        """What is the same for many people, by the name of its template."""
        return drawn(self.menus, get_language())


def site(request: HttpRequest) -> dict[str, Frame]:
    return {"frame": Frame(request)}
