from datetime import date
from typing import NamedTuple

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from actions.filters import ActionFilter
from actions.folding import Folded, fold
from actions.forms.actions import ProposeForm
from actions.forms.verb_form import Nothing, VerbForm
from actions.going import going_of
from actions.kind_hints import hint_for
from actions.milestone_rows import add_milestones
from actions.models import ActionItem, ActionList, Commitment, Milestone, SponsorRequest, Step
from actions.models.action import action_scopes
from actions.models.action_answers import ANSWERABLE, criterion_of
from actions.models.action_state import State
from actions.models.check_state import PLANNABLE
from actions.models.commitment import under_actions
from actions.permissions import (
    can_agree_to_drop,
    can_decide_date,
    can_edit_action,
    can_edit_list,
    can_open_lists,
    can_withdraw_drop,
    can_work_on,
)
from actions.sponsors.silence import SPONSOR_ROW, with_silence
from actions.stalls import with_signs
from actions.surroundings import Surroundings, around
from actions.tried import tried
from actions.views.parts import ACTION, MILESTONE, STEP, Part
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.history.pages import history_of
from failforward.ids import id_of
from failforward.listing import Listing
from failforward.together import Together, keep
from reviews.models import FailureEvent, Finding

# `?do=all` shows what is folded away.
ALL = "all"
ACTIONS = Listing(ActionItem.objects.all, action_scopes, lambda rows: rows.for_rows())
ORDERS = {"due": ("sort_on", "id"), "latest": ("-sort_on", "-id"), "newest": ("-id",)}


@require_safe
@login_required
def action_list(request: HttpRequest) -> HttpResponse:
    page = ACTIONS.page(request.GET, request.user, ORDERS, ActionFilter, user=request.user)
    add_milestones(page.rows)
    context = {
        "page": page,
        "may_propose": may_propose(request.user, page.rows),
        "may_open": can_open_lists(request.user),
        "today": timezone.localdate(),
    }
    return render(request, "actions/action_list.html", context)


def may_propose(user: User, rows: list[ActionItem]) -> bool:
    """Mostly the lists on the page say so already."""
    seen = any(can_edit_list(user, row.action_list) for row in rows)
    return seen or ActionList.objects.editable_by(user).exists()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def action_new(request: HttpRequest) -> HttpResponse:
    user, back = request.user, request.GET.get("next", "")
    back = back if url_has_allowed_host_and_scheme(back, None) else ""
    lists = ActionList.objects.editable_by(user)
    if not (can_open_lists(user) or lists.exists()):
        raise PermissionDenied
    initial = asked_for(request)
    form = ProposeForm(request.POST or None, user=user, initial=initial)
    if request.method == "POST" and form.is_valid():
        action = proposed(form, user)
        if action is not None and back:
            messages.success(request, _("Proposed: “%(what)s”.") % {"what": action.what})
            return redirect(back)
        if action is not None:
            return redirect("action_detail", action.pk)
    known = initial.get("finding")
    context = {"form": form, "may_propose": lists.exists(), "tried": tried(known, user) if known else []}
    context["back"] = back
    return render(request, "actions/action_new.html", context, status=400 if form.errors else 200)


def asked_for(request: HttpRequest) -> dict:
    """What the address says already: the finding, its usual criterion, the list."""
    user, initial = request.user, {"action_list": None}
    lists = ActionList.objects.editable_by(user)
    if "list" in request.GET:
        initial["action_list"] = get_object_or_404(lists, pk=id_of(request.GET["list"]))
    elif len(few := lists[:2]) == 1:
        initial["action_list"] = few[0]
    if "finding" in request.GET:
        finding = get_object_or_404(Finding.objects.visible_to(user), pk=id_of(request.GET["finding"]))
        initial |= {"finding": finding, "done_criterion": criterion_of([finding])}
    return initial


def proposed(form: ProposeForm, user: User) -> ActionItem | None:
    data = form.cleaned_data
    try:
        return ActionItem.propose(
            user,
            data["action_list"],
            data["what"],
            [data["finding"]],
            type=data["type"],
            done_criterion=data["done_criterion"] or None,
            responsible=data.get("responsible"),
        )
    except Refused as refused:
        field = {"findings": "finding"}.get(refused.field, refused.field)
        form.add_error(field if field in form.fields else None, refused.message)
        return None


