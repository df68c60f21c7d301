from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from failforward.widgets import DateInput, SegRadio
from reviews.models import Debrief
from reviews.models.debrief import SAID, Agrees, Channel

OPENLY = [("1", "1"), ("2", "2"), ("3", "3"), ("4", "4"), ("5", "5")]


class DebriefForm(Form):
    """What the customer said. One reason a line, so that each can become an event by itself."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reasons = forms.CharField(
        label=_("Which reasons did they give?"),
        help_text=_("In their words, one a line. Each may become an event later."),
        max_length=10_000,
        required=False,
        widget=forms.Textarea({"rows": 4, "data-draft": ""}),
    )
    who = forms.CharField(label=_("Who said it?"), max_length=200, required=False)
    role = forms.CharField(label=_("Their role"), max_length=200, required=False)
    said_on = forms.DateField(label=_("When?"), widget=DateInput())
    channel = forms.ChoiceField(label=_("How?"), choices=Channel.choices, widget=SegRadio())
    candour = forms.TypedChoiceField(
        label=_("How openly did they speak?"),
        help_text=_("1 polite and no more, 5 without holding back."),
        choices=OPENLY,
        coerce=int,
        empty_value=None,
        required=False,
        widget=SegRadio(),
    )
    agrees = forms.ChoiceField(
        label=_("Their view and ours"), choices=Agrees.choices, initial=Agrees.UNKNOWN, widget=SegRadio()
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("who", "reasons"):
            self.fields[name].quiet = True

    @classmethod
    def initial_of(cls, debrief: Debrief) -> dict:
        lines = "\n".join(reason.text for reason in debrief.reasons.all())
        return {name: getattr(debrief, name) for name in SAID} | {"reasons": lines, "version": debrief.version}

    @property
    def said(self) -> dict:
        """As the verbs take it."""
        said = {name: self.cleaned_data[name] for name in SAID}
        return said | {"who": said["who"].strip(), "reasons": self.cleaned_data["reasons"].splitlines()}
