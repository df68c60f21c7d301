from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.models import Answer, Commitment, FollowUp
from actions.models.answer import Status
from failforward.accounts.models import User
from failforward.forms import Form
from failforward.widgets import DateInput, PickRadio

LONG = 10_000
CHIPPED = ["new_on", "next_on"]


def paragraph(label: str, rows: int) -> forms.CharField:
    widget = forms.Textarea({"rows": rows, "class": "form-control"})
    return forms.CharField(label=label, required=False, max_length=LONG, widget=widget)


def line(label: str, length: int) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=length, widget=forms.TextInput({"class": "form-control"})
    )


def day(label: str) -> forms.DateField:
    return forms.DateField(label=label, required=False, widget=DateInput({"class": "form-control"}))


class AnswerForm(Form):
    """How did it go? What was the outcome? What do we do next, based on it?"""

    status = forms.ChoiceField(
        label=_("Your answer"),
        choices=Status.choices,
        widget=PickRadio(icons={status: status for status in Status.values}),
        error_messages={"required": _("Choose one of the five.")},
    )
    new_on = day(_("New date"))
    reason = line(_("Why, in one line?"), 300)
    outcome = paragraph(_("What was the outcome?"), 3)
    done_on = day(_("When was it done?"))
    evidence = paragraph(_("What shows that the milestone is reached?"), 2)
    seen_by = forms.ModelChoiceField(
        label=_("Or who saw it?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody yet"),
        widget=forms.Select({"class": "form-select"}),
    )
    learned = paragraph(_("What did you learn?"), 2)
    might_change = paragraph(_("What might we change?"), 2)
    next_what = line(_("Next step"), 2_000)
    next_with = line(_("With whom"), 200)
    next_on = day(_("By"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, follow_up: FollowUp, today: date, witnesses: bool = False, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        commitment = follow_up.commitment
        self.fields["status"].widget.hints = hints(commitment)
        if today <= follow_up.due_on:
            del self.fields["done_on"]
        if commitment.talk_id is None:
            del self.fields["might_change"]
        written = self.data.get("evidence") or self.data.get("seen_by")
        if commitment.milestone is None or not (commitment.milestone.is_ahead or written):
            del self.fields["evidence"], self.fields["seen_by"]
        elif witnesses:
            action = commitment.milestone.action
            self.fields["seen_by"].queryset = action.action_list.witnesses().exclude(pk=action.responsible_id)
        else:
            # Whoever holds the link learns nobody's name from it.
            del self.fields["seen_by"]

    @property
    def words(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("status", "seen")}


def hints(commitment: Commitment) -> dict[str, str]:
    return {
        Status.DONE: _("it is kept"),
        Status.PARTLY: _("it stays open"),
        Status.MOVED: _("to a new date"),
        Status.STUCK: _("ask for help now"),
        Status.DROPPED: _("goes to the next meeting") if commitment.action_list else _("it is dropped"),
    }


def first_values(follow_up: FollowUp, answer: Answer | None, chosen: str) -> dict:
    """What the form begins with: the answer there is, else the one the link chose."""
    if answer is None:
        status = chosen if chosen in Status.values else None
        return {"status": status, "done_on": follow_up.due_on, "seen": ""}
    names = [*AnswerForm.base_fields]
    values = {name: getattr(answer, name) for name in names if hasattr(answer, name)}
    values |= {"seen": answer.stamp, "done_on": follow_up.commitment.kept_on or follow_up.due_on}
    return values | ({"status": chosen} if chosen in Status.values else {})
