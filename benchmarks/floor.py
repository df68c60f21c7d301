"""The list floor: the smallest honest list behind a log-in. Session, user, one joined query for 25 rows, a template.

It stands beside the product's own addresses, so that both are measured in one process on the same rows.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import include, path

from reviews.models import Review

# What Django brings, and nothing of ours.
SETTINGS = {
    "SESSION_ENGINE": "django.contrib.sessions.backends.db",
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
}
PAGE = Engine().from_string(
    "<!doctype html><html><head><title>Reviews</title></head><body><h1>Reviews</h1><p>{{ user.name }}</p><table>"
    "{% for review in reviews %}<tr><td><a href='/reviews/{{ review.pk }}/'>{{ review.deal.name }}</a></td>"
    "<td>{{ review.state }}</td><td>{{ review.lost_on }}</td><td>{{ review.deal.competitor }}</td>"
    "<td>{{ review.deal.currency }} {{ review.value_minor }}</td><td>{{ review.lesson }}</td></tr>{% endfor %}"
    "</table></body></html>"
)


@login_required
def floor(request: HttpRequest) -> HttpResponse:
    reviews = Review.objects.filter(visibility="standard").select_related("deal").order_by("-lost_on", "-id")[:25]
    return HttpResponse(PAGE.render(Context({"reviews": reviews, "user": request.user})))


urlpatterns = [path("floor/", floor), path("", include("failforward.urls"))]