def whole(actions: QuerySet, user: User) -> QuerySet:
    """All that the page of an action shows. Each finding says in `is_seen` whether `user` may read it."""
    is_seen = Exists(Finding.objects.visible_to(user).filter(pk=OuterRef("pk")))
    answered = Finding.objects.filter(actions=HERE)
    asked = SponsorRequest.objects.filter(action=HERE).exclude(state=SponsorRequest.State.WITHDRAWN)
    rows = with_signs(actions.for_detail(), timezone.localdate()).annotate(
        steps_read=Together(Step.objects.filter(action=HERE), *STEP_FIELDS),
        findings_read=Together(answered.annotate(is_seen=is_seen).order_by("pk"), *FINDING_FIELDS),
        asked_of_sponsor=Together(asked.order_by("-asked_on", "-pk")[:50], *SPONSOR_ROW),
    )
    return rows.prefetch_related(Prefetch("milestones", Milestone.objects.select_related("seen_by")))


HERE = OuterRef("pk")
STEP_FIELDS = ["action", "position", "what", "done_at", "left_out_at", "version"]
FINDING_FIELDS = ["title", "category", "state", "is_seen"]


def load(actions: QuerySet, user: User, pk: int) -> ActionItem:
    action = get_object_or_404(whole(actions, user), pk=pk)
    keep(action, "steps", action.steps_read)
    keep(action, "findings", action.findings_read)
    return action


@require_safe
@login_required
def action_detail(request: HttpRequest, pk: int) -> HttpResponse:
    action = load(ActionItem.objects.visible_to(request.user), request.user, pk)
    return action_page(request, action, asked_to_open(request, action))


@login_required
@require_POST
def action_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    action = load(ActionItem.objects.visible_to(request.user), request.user, pk)
    return carry_out(request, action, action, ACTION, verb)


def carry_out(request: HttpRequest, action: ActionItem, thing, parts: dict[str, Part], verb: str) -> HttpResponse:
    """One verb on an action or on something of it; what it refuses is said on the page, with what was typed."""
    part = parts.get(verb)
    if part is None:
        raise Http404
    if not part.allowed(request.user, action):
        raise PermissionDenied
    form = form_of(part, thing, request, request.POST, request.FILES)
    if part.do(thing, request.user, timezone.localdate(), form):
        if part.said:
            messages.success(request, part.said)
        return redirect(back_to(action, thing, part, verb))
    fresh = load(ActionItem.objects, request.user, action.pk)
    return action_page(request, fresh, Open(thing._meta.model_name, verb, thing.pk, form), status=form.status)


def form_of(part: Part, thing, request: HttpRequest, data=None, files=None) -> VerbForm:
    form = part.form(data, files=files, about=thing)
    form.for_user(request.user)
    return form


def back_to(action: ActionItem, thing, part: Part, verb: str) -> str:
    kind = thing._meta.model_name
    anchor = part.anchor or ("" if thing is action else f"{kind}-{thing.pk}")
    again = "" if not part.again else f"?do={verb}" if thing is action else f"?do={kind}.edit.{thing.pk}"
    return f"{reverse('action_detail', args=[action.pk])}{again}{'#' + anchor if anchor else ''}"


class Open(NamedTuple):
    """The one part of the page that stands open as a form."""

    kind: str = ""
    verb: str = ""
    pk: int = 0
    form: VerbForm | None = None

    def of(self, kind: str) -> int:
        return self.pk if self.kind == kind else 0


