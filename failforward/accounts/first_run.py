"""Starting for real: the first admin of an installation, once."""

from collections.abc import Callable

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from failforward.accounts.forms import FirstRunForm
from failforward.accounts.models import Installation, Membership, Role, Team, User
from failforward.guards import Refused
from failforward.history import record
from failforward.places import country_of_zone


def open_installation(name: str, email: str, password: str, company: str, **team_fields) -> User:
    """The first admin, their team, and the row that closes the first-run page for good.

    Raises `Refused` when somebody was faster.
    """
    try:
        with transaction.atomic():
            zone = team_fields.get("time_zone", "UTC")
            times = {"time_zone": zone, "country": country_of_zone(zone)}
            admin = User.objects.create_user(email, password, name=name, **times)
            Installation.objects.create(opened_by=admin)
            team = Team.open(company, **team_fields)
            Membership.objects.create(user=admin, team=team, role=Role.ADMIN)
            record(team, "opened", admin)
            return admin
    except IntegrityError as error:
        raise Refused(_("Somebody has set this up already. Log in instead.")) from error


def first_run_page(
    request: HttpRequest, template: str, *, welcome: str, then: str, begin: Callable[..., User] = open_installation
) -> HttpResponse:
    """The form that makes the first admin: in an empty house, and beside a demo that is about to leave."""
    form = FirstRunForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, template, {"form": form}, status=400 if form.errors else 200)
    try:
        admin = begin(**form.cleaned_data)
    except Refused as refusal:
        messages.info(request, str(refusal))
        return redirect("account_login")
    log_in(request, admin)
    messages.success(request, welcome)
    return redirect(then)


def log_in(request: HttpRequest, admin: User) -> None:
    """Listed among the sessions of this person, as a log-in by password is."""
    login(request, admin, backend=settings.AUTHENTICATION_BACKENDS[0])
    UserSession.objects.create_from_request(request)
