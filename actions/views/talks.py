from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.forms.talks import TalkChangeForm, TalkForm, TalkPromiseForm
from actions.models import CoachingTalk, Commitment, FollowUp
from actions.models.coaching_talk import talk_scopes
from actions.permissions import can_edit_talk
from actions.views.commitments import said_of
from failforward.accounts.models import User
from failforward.filters import AmongFilter, ListFilter, TextFilter
from failforward.forms import refusals_in
from failforward.history.pages import history_of
from failforward.ids import id_of
from failforward.paging import page_of

ORDERS = {"newest": ("-held_on", "-id"), "oldest": ("held_on", "id")}
SHOWN = 50


def others(user: User) -> QuerySet[User]:
    """With whom one held a talk."""
    mine = CoachingTalk.objects.visible_to(user).order_by()
    met = Q(pk__in=mine.values("person")) | Q(pk__in=mine.values("by"))
    return User.objects.filter(met).exclude(pk=user.pk).named()


class TalkFilter(ListFilter):
    with_whom = AmongFilter(others, label=later("With whom"), method="with_them", empty_label=later("anybody"))
    q = TextFilter(field_name="about", label=later("Words"))

    class Meta:
        model = CoachingTalk
        fields: list[str] = []

    def with_them(self, rows: QuerySet, name: str, value: User) -> QuerySet:
        return rows.filter(Q(person=value) | Q(by=value))


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    page = page_of(
        request.GET,
        CoachingTalk.objects.all(),
        partial(talk_scopes, request.user),
        ORDERS,
        lambda rows: with_what_is_open(rows, request.user),
        TalkFilter,
        filter_options={"user": request.user},
    )
    for talk in page.rows:
        talk.other = talk.other_than(request.user)
    return render(request, "actions/talks.html", {"page": page})


def with_what_is_open(rows: QuerySet, user: User) -> QuerySet:
    """`open_count`: of the commitments made in it that `user` may read."""
    still_open = Commitment.objects.still_open().filter(Q(private=False) | Q(person=user.pk), talk=OuterRef("pk"))
    counted = still_open.order_by().values("talk").values(n=Count("pk"))
    return rows.for_page().annotate(open_count=Coalesce(Subquery(counted), 0))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    suggested = {"person": id_of(request.GET.get("person")) or None, "held_on": timezone.localdate()}
    suggested["about"] = request.GET.get("about", "")[:200]
    form = TalkForm(request.POST or None, user=request.user, initial=suggested)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            talk = CoachingTalk.write_down(request.user, now=timezone.now(), **form.cleaned_data)
            messages.success(request, _("It is written down. Agree below on what comes of it."))
            return redirect(talk)
    return render(request, "actions/talk_new.html", {"form": form}, status=400 if form.errors else 200)


@login_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return talk_page(request, load(request.user, pk))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    talk = load(request.user, pk)
    if not can_edit_talk(request.user, talk):
        raise PermissionDenied
    form = TalkChangeForm(request.POST or None, about=talk)
    if request.method == "POST" and form.carries_out(lambda **said: talk.change(request.user, **said)):
        messages.success(request, _("Saved."))
        return redirect(talk)
    return render(request, "actions/talk_edit.html", {"talk": talk, "form": form}, status=form.status)


@login_required
@require_POST
def promise(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks the other one, or takes it on; a guard's no is shown at the form, with what was typed."""
    talk = load(request.user, pk)
    form = TalkPromiseForm(request.POST, talk=talk, user=request.user)
    if form.is_valid():
        with refusals_in(form):
            messages.success(request, said_of(form.save(talk, request.user, timezone.now())))
            return redirect(talk)
    return talk_page(request, talk, form)


def load(user: User, pk: int) -> CoachingTalk:
    return get_object_or_404(CoachingTalk.objects.visible_to(user).for_page(), pk=pk)


def talk_page(request: HttpRequest, talk: CoachingTalk, form: TalkPromiseForm | None = None) -> HttpResponse:
    user, today = request.user, timezone.localdate()
    context = {
        "talk": talk,
        "other": talk.other_than(user),
        "may_edit": can_edit_talk(user, talk),
        "commitments": commitments_of(talk, user),
        "form": form or TalkPromiseForm(talk=talk, user=user),
        "changes": history_of(request, [talk]),
        "today": today,
    }
    return render(request, "actions/talk.html", context, status=400 if form is not None else 200)


def commitments_of(talk: CoachingTalk, user: User) -> list[Commitment]:
    """Those that `user` may read, each with its newest answer."""
    answered = FollowUp.objects.answered().select_related("answer").order_by("occurrence")
    made = Commitment.objects.visible_to(user).filter(talk=talk).for_list()
    found = list(made.prefetch_related(Prefetch("follow_ups", answered)).order_by("due_on", "pk")[:SHOWN])
    for commitment in found:
        given = [one.answer for one in commitment.follow_ups.all()]
        commitment.answer = given[-1] if given else None
    return found
