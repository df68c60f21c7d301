"""The person's own page. What changes here moves the questions that are still to come."""

from itertools import islice

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from failforward import places
from failforward.accounts import times
from failforward.accounts.forms import ProfileForm
from failforward.accounts.models import User
from failforward.history import record

MOST_HOLIDAYS = 4


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    # Of its own: what was typed in vain must not show as the name in the frame.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        save(form)
        messages.success(request, _("Saved. Questions that are still to come follow your new times."))
        if "country" in form.changed_data and places.regions(person.country):
            messages.info(request, _("Holidays differ by region there. Choose yours below."))
        return redirect("profile")
    away = request.user.absences.standing().not_over(timezone.localdate()).for_list()
    context = {"form": form, "holidays": next_holidays(request.user), "absences": away}
    return render(request, "accounts/profile.html", context, status=400 if form.errors else 200)


def next_holidays(person: User) -> list[tuple]:
    """Those on which they would work otherwise."""
    coming = places.holidays_from(timezone.localdate(), person.country, person.region)
    off = ((day, name) for day, name in coming if str(day.isoweekday()) in person.work_days)
    return list(islice(off, MOST_HOLIDAYS))


@transaction.atomic
def save(form: ProfileForm) -> None:
    person, before = form.instance, form.initial
    person.region = form.cleaned_data["region"]
    person.work_days = "".join(sorted(form.cleaned_data["days"]))
    if "country" in form.changed_data and person.work_days == places.usual_week(before["country"]):
        # Nobody chose these days: they were the usual ones of the other country.
        person.work_days = places.usual_week(person.country)
    person.save(update_fields=["name", "time_zone", "ask_hour", "country", "region", "work_days", "nudges", "letters"])
    record(person, "changed", person, **said(form))
    times.changed(person)


def said(form: ProfileForm) -> dict[str, str]:
    person = form.instance
    now = {"name": person.name, "zone": person.time_zone, "hour": person.ask_hour, "days": person.work_days}
    now |= {"nudges": person.nudges, "letters": person.letters, "country": person.country, "region": person.region}
    named = {"zone": "time_zone", "hour": "ask_hour"}
    return {name: value for name, value in now.items() if named.get(name, name) in form.changed_data}
