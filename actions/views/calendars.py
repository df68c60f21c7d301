from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions.models import ActionList, CalendarFeed
from failforward import links
from failforward.ids import id_of
from failforward.link_pages import link_page

SHOWN = 100


@require_safe
@login_required
def index(request: HttpRequest) -> HttpResponse:
    return page(request)


@require_POST
@login_required
def verb(request: HttpRequest, verb: str) -> HttpResponse:
    of = chosen_list(request)
    if verb == "make":
        # The only time that the whole address exists outside of the subscriber's calendar.
        return page(request, made=links.absolute("calendar", CalendarFeed.make(request.user, of)), made_for=of)
    if verb == "end":
        if CalendarFeed.end(request.user, of):
            messages.success(request, _("The address is ended. Calendars that read it get nothing any more."))
        return redirect("calendars")
    raise Http404


def chosen_list(request: HttpRequest) -> ActionList | None:
    posted = request.POST.get("list")
    if not posted:
        return None
    return get_object_or_404(ActionList.objects.visible_to(request.user).distinct(), pk=id_of(posted))


def page(request: HttpRequest, made: str = "", made_for: ActionList | None = None) -> HttpResponse:
    running = {feed.action_list_id: feed for feed in CalendarFeed.objects.running(request.user)}
    lists = ActionList.objects.visible_to(request.user).distinct().order_by("name", "pk")[:SHOWN]
    rows = [{"list": one, "feed": running.get(one.pk)} for one in lists]
    context = {"own": running.get(None), "rows": rows, "made": made, "made_for": made_for}
    return render(request, "actions/calendars.html", context)


@require_safe
@link_page(CalendarFeed)
def feed(request: HttpRequest, found: CalendarFeed) -> HttpResponse:
    """410 tells a calendar to stop asking; 404 says nothing."""
    if not found.is_alive(timezone.now()) or not found.person.is_active:
        return HttpResponse(_("This calendar was ended."), content_type="text/plain; charset=utf-8", status=410)
    if found.action_list and not ActionList.objects.visible_to(found.person).filter(pk=found.action_list.pk).exists():
        raise Http404
    # The library takes a tenth of a second to load, and most processes never need it.
    from actions import calendar

    response = HttpResponse(calendar.build(found), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="failforward.ics"'
    return response
