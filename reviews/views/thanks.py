from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from failforward.link_pages import link_page
from reviews.forms.closing import ThanksForm
from reviews.models import Review, ThanksToken


@link_page(ThanksToken)
def by_link(request: HttpRequest, token: ThanksToken) -> HttpResponse:
    """The sponsor thanks people by name, without a log-in. Looking changes nothing; only the button does."""
    review, now = Review.objects.select_related("deal__account").get(pk=token.review_id), timezone.now()
    if not (token.is_alive(now) and token.person.is_active):
        return render(request, "reviews/thanks_over.html", {"sent": False}, status=410)
    waiting = list(review.to_thank().exclude(user=token.person))
    if not waiting:
        return render(request, "reviews/thanks_over.html", {"sent": True})
    form = ThanksForm(request.POST or None, thanked=waiting)
    if request.method == "POST" and form.is_valid() and review.send_thanks(token.person, now, form.words):
        return redirect(request.path)
    shown = {"review": review, "deal": review.deal, "form": form}
    return render(request, "reviews/thanks.html", shown, status=422 if form.errors else 200)