def action_page(request: HttpRequest, action: ActionItem, opened: Open, status: int = 200) -> HttpResponse:
    user, surroundings = request.user, around(action, request.user)
    unfolded, going = request.GET.get("do") == ALL, going_of(action, timezone.localdate())
    context = {
        "action": action,
        "around": surroundings,
        "hint": hint_for(action.type),
        "can_agree": action.is_open and surroundings.drop is not None and can_agree_to_drop(user, surroundings.drop),
        "can_keep": surroundings.drop is not None and can_withdraw_drop(user, surroundings.drop),
        "can_take_up": action.state == State.DROPPED and can_edit_action(user, action),
        "home": reverse("action_detail", args=[action.pk]),
        "open": opened,
        "form": opened.form,
        "missing": action.missing(),
        "can_edit": action.is_open and can_edit_action(user, action),
        "can_work": action.is_open and can_work_on(user, action),
        "can_tick": action.is_open and (can_work_on(user, action) or surroundings.is_helped_by(user)),
        "to_try_again": to_try_again(action, user),
        "can_plan_check": action.state in PLANNABLE and can_edit_action(user, action),
        "can_take_back": can_work_on(user, action),
        "can_decide": can_decide_date(user, action.action_list),
        "way_back": way_back([finding.pk for finding in action.findings.all() if finding.is_seen], user),
        "commitments": fold(commitments_of(action, user), over=when_settled, unfolded=unfolded),
        "going": going if unfolded else going.newest(),
        # Of a proposal the five answers come first.
        "going_waits": action.state == State.PROPOSED,
        "sponsor_requests": fold(with_silence(action.asked_of_sponsor, timezone.localdate()), unfolded=unfolded),
        "can_ask_sponsor": action.is_open and action.action_list.sponsor_id and can_work_on(user, action),
        "folded": folded(action, surroundings, opened, unfolded),
        "changes": history_of(request, [action]),
        "today": timezone.localdate(),
    }
    return render(request, "actions/action_detail.html", context, status=status)


def folded(action: ActionItem, around: Surroundings, opened: Open, unfolded: bool) -> dict[str, Folded]:
    """What there may be many of."""
    return {
        "steps": fold(action.steps_wanted, over=lambda step: step.done_at, unfolded=unfolded, opened=opened.of("step")),
        "milestones": fold(
            action.milestones_wanted,
            over=lambda milestone: milestone.reached_on,
            unfolded=unfolded,
            opened=opened.of("milestone"),
        ),
        "helpers": fold(around.helpers, unfolded=unfolded),
        "first": fold(around.first, unfolded=unfolded),
        "after": fold(around.after, unfolded=unfolded),
    }


def when_settled(commitment: Commitment) -> date | None:
    return None if commitment.is_open or commitment.state == "requested" else commitment.due_on


def to_try_again(action: ActionItem, user: User) -> list[Finding]:
    """What it did not end, or not for long, where `user` may propose something else."""
    if action.state not in (State.INEFFECTIVE, State.RECURRED) or not can_edit_action(user, action):
        return []
    return [one for one in action.findings.all() if one.is_seen and one.state in ANSWERABLE]


def asked_to_open(request: HttpRequest, action: ActionItem) -> Open:
    """`?do=who`, `?do=milestone.move.12`: opens that part, if it is there and this person may change it now."""
    named = request.GET.get("do", "")
    kind, verb, pk = named.split(".") if named.count(".") == 2 else ("actionitem", named, str(action.pk))
    table, things = {
        "actionitem": (ACTION, [action]),
        "step": (STEP, action.steps.all()),
        "milestone": (MILESTONE, action.milestones.all()),
    }.get(kind, ({}, []))
    thing = next((thing for thing in things if str(thing.pk) == pk), None)
    part = table.get(verb)
    if thing is None or part is None or part.form is Nothing:
        return Open()
    there = action.is_open or verb == "check" and action.state in PLANNABLE
    if not (there and part.allowed(request.user, action)):
        return Open()
    return Open(kind, verb, thing.pk, form_of(part, thing, request))


def way_back(findings: list[int], user: User) -> FailureEvent | None:
    """The last event behind it that `user` may read: from there one goes on to its finding, review and deal."""
    events = FailureEvent.objects.visible_to(user).filter(finding__in=findings)
    return events.select_related("finding", "review__deal__account").order_by("-review__lost_on", "-pk").first()


def commitments_of(action: ActionItem, user: User) -> list[Commitment]:
    here = Commitment.objects.filter(under_actions([action.pk])).values("pk")
    return list(Commitment.objects.visible_to(user).filter(pk__in=here).for_list().order_by("due_on", "pk")[:50])
