from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from failforward.forms import refusals_in
from reviews import coding, permissions
from reviews.forms.coding import ReadersForm
from reviews.review_page import page_of
from reviews.views.review import must, readable, show
from reviews.views.screens import back


@login_required
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """How many read each event of this review."""
    review = readable(request, pk)
    must(permissions.leads_review(request.user, review))
    form = ReadersForm(request.POST)
    if form.is_valid():
        with refusals_in(form):
            number = form.cleaned_data["readers_per_event"]
            coding.ask_readers(review, request.user, number, now=timezone.now())
            return back(review, "#people")
    return show(request, review, page_of(review, request.user), 422, readers_form=form, form=form)
