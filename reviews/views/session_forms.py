"""The five steps drawn, each with its forms for whoever may send them."""

from django.http import HttpResponse
from django.shortcuts import render

from reviews import permissions
from reviews.codebook import codebook
from reviews.forms.board import JudgeForm
from reviews.forms.closing import ClosingForm, TargetForm
from reviews.forms.coding import CodingForm
from reviews.forms.event import NewEventForm
from reviews.forms.gathering import OwnPartForm
from reviews.hand_off_page import HandOffPage
from reviews.models import Review
from reviews.models.session import Step
from reviews.views.coding import half_of
from reviews.views.review_forms import sort_form
from reviews.views.session_screen import View
from reviews.views.sitting import hat_of

# People beyond whom the lines of thanks are opened only when somebody asks for them.
MANY = 8


def gather_forms(view: View, do: str) -> dict:
    page, may = view.page, permissions.can_edit_review(view.user, view.review)
    part, is_private = None, not view.projected
    if may and is_private and page.asks_own_part:
        part = OwnPartForm()
    elif may and is_private and do == "part" and page.own_part:
        part = OwnPartForm(initial={"text": page.own_part.text})
    adds = may and (is_private or do == "event")
    return {
        "event_form": NewEventForm(prefix="new", name=view.user.name) if adds else None,
        "part_form": part,
        "hand_off": HandOffPage.of(view.review, view.user) if view.review.kind == Review.Kind.HAND_OFF else None,
    }


def causes_forms(view: View, do: str) -> dict:
    opened = view.page.open_event
    return {"judge_form": JudgeForm(event=opened) if opened else None}


def sort_forms(view: View, do: str) -> dict:
    hat, event = hat_of(view.request), view.page.open_event
    form = CodingForm(initial=half_of(event) | {"hat": hat}) if event else None
    if form:
        form.fields["category"].widget.hints = {category.code: category.short for category in codebook()}
    return {"coding_form": form, "hat": hat}


def findings_forms(view: View, do: str) -> dict:
    page = view.page
    return {"sort_form": sort_form(page) if page.open_event and page.may_join else None}


def close_forms(view: View, do: str) -> dict:
    review, may = view.review, permissions.can_close(view.user, view.review)
    target = TargetForm(initial={"target_close_on": review.target_close_on}) if may and do == "target" else None
    form, later = ClosingForm.of(view.page) if may else None, do != "thanks" and len(view.page.persons) > MANY
    if form and later:
        form.thanked = []
    return {"closing_form": form, "target_form": target, "thanks_later": later}


FORMS = {
    Step.GATHER: gather_forms,
    Step.CAUSES: causes_forms,
    Step.SORT: sort_forms,
    Step.FINDINGS: findings_forms,
    Step.CLOSE: close_forms,
}


def drawn(view: View, forms: dict, status: int = 200) -> HttpResponse:
    page = view.page
    if page is None:
        return render(view.request, "reviews/session/lobby.html", view.context() | forms, status=status)
    shown = view.context() | FORMS[page.step](view, view.request.GET.get("do", "")) | forms
    return render(view.request, f"reviews/session/{page.step}.html", shown, status=status)
