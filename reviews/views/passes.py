from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from failforward import undo
from failforward.ids import id_of
from failforward.paging import beyond
from failforward.scopes import Order
from reviews import passes
from reviews.categories import BY_CODE
from reviews.choosing import Result
from reviews.codebook import codebook
from reviews.coding import MOST_COUNTED, first_of
from reviews.models import FailureEvent, HalfReading, Hat, Verdict
from reviews.models.event import EventQuerySet
from reviews.passes import Half
from reviews.views.sitting import Sitting, hat_of

# Cards on a page, and as many as one request takes: each is a transaction by itself.
SIZE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cards(request: HttpRequest) -> HttpResponse:
    """The lumpers' pass: everything that waits, card by card into the eleven. `?in=` is one of them, sorted anew."""
    if request.method == "POST":
        return put(request)
    category = request.GET.get("in", "") if request.GET.get("in", "") in BY_CODE else ""
    page = lumped(request, category) if category else shown(request, passes.to_lump(request.user), passes.WAITING)
    bins, book = passes.in_bins(request.user), codebook()
    context = page | {
        "chosen": next((one for one in book if one.code == category), None),
        "bins": [(one, bins[one.code]) for one in book],
        "sorted": bins.total(),
    }
    return render(request, "reviews/cards.html", context)


def put(request: HttpRequest) -> HttpResponse:
    """`put` says event and category, as often as there are cards. A script asks for the answer alone."""
    pairs = [one.partition(":") for one in request.POST.getlist("put")[:SIZE]]
    wanted = {id_of(pair[0]): pair[2] for pair in pairs}
    before = categories_before(request, wanted)
    said = [
        (event, Half(category=wanted[event.pk]))
        for event in events_of(request, wanted)
        if says_anew(request, wanted[event.pk], before.get(event.pk))
    ]
    result = passes.say_all(said, request.user, _("put where you said"), hat=Hat.LUMPER, now=timezone.now())
    if "application/json" in request.headers.get("Accept", ""):
        return JsonResponse({"said": result.sentence, "done": bool(result.done)}, status=200 if result.done else 409)
    tell(request, result, [f"{pk}:{before.get(pk, '')}" for pk in result.done])
    return back(request, "coding_cards")


def says_anew(request: HttpRequest, category: str, before: str | None) -> bool:
    """A list where nothing is chosen says nothing: it may be older than what the card was put into elsewhere. "None
    yet" takes a card only out of the category that stands open."""
    if category:
        return category != before
    return bool(before) and ("undo" in request.POST or request.GET.get("in") == before)


def categories_before(request: HttpRequest, wanted: dict[int, str]) -> dict[int, str]:
    mine = HalfReading.objects.filter(reader=request.user, event__in=wanted)
    return dict(mine.values_list("event", "category"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def verdicts(request: HttpRequest) -> HttpResponse:
    """The splitters' pass: of each event whether it could happen again; with `?hat=splitter` before its category."""
    kept, status = {}, 200
    if request.method == "POST":
        result, kept = answer(request)
        if not kept:
            return back(request, "coding_verdicts")
        status = 422
    first = hat_of(request) == Hat.SPLITTER
    page = shown(request, passes.to_split_first(request.user), passes.WAITING) if first else lumped(request)
    context = page | {
        "first": first,
        "verdicts": [(Verdict.SYSTEMIC, "s"), (Verdict.ONE_OFF, "o"), (Verdict.UNSURE, "u")],
        "kept": kept,
        "unsorted": 0 if first else passes.to_lump(request.user).order_by()[:1].count(),
    }
    for event in context["cards"]:
        event.kept, event.put_label = kept.get(event.pk, ""), BY_CODE[event.put_into].label if event.put_into else ""
    return render(request, "reviews/verdicts.html", context, status=status)


def answer(request: HttpRequest) -> tuple[Result, dict[int, str]]:
    """Sends those with a verdict. Reasons written to the others are handed back, so that none is lost."""
    said = {id_of(name[2:]): value for name, value in request.POST.items() if name.startswith("v-")}
    why = {id_of(name[4:]): value for name, value in request.POST.items() if name.startswith("why-")}
    halves = [
        (event, Half(verdict=said[event.pk], reason=why.get(event.pk, "")[:5_000]))
        for event in events_of(request, dict([*said.items()][:SIZE]))
    ]
    hat = hat_of(request)
    word = _("said; their category comes next") if hat == Hat.SPLITTER else _("sent")
    result = passes.say_all(halves, request.user, word, hat=hat, now=timezone.now())
    if hat == Hat.LUMPER:
        sitting = Sitting(request, timezone.localdate())
        for pk in result.done:
            sitting.add_sent(pk)
    kept = {pk: text for pk, text in why.items() if text.strip() and pk not in result.done}
    if kept:
        messages.warning(request, _("What you wrote to a card without an answer is kept below. Say its verdict too."))
    tell(request, result, [])
    return result, kept


def events_of(request: HttpRequest, wanted: dict[int, str]) -> list[FailureEvent]:
    return list(FailureEvent.objects.visible_to(request.user).for_card().filter(pk__in=wanted).order_by("pk"))


def tell(request: HttpRequest, result: Result, before: list[str]) -> None:
    if not result.done:
        messages.warning(request, result.sentence if result.reasons else _("Nothing was chosen yet."))
    elif before and "undo" not in request.POST:
        undo.offer(request, result.sentence, reverse("coding_cards"), put=before, undo="1")
    else:
        messages.success(request, result.sentence)


def back(request: HttpRequest, name: str) -> HttpResponse:
    query = request.GET.urlencode()
    return redirect(f"{reverse(name)}{'?' if query else ''}{query}")


def lumped(request: HttpRequest, category: str = "") -> dict:
    return shown(request, passes.lumped(request.user, category), passes.LUMPED)


def shown(request: HttpRequest, events: EventQuerySet, order: Order) -> dict:
    """A page of cards, how many there are, and where the next begin."""
    at = values_of(request.GET.get("after", ""))
    asked = events.filter(beyond(order, at[-len(order) :])) if at else events
    ids = list(asked.values_list("pk", flat=True)[: SIZE + 1])
    # Found first, and only then joined with what their cards show.
    rows = passes.in_place(passes.with_halves(FailureEvent.objects.filter(pk__in=ids[:SIZE]), request.user.pk))
    rows = list(rows.select_related("review__deal__account"))
    counted = first_of(events, request.user, MOST_COUNTED + 1) if order == passes.WAITING else events.order_by()
    count = counted[: MOST_COUNTED + 1].count()
    more = len(ids) > SIZE
    return {
        "cards": rows,
        "left": min(count, MOST_COUNTED),
        "capped": count > MOST_COUNTED,
        "next_url": turn(request, after=cursor_of(rows[-1])) if more else "",
        "first_url": turn(request) if at else "",
    }


def turn(request: HttpRequest, **changes: str) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    query.update(changes)
    return f"?{query.urlencode()}"


def cursor_of(event: FailureEvent) -> str:
    return f"{event.place}.{event.created_on:%Y%m%d}.{event.uuid.hex}"


def values_of(cursor: str) -> list | None:
    try:
        place, day, uuid = cursor.split(".")
        return [id_of(place), date.fromisoformat(day), UUID(uuid)]
    except ValueError:
        return None
