from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.actions import hand
from actions.leaving import Said, unsaid
from actions.models import Meeting, MeetingItem, MeetingPerson
from actions.models.meeting_series import LEAST_MINUTES, MOST_MINUTES, USUAL_MINUTES
from actions.models.meeting_state import Left
from actions.models.promise import check_day
from failforward.accounts.models import User
from failforward.forms import Form
from failforward.guards import Refused
from failforward.widgets import DateInput, TimeInput
from failforward.working_days import instant

ICONS = {
    Left.DONE: "done",
    Left.MOVED: "moved",
    Left.BLOCKED: "stuck",
    Left.NEXT: "plus",
    Left.PARKED: "parked",
    Left.DROPPED: "dropped",
}
KEYS = {
    Left.DONE: "d",
    Left.MOVED: "m",
    Left.BLOCKED: "b",
    Left.NEXT: "n",
    Left.PARKED: "p",
    Left.DROPPED: "x",
}


DAYS = ("moved_to", "next_on")
WITH_REASON = (Left.MOVED, Left.BLOCKED, Left.DROPPED)
NOT_HERE = _("%(name)s, not here")


class LeaveForm(Form):
    """What is said of one item. The button says how it is left."""

    points_out = False

    how = forms.ChoiceField(choices=Left, widget=forms.HiddenInput, required=False)
    happened = forms.CharField(label=_("What happened?"), widget=hand(3), required=False, max_length=10_000)
    learned = forms.CharField(label=_("What did we learn?"), widget=hand(2), required=False, max_length=10_000)
    next_what = forms.CharField(label=_("What is done next"), widget=hand(2), required=False, max_length=2_000)
    next_who = forms.TypedChoiceField(label=_("Who"), coerce=int, required=False, empty_value=None)
    next_on = forms.DateField(label=_("By"), widget=DateInput, required=False)
    because = forms.CharField(label=_("Why it moves, waits or is dropped"), required=False, max_length=300)
    moved_to = forms.DateField(label=_("Moves to"), widget=DateInput, required=False)
    seen_by = forms.TypedChoiceField(label=_("Who saw it, or agrees"), coerce=int, required=False, empty_value=None)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data=None, *, persons: list[MeetingPerson], initial: dict | None = None, mailed: dict | None = None
    ) -> None:
        """Who is there first. The absent can be asked, and may have seen something; they agree to nothing. `mailed` is
        what came by mail and is there already, with the way that it says under `how`."""
        super().__init__(data, initial=initial)
        self.mailed = mailed or {}
        persons = sorted(persons, key=lambda one: (not one.is_there, one.user.name))
        self.people: dict[int, User] = {one.user_id: one.user for one in persons}
        named = [(one.user_id, one.user.name if one.is_there else NOT_HERE % {"name": one.user}) for one in persons]
        for name in ("next_who", "seen_by"):
            self.fields[name].choices = [("", _("Choose one")), *named]
        for field in self.fields.values():
            field.quiet = True

    def clean(self) -> dict:
        """All that is missing is told at once, also beside a day that nobody can read."""
        given = super().clean()
        if set(self.errors) <= set(DAYS):
            for field, sentence in unsaid(self.said).items():
                if field not in self.errors:
                    self.add_error(field, sentence)
        return given

    def point_out(self) -> None:
        """Where it is refused, the first field that needs another look has the focus: it may be far down the page."""
        faulty = next((field for field in self.visible_fields() if field.errors), None)
        if faulty is not None:
            faulty.field.widget.attrs["autofocus"] = True
            self.points_out = True

    @property
    def said(self) -> Said:
        """One line of why and one day do for all: what happened is the reason where none is given, and the day by which
        something is next done is the one to which it moves."""
        given = dict.fromkeys(DAYS) | self.cleaned_data
        how, moves = given["how"], given["how"] == Left.MOVED
        next_what = "" if self.only_mailed("next_what", Left.NEXT) and not given["next_on"] else given["next_what"]
        because = "" if self.only_mailed("because", self.mailed.get("how")) else given["because"]
        if not because and how in WITH_REASON and not self.only_mailed("happened"):
            because = given["happened"][:300]
        return Said(
            how=how,
            happened=given["happened"],
            learned=given["learned"],
            because=because,
            moved_to=(given["moved_to"] or (given["next_on"] if not next_what else None)) if moves else None,
            seen_by=self.people.get(given["seen_by"]),
            next_what=next_what,
            next_who=self.people.get(given["next_who"]) if next_what else None,
            next_on=given["next_on"] if next_what else None,
        )

    def only_mailed(self, name: str, way: str | None = None) -> bool:
        """It stands as it came by mail, and it is not left in the `way` that means it: the room said nothing of it."""
        mailed = self.mailed.get(name) or ""
        same = self.cleaned_data[name].split() == mailed.split()
        return bool(mailed) and same and self.cleaned_data["how"] != way

    @property
    def shows_more(self) -> bool:
        return any(self[name].errors or self[name].value() for name in ("because", "moved_to", "seen_by"))


