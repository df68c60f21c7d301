from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from reviews.models import Why
from reviews.models.why import EDITABLE, Kind

LONGEST = 2_000


class WhyForm(Form):
    """One answer; its question is asked by where it stands."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say why, in a sentence.")},
    )
    evidence = forms.CharField(
        label=_("What shows it?"),
        help_text=_("A mail, a number, somebody who was there."),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    assumed = forms.BooleanField(label=_("Nothing shows it yet: we assume it"), required=False)
    ends_in_person = forms.BooleanField(
        label=_("This ends in a person"),
        help_text=_("Then it is asked once more: what let that happen?"),
        required=False,
    )

    def __init__(self, *args, question: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = question
        for field in self.fields.values():
            field.quiet = True

    @classmethod
    def initial_of(cls, why: Why) -> dict:
        return {name: getattr(why, name) for name in [*EDITABLE, "version"]}

    @property
    def said(self) -> dict:
        return {name: self.cleaned_data[name] for name in EDITABLE}


class AsideForm(Form):
    because = forms.CharField(
        label=_("Why is it not asked further?"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["because"].quiet = True


def question_under(parent: Why | None, kind: str) -> str:
    if parent is None:
        return _("Why was it not noticed sooner?") if kind == Kind.ESCAPE else _("Why did it happen?")
    return _("What let that happen?") if parent.ends_in_person else _("And why was that?")
