"""Reminders off, by the link under a reminder: a page with a button, and a bare POST from a mail program (RFC 8058)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from actions.models import StopToken
from failforward.accounts.models import User
from failforward.history.models import record
from failforward.link_pages import link_page, too_many, too_many_unknown

ONE_CLICK = ("List-Unsubscribe", "One-Click")


def reminders(request: HttpRequest, token: str) -> HttpResponse:
    """A mail program has no cookie and sends one field; somebody who pressed the page's button has both."""
    return by_link(request, token) if not is_one_click(request) else one_click(request, token)


reminders.csrf_exempt = True


def is_one_click(request: HttpRequest) -> bool:
    return request.method == "POST" and request.POST.get(ONE_CLICK[0]) == ONE_CLICK[1]


@csrf_exempt
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    found = StopToken.objects.select_related("person").find(token)
    if found is None:
        return HttpResponse(status=429 if too_many_unknown(request) else 404)
    if too_many(request, found):
        return HttpResponse(status=429)
    if not found.is_alive(timezone.now()):
        return HttpResponse(status=404)
    switch_off(found.person)
    return HttpResponse(status=200)


@link_page(StopToken)
def by_link(request: HttpRequest, token: StopToken) -> HttpResponse:
    alive = token.is_alive(timezone.now()) and token.person.is_active
    if alive and request.method == "POST":
        switch_off(token.person)
    context = {"alive": alive, "off": not token.person.nudges}
    return render(request, "actions/stop.html", context, status=200 if alive else 410)


def switch_off(person: User) -> None:
    if person.nudges:
        person.nudges = False
        person.save(update_fields=["nudges"])
        record(person, "reminders_off", person)
