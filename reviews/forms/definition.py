from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from reviews.categories import Category
from reviews.models.definition import WORDS


def words(label: str, rows: int = 2) -> forms.CharField:
    return forms.CharField(label=label, max_length=1_000, widget=forms.Textarea({"rows": rows}))


class DefinitionForm(Form):
    """A category in other words. Its name and place among the eleven stay."""

    short = forms.CharField(label=_("In a few words"), max_length=100)
    definition = words(_("What it means"), 3)
    counts = words(_("What counts"))
    does_not_count = words(_("What does not count, and what it is instead"))
    example = words(_("An example, as somebody who was there would tell it"))
    reason = forms.CharField(
        label=_("Why does it change?"),
        help_text=_("For instance: two readers took it for something else. Agreement is counted anew from now on."),
        max_length=1_000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say why it changes: readings made before are looked at in that light.")},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    @staticmethod
    def initial_of(category: Category) -> dict:
        return {name: getattr(category, name) for name in WORDS} | {"seen": category.version}
