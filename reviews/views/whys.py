"""Why an event happened, and why it was not noticed sooner: answers under answers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from failforward import undo
from failforward.forms import refusals_in
from failforward.guards import Conflict, Refused
from failforward.history.models import Change
from failforward.history.pages import history_of
from failforward.ids import id_of
from reviews import permissions, why_tree
from reviews.forms.why import AsideForm, WhyForm, question_under
from reviews.models import FailureEvent, Why
from reviews.models.why import DEEPEST, MOST, Kind
from reviews.views.review import must
from reviews.views.screens import back


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def whys(request: HttpRequest, pk: int) -> HttpResponse:
    """`?do=` opens a form: "why" or "escape" at the top; "why.7", "edit.7", "aside.7" at the answer 7."""
    event = get_object_or_404(FailureEvent.objects.visible_to(request.user).for_card().with_session(), pk=pk)
    if request.method == "POST":
        must(permissions.works_on(request.user, event.review))
        return add(request, event)
    if not permissions.hears_all(request.user, event.review):
        return back(event.review, "#tell-first")
    return show(request, event, request.GET.get("do", ""))


def show(request: HttpRequest, event: FailureEvent, do: str, form=None, status: int = 200) -> HttpResponse:
    rows = list(event.whys.in_order())
    said = [why for why in rows if why.out_with_id is None]
    may_ask = permissions.can_look_deeper(request.user, event)
    verb, _dot, number = do.partition(".")
    at = next((why for why in said if str(why.pk) == number), None)
    if form is None and may_ask:
        form = opened(verb, at)
    tops = {kind: why_tree.grown(why for why in said if why.kind == kind) for kind in Kind.values}
    context = {
        "event": event,
        "review": event.review,
        "whys": tops[Kind.WHY],
        "escapes": tops[Kind.ESCAPE],
        "asking": sum(len(why_tree.asking(nodes)) for nodes in tops.values()),
        "may_ask": may_ask,
        "may_add": may_ask and event.counts and len(said) < MOST,
        "deepest": DEEPEST,
        "verb": verb if form else "",
        "at": at,
        "form": form,
        "changes": changes(request, rows),
    }
    return render(request, "reviews/whys.html", context, status=status)


def opened(verb: str, at: Why | None):
    """The form that was asked for, or None."""
    if verb == "edit" and at:
        return WhyForm(initial=WhyForm.initial_of(at), question=question_under(at.parent, at.kind))
    if verb == "aside" and at and at.ends_in_person:
        return AsideForm(initial={"because": at.aside_because})
    if verb == "why" and at:
        return WhyForm(question=question_under(at, at.kind))
    return WhyForm(question=question_under(None, verb)) if verb in Kind.values else None


def changes(request: HttpRequest, whys: list[Why]) -> list[Change] | None:
    rows = history_of(request, whys)
    names = {why.pk: Truncator(why.text).chars(45) for why in whys}
    for row in rows or []:
        row.thing = names[row.subject_id]
    return rows


def add(request: HttpRequest, event: FailureEvent) -> HttpResponse:
    number, kind = request.POST.get("parent"), request.POST.get("kind", Kind.WHY)
    parent = get_object_or_404(event.whys.standing(), pk=id_of(number)) if number else None
    form = WhyForm(request.POST, question=question_under(parent, kind))
    if form.is_valid():
        with refusals_in(form):
            why = Why.answer(event, request.user, parent=parent, kind=kind, **form.said)
            return to(event, why)
    return show(request, event, f"why.{parent.pk}" if parent else kind, form, 422)


def at_hand(request: HttpRequest, pk: int) -> Why:
    """For those who work on its review; whoever only reads is told so."""
    why = get_object_or_404(Why.objects.visible_to(request.user), pk=pk)
    why.event = FailureEvent.objects.for_card().with_session().get(pk=why.event_id)
    must(permissions.works_on(request.user, why.event.review))
    return why


@login_required
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Two who write at once see both, and nothing is lost."""
    why = at_hand(request, pk)
    form, status = form_for(why, request.POST), 422
    if form.is_valid():
        try:
            with refusals_in(form):
                why.edit(request.user, version=form.cleaned_data["version"] or 0, **form.said)
                return to(why.event, why)
        except Conflict as conflict:
            theirs, status = conflict.current, 409
            form = form_for(why, {**request.POST.dict(), "version": theirs.version})
            form.is_valid()
            form.theirs = differing(form, theirs)
            form.add_error(None, conflict.message)
    return show(request, why.event, f"edit.{pk}", form, status)


def form_for(why: Why, data) -> WhyForm:
    return WhyForm(data, question=question_under(why.parent, why.kind))


def differing(form: WhyForm, theirs: Why) -> list[tuple[str, str]]:
    """Labels, and what is saved now where it is not what was typed."""
    return [
        (form.fields[name].label, worded(getattr(theirs, name)))
        for name, typed in form.said.items()
        if getattr(theirs, name) != typed
    ]


def worded(value: str | bool) -> str:
    return value if isinstance(value, str) else _("yes") if value else _("no")


@login_required
@require_POST
def take_out(request: HttpRequest, pk: int) -> HttpResponse:
    why = at_hand(request, pk)
    try:
        why.take_out(request.user)
    except Refused as refused:
        messages.warning(request, refused)
        return to(why.event, why)
    undo.offer(request, _("Taken out, with what stood below it."), reverse("why_back", args=[pk]))
    return to(why.event)


@login_required
@require_POST
def bring_back(request: HttpRequest, pk: int) -> HttpResponse:
    why = at_hand(request, pk)
    try:
        why.bring_back(request.user)
    except Refused as refused:
        messages.warning(request, refused)
    return to(why.event, why)


@login_required
@require_POST
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    why = at_hand(request, pk)
    form = AsideForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            why.put_aside(request.user, form.cleaned_data["because"])
            return to(why.event, why)
    return show(request, why.event, f"aside.{pk}", form, 422)


def to(event: FailureEvent, why: Why | None = None) -> HttpResponse:
    anchor = f"#why-{why.pk}" if why else ""
    return redirect(f"{reverse('event_whys', args=[event.pk])}{anchor}")
