"""The person's own page. What changes here moves the questions that are still to come."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from actions.follow_ups import replan_for
from failforward.accounts.forms import ProfileForm
from failforward.history import record


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        save(form)
        messages.success(request, _("Saved. Questions that are still to come follow your new times."))
        return redirect("profile")
    return render(request, "accounts/profile.html", {"form": form}, status=400 if form.errors else 200)


@transaction.atomic
def save(form: ProfileForm) -> None:
    person = form.instance
    person.work_days = "".join(sorted(form.cleaned_data["days"]))
    person.save(update_fields=["name", "time_zone", "ask_hour", "work_days"])
    record(person, "changed", person, zone=person.time_zone, hour=person.ask_hour, days=person.work_days)
    replan_for(person)
