from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from failforward.ids import id_of
from failforward.listing import Listing
from failforward.scopes import visible
from reviews import lessons
from reviews.filters import LessonFilter
from reviews.models import Deal, LessonSetAside, Review

LESSONS = Listing(lessons.lessons, lessons.lesson_scopes, lessons.with_deal)
ORDERS = {"newest": ("-lost_on", "-id"), "oldest": ("lost_on", "id")}


@login_required
@require_safe
def lesson_list(request: HttpRequest) -> HttpResponse:
    page = LESSONS.page(request.GET, request.user, ORDERS, LessonFilter, user=request.user)
    mine = lessons.on_reviews(request.user.pk, *(row.pk for row in page.rows))
    for row in page.rows:
        row.may_be_read = lessons.reads(request.user, row, row.pk in mine)
    return render(request, "reviews/lesson_list.html", {"page": page})


@login_required
@require_POST
def set_aside(request: HttpRequest, pk: int, lesson: int) -> HttpResponse:
    """It does not fit this deal: it is not offered to this person there again."""
    deal = get_object_or_404(Deal.objects.visible_to(request.user), pk=pk)
    found = visible(lessons.lessons(), lessons.lesson_scopes(request.user))
    LessonSetAside.set_aside(deal, get_object_or_404(found, pk=lesson), request.user, timezone.now())
    return back(request, deal)


@login_required
@require_POST
def offer_again(request: HttpRequest, pk: int) -> HttpResponse:
    deal = get_object_or_404(Deal.objects.visible_to(request.user), pk=pk)
    LessonSetAside.take_back(deal, request.user)
    return back(request, deal)


def back(request: HttpRequest, deal: Deal) -> HttpResponse:
    """To the review it was offered on, else to the deal."""
    review = Review.objects.visible_to(request.user).filter(pk=id_of(request.POST.get("review")), deal=deal).first()
    return redirect(f"{(review or deal).get_absolute_url()}#lessons")
