"""One meeting: a lobby before it, a walk through its items, a wrap, and its minutes. One address for all of them; what
stands there is where the meeting is. Who looks at something by themselves does not go with the others."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from actions import meeting_people, meetings, wrap
from actions.agenda import Agenda, Line, agenda_of
from actions.forms.meetings import ICONS, KEYS, LeaveForm, MoveForm, SkipForm, as_left
from actions.leaving import ways_of
from actions.meeting_people import Near
from actions.meeting_pulse import beat, mark_of, room_of, runs
from actions.meeting_story import Story, story_of
from actions.models import Meeting, MeetingItem, MeetingPerson, Parked
from actions.models.answer import Status
from actions.models.meeting_state import Left, State
from failforward import presence
from failforward.accounts.models import User
from failforward.ids import id_of
from failforward.prepared import prepared
from failforward.projector import is_projected, keep_projected

WRAP, LOBBY, OVER = "wrap", "lobby", "over"
# Of each heading of the lobby; a page of one of them, of the minutes.
FEW, PAGE, MINUTES = 8, 25, 100


@dataclass
class Screen:
    """What a screen shows besides its forms. `asked` is the item somebody looks at by themselves."""

    request: HttpRequest
    meeting: Meeting
    here: list[str]
    asked: str = ""
    # Whether to begin before its day: who was ticked stays as it was sent.
    asks: bool = False

    def __post_init__(self) -> None:
        self.now = timezone.now()
        self.today = timezone.localdate()
        self.clock = self.meeting.clock(self.now)
        self.projected = is_projected(self.request)
        self.runs = runs(self.request.user, self.meeting)

    @cached_property
    def agenda(self) -> Agenda:
        return agenda_of(self.meeting, self.now, findings=self.meeting.of_team)

    @cached_property
    def persons(self) -> list[MeetingPerson]:
        return meeting_people.noted(self.meeting)

    @property
    def hands(self) -> list[User]:
        """Of those who are noted; the others are neither offered the chair nor the notes."""
        return [one.user for one in self.persons if one.reads]

    @property
    def place(self) -> str:
        """Where all are."""
        if not self.meeting.is_open:
            return OVER
        if not self.meeting.is_running:
            return LOBBY
        line = None if self.meeting.current == WRAP else self.agenda.current
        return line.key if line else WRAP

    @cached_property
    def seen_at(self) -> str:
        """Where this screen is."""
        if self.meeting.is_running and self.asked and (self.asked == WRAP or self.agenda.find(self.asked)):
            return self.asked
        return self.place

    @property
    def own(self) -> bool:
        return self.seen_at != self.place

    @cached_property
    def line(self) -> Line | None:
        return self.agenda.find(self.seen_at)

    def context(self) -> dict:
        meeting, user = self.meeting, self.request.user
        return {
            "meeting": meeting,
            "list": meeting.action_list,
            "home": meeting.get_absolute_url(),
            "runs": self.runs,
            "chairs": user.pk == meeting.chair_id,
            "clock": self.clock,
            "asks": self.asks,
            "late": meeting.was_left_open(self.now),
            "here": self.here,
            "own": self.own,
            "place": self.seen_at,
            "projected": self.projected,
            "today": self.today,
            "live_url": self.live_url(),
            "refused": "",
        }

    def live_url(self) -> str:
        asked = {"mark": mark_of(self.meeting, self.clock, self.here), "at": self.seen_at}
        if self.own:
            asked["own"] = 1
        if self.asks:
            asked["asks"] = 1
        return f"{self.meeting.get_absolute_url()}live/?{urlencode(asked)}"


@login_required
@require_safe
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """`?item=` looks at an item by oneself, `?heading=` and `?page=` read on in the lobby, `?look=1` shows who looks as
    somebody who is here, which a script does by itself."""
    meeting = found(request.user, pk)
    response = drawn(Screen(request, meeting, here_at(request, meeting), request.GET.get("item", "")))
    if request.GET.get("projector") in ("0", "1"):
        keep_projected(request, response, request.GET["projector"] == "1")
    return response


def found(user: User, pk: int) -> Meeting:
    meeting = beat(user, pk)
    if meeting is None:
        raise Http404
    return meeting


def here_at(request: HttpRequest, meeting: Meeting) -> list[str]:
    if not meeting.is_open:
        return []
    looks = request.GET.get("look") or request.resolver_match.url_name == "meeting_live"
    return presence.look_in(room_of(meeting), request.user if looks else None, timezone.now())


def drawn(screen: Screen, forms: dict | None = None, status: int = 200) -> HttpResponse:
    page = {LOBBY: lobby, WRAP: wrapped, OVER: over}.get(screen.seen_at, walk)
    name, context = page(screen)
    shown = screen.context() | context | (forms or {})
    return render(screen.request, f"actions/meeting/{name}.html", shown, status=status)


# --- The screens ---------------------------------------------------------------------------------


def lobby(screen: Screen) -> tuple[str, dict]:
    meeting, user = screen.meeting, screen.request.user
    near = meeting_people.near(meeting)
    people = who_comes(screen, near)
    return "lobby", {
        **agenda_parts(screen),
        "people": people,
        "expects_me": any(one.pk == user.pk for one, _noted, _here in people),
        "said": next((one for one in screen.persons if one.user_id == user.pk), None),
        "others": [one for one in near if not one.expected],
        "chair_choice": [one for one in near if one.hand],
        "parked": waiting_thoughts(meeting.action_list_id),
        "skip_form": SkipForm(),
        "move_form": MoveForm(meeting),
    }


def who_comes(screen: Screen, near: list[Near]) -> list[tuple[Near, MeetingPerson | None, bool]]:
    """Whoever is expected, what they said, and whether they are here or said that they come."""
    noted = {one.user_id: one for one in screen.persons}
    here = presence.ids_in(room_of(screen.meeting), screen.now) | {screen.request.user.pk}
    here |= {pk for pk, one in noted.items() if one.is_there}
    here -= {pk for pk, one in noted.items() if not one.is_there}
    return [(one, noted.get(one.pk), one.pk in here) for one in near if one.expected]


def agenda_parts(screen: Screen) -> dict:
    """The first few of each heading, or a page of one."""
    heading, page = screen.request.GET.get("heading", ""), number_of(screen.request)
    agenda, shown = screen.agenda, []
    for group in agenda.groups:
        if heading and group.heading != heading:
            continue
        begin, size = ((page - 1) * PAGE, PAGE) if heading else (0, FEW)
        lines = group.lines[begin : begin + size]
        shown.append({"group": group, "lines": lines, "more": len(group.lines) - begin - len(lines)})
    return {"agenda": agenda, "shown": shown, "heading": heading, "page": page}


def number_of(request: HttpRequest) -> int:
    """Of a page, from 1."""
    return max(1, min(id_of(request.GET.get("page")), 10_000))


@prepared
def waiting_thoughts(owned: int) -> QuerySet[Parked]:
    """What was kept for later on this list and nobody settled yet."""
    thoughts = Parked.objects.waiting().filter(meeting__action_list=owned)
    return thoughts.select_related("by").order_by("-at")[:PAGE]


@prepared
def thoughts_in(meeting: int) -> QuerySet[Parked]:
    return Parked.objects.filter(meeting=meeting).select_related("by")


def walk(screen: Screen) -> tuple[str, dict]:
    agenda, line = screen.agenda, screen.line
    story = story_of(line)
    item = next(iter(row_of(screen.meeting.pk, line.pk, kind=line.kind)), None)
    return "walk", {
        "agenda": agenda,
        "line": line,
        "story": story,
        "item": item,
        "number": agenda.place(line),
        "can_go_back": screen.runs and not agenda.left and item is None,
        "before": agenda.beside(line, -1) if agenda.place(line) else None,
        "after": agenda.beside(line, 1) if agenda.place(line) else None,
        "ways": [(how, how.label, KEYS[how], ICONS[how]) for how in ways_of(line.kind, story.state)],
        "form": leave_form(screen, line, story, item) if screen.runs else None,
        "persons": screen.persons,
        "promiser_is_here": any(one.is_there for one in screen.persons if one.user_id == line.person_id),
        "chair_choice": screen.hands,
        "theirs": [],
    }


@prepared
def row_of(meeting: int, pk: int, *, kind: str) -> QuerySet[MeetingItem]:
    rows = MeetingItem.objects.select_related("next_commitment__person", "left_by")
    return rows.filter(meeting=meeting, **{kind: pk})


def leave_form(screen: Screen, line: Line, story: Story, item: MeetingItem | None, data=None) -> LeaveForm:
    """What came by mail is there already; what was said before stands instead."""
    mailed = by_mail(story)
    said = {"next_who": line.person_id} | mailed
    if item is not None:
        said |= as_left(item)
    return LeaveForm(data, persons=screen.persons, initial=said, mailed=mailed)


def by_mail(story: Story) -> dict:
    """The last answer. A day to which it has moved since, and why, are history: the room moves it to another."""
    answer = story.answer
    if answer is None:
        return {}
    said = {"happened": answer.outcome, "learned": answer.learned}
    said["next_what"] = answer.next_what if not answer.next_commitment_id else ""
    if answer.status == Status.DROPPED:
        said |= {"how": Left.DROPPED, "because": answer.reason}
    elif answer.status == Status.MOVED and answer.new_on != story.due_on:
        said |= {"how": Left.MOVED, "because": answer.reason, "moved_to": answer.new_on}
    return said


def wrapped(screen: Screen) -> tuple[str, dict]:
    """What is loose may be anywhere on the list: a long one is read to its end."""
    meeting = screen.meeting
    if screen.agenda.is_cut:
        screen.agenda = agenda_of(meeting, screen.now, findings=meeting.of_team, most=None)
    parked = thoughts_in(meeting.pk)
    return WRAP, {
        "can_go_back": screen.runs and not screen.agenda.left and not parked,
        "agenda": screen.agenda,
        "wrap": wrap.wrap_of(meeting, screen.agenda, screen.persons),
        "parked": parked,
        "persons": screen.persons,
        "chair_choice": screen.hands,
    }


def over(screen: Screen) -> tuple[str, dict]:
    meeting = screen.meeting
    if meeting.state == State.SKIPPED:
        return "skipped", {}
    return "minutes", wrap.minutes_of(meeting, number_of(screen.request), MINUTES, meeting.of_team) | {
        "persons": screen.persons,
        "parked": thoughts_in(meeting.pk),
        "figures": meetings.in_words(meeting),
    }


# --- What changed --------------------------------------------------------------------------------


@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed since the screen was drawn: nothing (204), or its parts that hold no form."""
    if not request.user.is_authenticated:
        # A part of a page cannot become the log-in page.
        return HttpResponse(status=401) if request.htmx else redirect_to_login(request.get_full_path())
    meeting = found(request.user, pk)
    here = here_at(request, meeting)
    if request.GET.get("mark") == mark_of(meeting, meeting.clock(timezone.now()), here):
        return HttpResponse(status=204)
    at = request.GET.get("at", "")
    asked = at if request.GET.get("own") else ""
    screen = Screen(request, meeting, here, asked, asks=bool(request.GET.get("asks")))
    moved = not screen.own and at != screen.place
    if moved:
        screen.seen_at = at
    context = screen.context() | {"moved": moved, "own": screen.own and not moved}
    if at == LOBBY and not moved:
        context |= agenda_parts(screen) | {"people": who_comes(screen, meeting_people.near(meeting))}
    return render(request, "actions/meeting/live.html", context)
