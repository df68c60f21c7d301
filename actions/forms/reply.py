from django import forms
from django.utils.translation import gettext_lazy as _

from actions.models import Answer, AskerReply
from failforward.forms import Form
from failforward.widgets import DateInput, PickRadio

Kind = AskerReply.Kind
SENDABLE = [Kind.THANKS, Kind.HELP, Kind.TALK, Kind.NEW_DATE]


class ReplyForm(Form):
    """What the asker sends back."""

    kind = forms.ChoiceField(
        label=_("What do you send back?"),
        widget=PickRadio(
            icons={Kind.THANKS: "thanks", Kind.HELP: "help", Kind.TALK: "talk", Kind.NEW_DATE: "calendar"},
            hints={
                Kind.THANKS: _("read, and thank you"),
                Kind.HELP: _("I do something about it"),
                Kind.TALK: _("I get in touch"),
                Kind.NEW_DATE: _("by another day"),
            },
        ),
        error_messages={"required": _("Choose one of them.")},
    )
    new_on = forms.DateField(label=_("By which day?"), required=False, widget=DateInput({"class": "form-control"}))
    text = forms.CharField(
        label=_("A line with it"), max_length=500, required=False, widget=forms.TextInput({"class": "form-control"})
    )

    def __init__(self, *args, answer: Answer, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        open_still = answer.follow_up.commitment.is_open
        self.fields["kind"].choices = [
            (kind.value, kind.label) for kind in SENDABLE if open_still or kind != Kind.NEW_DATE
        ]

    def clean(self) -> dict:
        said = self.cleaned_data
        if said.get("kind") == Kind.NEW_DATE and not said.get("new_on"):
            self.add_error("new_on", _("Say by which day."))
        return said
