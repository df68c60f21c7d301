"""Where a form of a review leads: back to the screen it stood on, which may be another than the review's own."""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from reviews.models import Review


class Screen(NamedTuple):
    """Another page on which the forms of the review's stand: how it is shown again, and where it is."""

    show: Callable[..., HttpResponse]
    address: Callable[[Review, str], str]


# By what a form's address says, as in `?in=session.gather`; each page of the kind puts itself here.
SCREENS: dict[str, Screen] = {}


def screen_of(place: str) -> Screen | None:
    return SCREENS.get(place.partition(".")[0])


def back(review: Review, anchor: str = "") -> HttpResponse:
    """To where it was pressed. `anchor` may begin with what is opened there: `?event=7#event-7`."""
    return redirect(place_of(review, anchor))


def onward(request: HttpRequest, review: Review) -> HttpResponse | None:
    """For forms that have a page of their own to go on to: back to the screen where they stood, if it was another."""
    review.seen_in = request.GET.get("in", "")
    return back(review) if screen_of(review.seen_in) else None


def within(review: Review) -> str:
    """What the address of a form has at its end, to lead back to where somebody came from."""
    return f"?{urlencode({'in': review.seen_in})}" if screen_of(review.seen_in) else ""


def place_of(review: Review, anchor: str = "") -> str:
    screen = screen_of(review.seen_in)
    return screen.address(review, anchor) if screen else f"{review.get_absolute_url()}{anchor}"
