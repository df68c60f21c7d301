from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from failforward.widgets import PickRadio, SegRadio
from reviews.categories import CATEGORIES, CATEGORY_CHOICES
from reviews.coding import READERS
from reviews.models import Hat, Verdict

VERDICT_KEYS = {Verdict.SYSTEMIC: "s", Verdict.ONE_OFF: "o", Verdict.UNSURE: "u"}
VERDICT_ICONS = {verdict: verdict for verdict in Verdict.values}


def category_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Which of the eleven?"),
        choices=CATEGORY_CHOICES,
        widget=PickRadio(
            hints={category.code: category.short for category in CATEGORIES},
            keys={category.code: category.key for category in CATEGORIES},
        ),
        error_messages={"required": _("Choose the category that fits best.")},
    )


class CodingForm(Form):
    """One person's reading. The hat says which is asked first: the category or the verdict."""

    category = category_field()
    more = forms.MultipleChoiceField(
        label=_("What else fits?"),
        choices=CATEGORY_CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    verdict = forms.ChoiceField(
        label=_("Could it happen again?"),
        choices=Verdict.choices,
        widget=SegRadio(icons=VERDICT_ICONS, keys=VERDICT_KEYS),
        error_messages={"required": _("Say whether it could happen again, or choose unsure.")},
    )
    reason = forms.CharField(
        label=_("Why do you think so?"), required=False, max_length=5_000, widget=forms.Textarea({"rows": 3})
    )
    hat = forms.ChoiceField(choices=Hat.choices, required=False, widget=forms.HiddenInput)

    def clean_hat(self) -> str:
        return self.cleaned_data["hat"] or Hat.LUMPER


class AdjudicationForm(Form):
    category = category_field()
    verdict = forms.ChoiceField(
        label=_("Could it happen again?"),
        choices=[choice for choice in Verdict.choices if choice[0] != Verdict.UNSURE],
        widget=SegRadio(icons=VERDICT_ICONS, keys=VERDICT_KEYS),
        error_messages={"required": _("A decision is systemic or one-off.")},
    )
    reason = forms.CharField(
        label=_("Why is it decided this way?"),
        max_length=5_000,
        widget=forms.Textarea({"rows": 3, "data-draft": ""}),
        error_messages={"required": _("Say in a sentence why it is decided this way.")},
    )
    dissent = forms.CharField(
        label=_("Who sees it otherwise, and why?"),
        help_text=_("Every reading is kept as it was sent. Add here what was said since."),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"rows": 2, "data-draft": ""}),
    )


class ReadersForm(Form):
    readers_per_event = forms.TypedChoiceField(
        label=_("How many read each event?"),
        help_text=_("Each reads alone, and nobody sees the others’ answers before all are sent."),
        choices=[("", _("As the team has it")), *((number, str(number)) for number in READERS)],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["readers_per_event"].quiet = True
