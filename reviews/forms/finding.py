from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from failforward.widgets import PickRadio
from reviews.categories import CATEGORIES, CATEGORY_CHOICES
from reviews.models import Finding


class FindingForm(Form):
    title = forms.CharField(
        label=_("What weakness does it show?"),
        help_text=_("One sentence about how we work. It needs nobody’s name: the whole team reads it."),
        max_length=200,
        error_messages={"required": _("Say in one sentence what the weakness is.")},
    )
    category = forms.ChoiceField(
        label=_("Category"),
        choices=CATEGORY_CHOICES,
        widget=PickRadio(hints={category.code: category.short for category in CATEGORIES}),
    )
    description = forms.CharField(
        label=_("More about it"), required=False, max_length=5_000, widget=forms.Textarea({"rows": 4, "data-draft": ""})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    @staticmethod
    def initial_of(finding: Finding) -> dict:
        return {name: getattr(finding, name) for name in ("title", "category", "description", "version")}


class ReasonForm(Form):
    reason = forms.CharField(
        label=_("Why?"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say why in a sentence.")},
    )
