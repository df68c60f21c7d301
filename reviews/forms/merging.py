from difflib import SequenceMatcher

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from failforward.widgets import PickRadio
from reviews.models import FailureEvent


class MergeForm(Form):
    """Which event tells the same: the likest in words first."""

    kept = forms.ChoiceField(
        label=_("Which one tells the same?"),
        help_text=_("It stays as it is. Beside it stands who else reported it, and their source."),
        widget=PickRadio(),
        error_messages={"required": _("Choose the event that tells the same.")},
    )
    reason = forms.CharField(
        label=_("If they are read differently: why are they the same?"),
        required=False,
        max_length=1_000,
    )

    def __init__(self, *args, event: FailureEvent, others: list[FailureEvent], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        alike = sorted(others, key=lambda other: -likeness(event.what, other.what))
        self.fields["kept"].choices = [(str(other.pk), Truncator(other.what).chars(120)) for other in alike]
        self.fields["reason"].quiet = True


def likeness(one: str, other: str) -> float:
    """From 0 to 1, by words and their order."""
    return SequenceMatcher(None, one.lower().split(), other.lower().split(), autojunk=False).ratio()
