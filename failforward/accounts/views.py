from collections import defaultdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from failforward.accounts import people as verbs
from failforward.accounts.first_run import first_run_page
from failforward.accounts.forms import MembershipForm, PersonForm
from failforward.accounts.models import Installation, Membership, Team, User
from failforward.accounts.reach import admins_only, reach_of
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.ids import id_of
from failforward.listing import Listing
from failforward.prepared import prepared

MOST_CHANGES = 50
MOST_TEAMS = 200
BY_NAME = {"name": ("name", "id")}


@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    if not Installation.is_new():
        raise Http404
    welcome = _("Welcome. Bring your deals in, or add your people first.")
    return first_run_page(request, "accounts/setup.html", welcome=welcome, then="desk")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    admins_only(request.user)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = verbs.add_person(request.user, **form.cleaned_data)
        messages.success(request, _("%(name)s is added.") % {"name": person.name})
        return redirect("person", person.pk)
    return render(request, "accounts/people.html", people_page(request, form), status=400 if form.errors else 200)


LISTED = ["name", "email", "address_trouble", "is_active", "password", "invited_at"]
PEOPLE = Listing(User.objects.named, lambda user: [Q()], lambda rows: rows.only(*LISTED))


def people_page(request: HttpRequest, form: PersonForm) -> dict:
    # The teams are known already.
    form.fields["team"].choices = [("", form.fields["team"].empty_label), *reach_of(request.user).choice]
    page = PEOPLE.page(request.GET, request.user, BY_NAME)
    placed = defaultdict(list)
    for person_id, *place in places_of(*(one.pk for one in page.rows)):
        placed[person_id].append(place)
    for one in page.rows:
        one.placed = placed[one.pk]
    return {"form": form, "page": page, "teams": teams_listed()}


@prepared
def places_of(*people: int) -> QuerySet:
    rows = Membership.objects.filter(user__in=people).order_by("team__path")
    return rows.values_list("user", "team__name", "role")


@prepared
def teams_listed() -> QuerySet:
    return Team.objects.order_by("path").values_list("pk", "name", "currency", "parent__name")[:MOST_TEAMS]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, pk: int) -> HttpResponse:
    admins_only(request.user)
    someone = get_object_or_404(User.objects.named(), pk=pk)
    form = PersonForm(request.POST or None, person=someone, initial={"name": someone.name, "email": someone.email})
    del form.fields["team"], form.fields["role"]
    if request.method == "POST" and form.is_valid():
        verbs.change_person(request.user, someone, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("person", pk)
    return render(request, "accounts/person.html", person_page(someone, form), status=400 if form.errors else 200)


def person_page(someone: User, form: PersonForm, **more) -> dict:
    return {
        "form": form,
        "person": someone,
        "memberships": someone.memberships.select_related("team").order_by("team__path"),
        "membership_form": MembershipForm(prefix="place"),
        "changes": Change.objects.about(someone)[:MOST_CHANGES],
    } | more


@login_required
@require_POST
def person_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """The buttons of a person's page: invite, activate, deactivate, place, leave."""
    admins_only(request.user)
    someone = get_object_or_404(User.objects.named(), pk=pk)
    try:
        said = PERSON_VERBS[verb](request, someone)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    return redirect("person", pk)


def invite(request: HttpRequest, someone: User) -> str:
    verbs.invite(request.user, someone)
    return _("An invitation is on its way to %(email)s.") % {"email": someone.email}


def activate(request: HttpRequest, someone: User) -> str:
    verbs.activate(request.user, someone)
    return _("%(name)s can log in again.") % {"name": someone.name}


def deactivate(request: HttpRequest, someone: User) -> str:
    verbs.deactivate(request.user, someone)
    return _("%(name)s can no longer log in.") % {"name": someone.name}


def place(request: HttpRequest, someone: User) -> str:
    form = MembershipForm(request.POST, prefix="place")
    if not form.is_valid():
        raise Refused(_("Choose a team and a role."))
    verbs.place(request.user, someone, form.cleaned_data["team"], form.cleaned_data["role"])
    return _("Saved.")


def leave(request: HttpRequest, someone: User) -> str:
    membership = someone.memberships.filter(pk=id_of(request.POST.get("membership"))).first()
    if membership is not None:
        verbs.leave(request.user, membership)
    return _("Saved.")


def address_works(request: HttpRequest, someone: User) -> str:
    verbs.trust_address(request.user, someone)
    return _("We write to %(email)s again.") % {"email": someone.email}


PERSON_VERBS = {
    "address-works": address_works,
    "invite": invite,
    "activate": activate,
    "deactivate": deactivate,
    "place": place,
    "leave": leave,
}
