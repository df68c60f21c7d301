"""One meeting: a lobby before it, a walk through its items, a wrap, and its minutes. One address for all of them; what
stands there is where the meeting is. Who looks at something by themselves does not go with the others."""

from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from actions import leaving, meeting_people, meetings, permissions, wrap
from actions.agenda import Agenda, Line, agenda_of
from actions.forms.meetings import ICONS, KEYS, LeaveForm, MoveForm, SkipForm, as_left
from actions.leaving import LeftAlready, ways_of
from actions.meeting_people import Near
from actions.meeting_pulse import beat, mark_of, room_of, runs
from actions.meeting_story import Story, story_of
from actions.models import Meeting, MeetingItem, MeetingPerson, Parked
from actions.models.meeting_state import State
from failforward import presence
from failforward.accounts.models import User
from failforward.guards import Refused
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
    said = {"next_who": line.person_id}
    if story.answer is not None:
        answer = story.answer
        said |= {"happened": answer.outcome, "learned": answer.learned, "moved_to": answer.new_on}
        said |= {"next_what": answer.next_what if not answer.next_commitment_id else "", "because": answer.reason}
    if item is not None:
        said |= as_left(item)
    return LeaveForm(data, persons=screen.persons, initial=said)


def wrapped(screen: Screen) -> tuple[str, dict]:
    meeting = screen.meeting
    parked = thoughts_in(meeting.pk)
    return WRAP, {
        "can_go_back": screen.runs and not screen.agenda.left and not parked,
        "agenda": screen.agenda,
        "wrap": wrap.wrap_of(meeting, screen.agenda, screen.persons, screen.now),
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
    screen = Screen(request, meeting, here, at if request.GET.get("own") else "")
    moved = not screen.own and at != screen.place
    if moved:
        screen.seen_at = at
    context = screen.context() | {"moved": moved, "own": screen.own and not moved}
    if at == LOBBY and not moved:
        context |= agenda_parts(screen) | {"people": who_comes(screen, meeting_people.near(meeting))}
    return render(request, "actions/meeting/live.html", context)


# --- Verbs ---------------------------------------------------------------------------------------


@login_required
@require_POST
def meeting_verb(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Whoever runs it: begin, not-begun, skip, move, chair, notes, look, leave, take-up, settle, resume, close.
    Everybody who reads it: comes (of oneself), park, projector (of one's own browser)."""
    meeting = found(request.user, pk)
    if verb == "projector":
        return keep_projected(request, back_to(request, meeting), not is_projected(request))
    if verb not in VERBS:
        raise Http404
    if verb not in FOR_ALL and not permissions.can_run_meeting(request.user, meeting):
        raise PermissionDenied
    try:
        answer = VERBS[verb](meeting, request)
    except Refused as refused:
        messages.warning(request, refused)
        answer = None
    return answer or back_to(request, meeting)


def back_to(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """To the others, or to the item one looks at by oneself."""
    item = request.POST.get("back", "")
    return redirect(f"{reverse('meeting_detail', args=[meeting.pk])}{'?' + urlencode({'item': item}) if item else ''}")


def begin(meeting: Meeting, request: HttpRequest) -> HttpResponse | None:
    """Before its day a second press is asked for."""
    present, now = [id_of(pk) for pk in request.POST.getlist("present")], timezone.now()
    if not meeting.is_running and not meeting.is_due(now) and request.POST.get("early") != str(meeting.on):
        return drawn(Screen(request, meeting, here_at(request, meeting)), {"asks": True, "ticked": present})
    meeting.begin(request.user, present, now=now)
    return None


def take_back_beginning(meeting: Meeting, request: HttpRequest) -> None:
    if meeting.take_back_beginning(request.user):
        messages.success(request, _("The meeting has not begun. It is planned as before."))


def skip(meeting: Meeting, request: HttpRequest) -> HttpResponse | None:
    form = SkipForm(request.POST)
    if not form.is_valid():
        return drawn(Screen(request, meeting, []), {"skip_form": form, "form": form}, status=400)
    meeting.skip(request.user, form.cleaned_data["because"], now=timezone.now())
    return None


def move(meeting: Meeting, request: HttpRequest) -> HttpResponse | None:
    form = MoveForm(meeting, request.POST)
    if form.is_valid():
        given, now = form.cleaned_data, timezone.now()
        try:
            moved = meeting.move(request.user, form.starts_at, given["because"], given["place"], now=now)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            if moved:
                messages.success(request, _("The meeting is moved. Everybody who is expected gets a mail."))
            return None
    return drawn(Screen(request, found(request.user, meeting.pk), []), {"move_form": form, "form": form}, status=400)


def person_in(meeting: Meeting, request: HttpRequest) -> User:
    person = meeting.circle().filter(pk=id_of(request.POST.get("person"))).first()
    if person is None:
        raise Refused(_("Choose a person."))
    return person


def comes(meeting: Meeting, request: HttpRequest) -> None:
    person = person_in(meeting, request) if request.POST.get("person") else request.user
    said, now = request.POST.get("comes"), timezone.now()
    corrects, said = said == "was", said in ("yes", "was")
    changed = MeetingPerson.say(meeting, request.user, person, comes=said, now=now, from_the_start=corrects)
    if changed and person == request.user:
        messages.success(request, _("You are expected.") if said else _("The meeting knows that you do not come."))


def hand_over(meeting: Meeting, request: HttpRequest) -> None:
    to = person_in(meeting, request)
    if meeting.hand_over(request.user, to):
        messages.success(request, _("%(name)s has the chair now.") % {"name": to})


def name_note_keeper(meeting: Meeting, request: HttpRequest) -> None:
    person = person_in(meeting, request) if request.POST.get("person") else None
    meeting.name_note_keeper(request.user, person)


def look(meeting: Meeting, request: HttpRequest) -> None:
    meeting.look_at(request.user, request.POST.get("item", "")[:40])


def leave(meeting: Meeting, request: HttpRequest) -> HttpResponse | None:
    """What was typed stays where it is refused; what somebody else left meanwhile is shown beside it."""
    key = request.POST.get("item", "")
    screen = Screen(request, meeting, [], key)
    line = screen.line if meeting.is_running and screen.seen_at == key else None
    if line is None:
        raise Refused(_("This is not on the agenda any more: it was settled meanwhile."))
    form = LeaveForm(request.POST, persons=screen.persons)
    if form.is_valid():
        try:
            leaving.leave(meeting, request.user, key, form.said, now=timezone.now(), seen=form.cleaned_data.get("seen"))
        except LeftAlready as conflict:
            return left_already(screen, form, conflict)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            return None
    meeting.refresh_from_db()
    return drawn(screen, {"form": form}, status=400)


def left_already(screen: Screen, form: LeaveForm, conflict: LeftAlready) -> HttpResponse:
    """Both stand side by side; sent again, what was typed stands instead."""
    there_now = as_left(conflict.current)
    item = conflict.current
    form.add_error(None, conflict.message)
    form.data = form.data.copy()
    form.data["seen"] = item.version
    shown = [(form.fields[name].label, there_now.get(name)) for name in ("happened", "learned", "because", "next_what")]
    theirs = [(_("How it was left"), item.get_left_as_display()), *((label, said) for label, said in shown if said)]
    screen.meeting.refresh_from_db()
    screen.__dict__.pop("agenda", None)
    return drawn(screen, {"form": form, "theirs": theirs, "item": item}, status=409)


def take_up(meeting: Meeting, request: HttpRequest) -> None:
    key = request.POST.get("item", "")
    stays = leaving.stays_of(meeting, key)
    if leaving.take_up(meeting, request.user, key, now=timezone.now()) and stays:
        messages.info(request, stays)


def park(meeting: Meeting, request: HttpRequest) -> None:
    Parked.park(meeting, request.user, request.POST.get("what", "")[:2000], now=timezone.now())
    messages.success(request, _("Kept for later."))


def settle(meeting: Meeting, request: HttpRequest) -> None:
    thoughts = Parked.objects.filter(meeting__action_list=meeting.action_list_id).select_related("meeting")
    thought = thoughts.filter(pk=id_of(request.POST.get("parked"))).first()
    if thought is not None:
        thought.settle(request.user, now=timezone.now())


def resume(meeting: Meeting, request: HttpRequest) -> None:
    meeting.resume(request.user, now=timezone.now())


def close(meeting: Meeting, request: HttpRequest) -> None:
    if meetings.close(meeting, request.user, now=timezone.now()):
        presence.leave_all(room_of(meeting))
        messages.success(request, _("The meeting is closed. These are its minutes."))


FOR_ALL = {"comes", "park"}
VERBS = {
    "begin": begin,
    "not-begun": take_back_beginning,
    "skip": skip,
    "move": move,
    "comes": comes,
    "chair": hand_over,
    "notes": name_note_keeper,
    "look": look,
    "leave": leave,
    "take-up": take_up,
    "park": park,
    "settle": settle,
    "resume": resume,
    "close": close,
}