def as_left(item: MeetingItem) -> dict:
    """What a row says, to be said anew."""
    made = item.next_commitment
    said = {name: getattr(item, name) for name in ("happened", "learned", "because", "moved_to")}
    said |= {"seen_by": item.seen_by_id, "seen": item.version if item.left_as else None}
    return said | ({"next_what": made.what, "next_who": made.person_id, "next_on": made.due_on} if made else {})


class SeriesForm(Form):
    starts_on = forms.DateField(label=_("From"), widget=DateInput)
    ends_on = forms.DateField(
        label=_("Until"),
        widget=DateInput,
        required=False,
        help_text=_("Left empty they end by themselves, when nothing on the list is open."),
    )
    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=LEAST_MINUTES, max_value=MOST_MINUTES, initial=USUAL_MINUTES
    )

    @classmethod
    def of(cls, series, today: date, data=None) -> "SeriesForm":
        now = {"starts_on": today}
        if series is not None:
            now = {"starts_on": series.starts_on, "ends_on": series.ends_on, "minutes": series.minutes}
        form = cls(data, initial=now)
        form.today = today
        return form

    def clean(self) -> dict:
        """A series that runs keeps the day it began on."""
        given = super().clean()
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        for field, day in (("starts_on", starts_on), ("ends_on", ends_on)):
            if day is None or day == self.initial.get(field):
                continue
            try:
                check_day(day, self.today, field=field)
            except Refused as refused:
                self.add_error(field, refused.message)
        if starts_on and ends_on and ends_on < starts_on and "ends_on" not in self.errors:
            self.add_error("ends_on", _("It cannot end before it starts."))
        return given


class SkipForm(Form):
    because = forms.CharField(
        label=_("Why is it skipped?"), max_length=300, error_messages={"required": _("Say why it is skipped.")}
    )


class MoveForm(Form):
    """Day and time are those of the list's place."""

    day = forms.DateField(label=_("Day"), widget=DateInput)
    time = forms.TimeField(label=_("Time"), widget=TimeInput())
    place = forms.CharField(label=_("Place or link, if it has one"), max_length=300, required=False)
    because = forms.CharField(
        label=_("Why does it move?"), max_length=300, error_messages={"required": _("Say why it moves.")}
    )

    def __init__(self, meeting: Meeting, data=None) -> None:
        self.zone = meeting.action_list.time_zone
        at = meeting.starts_at.astimezone(ZoneInfo(self.zone))
        initial = {"day": at.date(), "time": at.time(), "place": meeting.place}
        super().__init__(data, prefix="move", initial=initial)
        self.fields["place"].quiet = True

    @property
    def starts_at(self) -> datetime:
        return instant(self.cleaned_data["day"], self.cleaned_data["time"], self.zone)
