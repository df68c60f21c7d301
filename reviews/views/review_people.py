"""Who is on a review, who facilitates it and who reads it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from failforward import undo
from failforward.accounts.models import User
from failforward.forms import refusals_in
from failforward.guards import Refused
from failforward.ids import id_of
from reviews import permissions
from reviews.forms.review import PersonForm, VisibilityForm
from reviews.models import Review
from reviews.review_page import page_of
from reviews.views.review import must, readable, show
from reviews.views.screens import back


@login_required
@require_POST
def add_person(request: HttpRequest, pk: int) -> HttpResponse:
    review = readable(request, pk)
    must(permissions.can_add_people(request.user, review))
    form = PersonForm(request.POST, review=review, auto_id="id_person_%s")
    if form.is_valid():
        with refusals_in(form):
            review.add_person(request.user, form.cleaned_data["user"])
            return back(review, "#people")
    return show(request, review, page_of(review, request.user), 422, person_form=form, form=form)


@login_required
@require_POST
def change_person(request: HttpRequest, pk: int) -> HttpResponse:
    """Lets somebody on the review facilitate, takes them off, or takes that back: the button says which."""
    review = readable(request, pk)
    must(permissions.can_add_people(request.user, review))
    chosen = User.objects.filter(pk=id_of(request.POST.get("user")))
    user = chosen.filter(reviews=review).first()
    try:
        if user and "facilitate" in request.POST:
            review.let_facilitate(request.user, user)
        elif user and "remove" in request.POST:
            facilitated = int(review.facilitator_id == user.pk)
            if review.remove_person(request.user, user):
                return taken_off(request, review, user, facilitated)
        elif "put_back" in request.POST and (gone := chosen.first()):
            review.bring_person_back(request.user, gone, facilitates=request.POST.get("facilitated") == "1")
    except Refused as refused:
        messages.warning(request, refused)
    return back(review, "#people")


def taken_off(request: HttpRequest, review: Review, user: User, facilitated: int) -> HttpResponse:
    """Whoever leads the review no longer, because they took themselves off, cannot take it back either."""
    if not Review.objects.visible_to(request.user).filter(pk=review.pk).exists():
        messages.success(request, _("You are no longer on that review."))
        return redirect("/")
    sentence = _("%(name)s is no longer on this review.") % {"name": user.name}
    if permissions.can_add_people(request.user, readable(request, review.pk)):
        address = reverse("review_change_person", args=[review.pk])
        undo.offer(request, sentence, address, put_back=1, user=user.pk, facilitated=facilitated)
    else:
        messages.success(request, sentence)
    return back(review, "#people")


@login_required
@require_POST
def visibility(request: HttpRequest, pk: int) -> HttpResponse:
    review = readable(request, pk)
    must(permissions.can_change_visibility(request.user, review))
    form = VisibilityForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            review.change_visibility(request.user, form.cleaned_data["visibility"])
            return back(review, "#who-reads")
    return show(request, review, page_of(review, request.user), 422, visibility_form=form, form=form)
