from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from reviews.categories import CATEGORIES


@login_required
@require_safe
def categories(request: HttpRequest) -> HttpResponse:
    return render(request, "reviews/categories.html", {"categories": CATEGORIES})
