"""What we write without being asked is switched off by the link under it: a page with a button, and a bare POST from a
mail program (RFC 8058)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from actions.models import LetterToken, StopToken
from failforward.accounts.models import User
from failforward.history.models import record
from failforward.link_pages import link_page, too_many, too_many_unknown

ONE_CLICK = ("List-Unsubscribe", "One-Click")
Token = type[StopToken] | type[LetterToken]


def switch(tokens: Token, field: str, verb: str, template: str) -> Callable[[HttpRequest, str], HttpResponse]:
    """The view that switches off `field` of the person whom a token was made for; `verb` is the history's word."""

    def view(request: HttpRequest, token: str) -> HttpResponse:
        """A mail program has no cookie and sends one field; somebody who pressed the page's button has both."""
        return one_click(request, token) if is_one_click(request) else by_link(request, token)

    def one_click(request: HttpRequest, token: str) -> HttpResponse:
        found = tokens.objects.select_related("person").find(token)
        if found is None:
            return HttpResponse(status=429 if too_many_unknown(request) else 404)
        if too_many(request, found):
            return HttpResponse(status=429)
        if not found.is_alive(timezone.now()):
            return HttpResponse(status=404)
        off(found.person)
        return HttpResponse(status=200)

    @link_page(tokens)
    def by_link(request: HttpRequest, token: StopToken | LetterToken) -> HttpResponse:
        alive = token.is_alive(timezone.now()) and token.person.is_active
        if alive and request.method == "POST":
            off(token.person)
        context = {"alive": alive, "off": not getattr(token.person, field)}
        return render(request, template, context, status=200 if alive else 410)

    def off(person: User) -> None:
        if getattr(person, field):
            setattr(person, field, False)
            person.save(update_fields=[field])
            record(person, verb, person)

    view.csrf_exempt = True
    return view


def is_one_click(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]


reminders = switch(StopToken, "nudges", "reminders_off", "actions/stop.html")
letters = switch(LetterToken, "letters", "letters_off", "actions/stop_letters.html")
