"""What is pressed on the screens of a meeting."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from actions import leaving, meetings, permissions
from actions.forms.meetings import LeaveForm, MoveForm, SkipForm, as_left
from actions.leaving import LeftAlready
from actions.meeting_pulse import room_of
from actions.meeting_story import story_of
from actions.models import Meeting, MeetingPerson, Parked
from actions.views.meeting import Screen, drawn, found, here_at, leave_form, row_of
from failforward import presence
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.ids import id_of
from failforward.projector import is_projected, keep_projected


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
        return drawn(Screen(request, meeting, here_at(request, meeting), asks=True), {"ticked": present})
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
    item = next(iter(row_of(meeting.pk, line.pk, kind=line.kind)), None)
    form = leave_form(screen, line, story_of(line), item, request.POST)
    if form.is_valid():
        try:
            leaving.leave(meeting, request.user, key, form.said, now=timezone.now(), seen=form.cleaned_data.get("seen"))
        except LeftAlready as conflict:
            return left_already(screen, form, conflict)
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            return None
    form.point_out()
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
