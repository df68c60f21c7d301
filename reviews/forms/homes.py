from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from reviews.categories import CATEGORY_CHOICES
from reviews.models import FailureEvent


class NewHomeForm(Form):
    """A new weakness. Its category is the event's; where that has none, it is asked for."""

    new_finding = forms.CharField(
        label=_("The weakness in a sentence"),
        help_text=_("A finding is about how we work, never about who was there."),
        max_length=200,
        error_messages={"required": _("Say in one sentence what the weakness is.")},
    )
    category = forms.ChoiceField(
        label=_("Category"),
        choices=[("", _("Choose one of the eleven")), *CATEGORY_CHOICES],
        error_messages={"required": _("Choose one of the eleven categories.")},
    )

    def __init__(self, *args, event: FailureEvent, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.event = event
        if event.category:
            del self.fields["category"]

    @property
    def chosen_category(self) -> str:
        return self.cleaned_data.get("category") or self.event.category
