from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.actions import hand
from actions.forms.verb_form import VerbForm
from actions.models import SponsorRequest
from actions.models.sponsor_request import LONGEST_ANSWER, State
from failforward.forms import Form
from failforward.widgets import DateInput, PickRadio


class AskSponsorForm(VerbForm):
    what = forms.CharField(
        label=_("What do you need from the sponsor?"),
        max_length=500,
        widget=hand(2),
        help_text=_("One thing that they can say yes or no to: time, money, a decision, a word with somebody."),
        error_messages={"required": _("Say what you need from the sponsor.")},
    )
    needed_by = forms.DateField(
        label=_("Needed by"), widget=DateInput, error_messages={"required": _("Say by which day you need it.")}
    )


# What the links of the mail carry.
IN_LINK = {"yes": State.AGREED, "no": State.DECLINED, "words": State.WORDS}


class SponsorAnswerForm(Form):
    """Yes, no, or words."""

    state = forms.ChoiceField(
        label=_("Your answer"),
        choices=[(State.AGREED, _("Yes")), (State.DECLINED, _("No")), (State.WORDS, _("In words"))],
        widget=PickRadio(
            icons={State.AGREED: "done", State.DECLINED: "dropped", State.WORDS: "talk"},
            hints={
                State.AGREED: _("go ahead"),
                State.DECLINED: _("not this, or not now"),
                State.WORDS: _("neither yes nor no"),
            },
        ),
        error_messages={"required": _("Choose one of the three.")},
    )
    words = forms.CharField(
        label=_("Anything you want to say to it"),
        max_length=LONGEST_ANSWER,
        required=False,
        widget=forms.Textarea({"rows": 3, "class": "form-control"}),
    )

    promised_on = forms.DateField(label=_("Yes, by which day?"), widget=DateInput, required=False)

    def clean(self) -> dict:
        if self.cleaned_data.get("state") == State.WORDS and not self.cleaned_data.get("words"):
            self.add_error("words", _("Write a line, or choose yes or no."))
        return self.cleaned_data

    @staticmethod
    def first_values(asked: SponsorRequest, chosen: str = "") -> dict:
        chosen = IN_LINK.get(chosen, "")
        return {
            "state": chosen or (asked.state if asked.is_answered else ""),
            "words": asked.answer,
            "promised_on": asked.promised_on,
        }
