"""The causality board: every event of a review in the column of what it did to the outcome."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from failforward.guards import Conflict, Refused
from failforward.ids import id_of
from reviews import permissions
from reviews.causality import add_causality
from reviews.forms.board import JudgeForm, say_both
from reviews.models import FailureEvent, Review
from reviews.near_misses import is_win, reminder, role_choices
from reviews.views.review import must, readable
from reviews.views.screens import back, screen_of


@dataclass(frozen=True)
class Column:
    role: str
    key: str
    label: str
    events: list[FailureEvent]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: HttpRequest, pk: int) -> HttpResponse:
    """`?event=` opens the questions about one of them."""
    review = readable(request, pk)
    if request.method == "POST":
        must(permissions.works_on(request.user, review))
        return judge(request, review)
    if not permissions.hears_all(request.user, review):
        return back(review, "#tell-first")
    return show(request, review, request.GET.get("event", ""))


def show(request: HttpRequest, review: Review, chosen: str, form: JudgeForm | None = None, status=200) -> HttpResponse:
    if screen := screen_of(review.seen_in):
        sent = {"judge_form": form, "form": form} if form else {}
        return screen.show(request, review, None, status, chosen=id_of(chosen), **sent)
    events = list(review.events.in_order())
    add_causality(events)
    may_judge = permissions.can_edit_review(request.user, review)
    opened = next((event for event in events if may_judge and str(event.pk) == chosen), None)
    context = {
        "review": review,
        "columns": columns(events, role_choices(review)),
        "is_win": is_win(review),
        "reminder": reminder(review),
        "has_base_rate": review.kind == Review.Kind.LOST_DEAL,
        "may_judge": may_judge,
        "opened": opened,
        "form": form or (JudgeForm(event=opened) if opened else None),
        "left": sum(not event.causal_role for event in events),
        "events": len(events),
    }
    return render(request, "reviews/board.html", context, status=status)


def columns(events: list[FailureEvent], roles: list[tuple]) -> list[Column]:
    """What is not judged yet comes first."""
    named = [("", "", _("Not judged yet")), *((role, str(n), label) for n, (role, label) in enumerate(roles, 1))]
    return [
        Column(role, key, str(label), [event for event in events if event.causal_role == role])
        for role, key, label in named
    ]


def judge(request: HttpRequest, review: Review) -> HttpResponse:
    """By a press in a column, which says event, version and role; or with the questions answered."""
    if "judge" in request.POST:
        number, version, role = [*request.POST["judge"].split(":"), "", ""][:3]
        event = get_object_or_404(FailureEvent.objects.visible_to(request.user), review=review, pk=id_of(number))
        said = {"causal_role": role, "version": id_of(version)}
    else:
        event = event_at_hand(request, review)
        if event is None:
            return show(request, review, "", status=422)
        form = JudgeForm(request.POST, event=event)
        if not form.is_valid():
            return show(request, review, str(event.pk), form, status=422)
        said = form.cleaned_data
    try:
        event.judge(request.user, **said)
    except Conflict as conflict:
        return show(request, review, str(event.pk), beside(conflict.current, said), status=409)
    except Refused as refused:
        messages.warning(request, refused)
        return to(review, event)
    return to(review, event)


def beside(current: FailureEvent, said: dict) -> JudgeForm:
    """The questions with what was said here, on the version that is there now, and both in words."""
    form = JudgeForm(said | {"version": current.version}, event=current)
    form.is_valid()
    say_both(form, in_words(form, vars(current)), in_words(form, form.data))
    return form


def in_words(form: JudgeForm, said: dict) -> str:
    answers = [
        (dict(form.fields[name].choices), said.get(name)) for name in ("causal_role", "without_it", "confidence")
    ]
    return ", ".join(str(choices[code]) for choices, code in answers if code and code in choices)


def event_at_hand(request: HttpRequest, review: Review) -> FailureEvent | None:
    number = id_of(request.POST.get("event"))
    return FailureEvent.objects.visible_to(request.user).filter(review=review, pk=number).first()


def to(review: Review, event: FailureEvent) -> HttpResponse:
    if review.seen_in:
        return back(review, f"#event-{event.pk}")
    return redirect(f"{reverse('review_board', args=[review.pk])}#event-{event.pk}")
