"""Steps and milestones: each part of an action, shown on its page."""

from django.contrib.auth.decorators import login_required
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from actions.models import ActionItem, Milestone, Step
from actions.views.actions import carry_out
from actions.views.parts import MILESTONE, STEP
from failforward.accounts.models import User


@login_required
@require_POST
def step_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    step = found(Step.objects.select_related("action__action_list__owner"), "action", request.user, pk)
    return carry_out(request, step.action, step, STEP, verb)


@login_required
@require_POST
def milestone_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    milestone = found(Milestone.objects.select_related("action__action_list__owner"), "action", request.user, pk)
    return carry_out(request, milestone.action, milestone, MILESTONE, verb)


def found(rows: QuerySet, path: str, user: User, pk: int) -> Model:
    return get_object_or_404(rows.filter(**{f"{path}__in": ActionItem.objects.visible_to(user)}), pk=pk)
