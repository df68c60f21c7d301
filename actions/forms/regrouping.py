from collections.abc import Iterable

from django import forms
from django.utils.text import Truncator
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models import ActionItem
from failforward.forms import Form
from failforward.widgets import PickRadio
from reviews.categories import CATEGORIES, CATEGORY_CHOICES
from reviews.homes import Home
from reviews.models import FailureEvent, Finding


class Versioned(Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class MergeFindingForm(Versioned):
    """Which finding is kept: the likest in category and words first."""

    kept = forms.ChoiceField(
        label=_("Which one says the same, and is kept?"),
        help_text=_("Its words, its numbers and its history stay as they are."),
        widget=PickRadio(),
        error_messages={
            "required": _("Choose the finding that is kept."),
            "invalid_choice": _("That one is not open in this team any more. Choose another."),
        },
    )

    def __init__(self, *args, others: Iterable[Finding], homes: list[Home], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        likely = [home.finding for home in homes]
        ranked = likely + [finding for finding in others if finding not in likely]
        kept = self.fields["kept"]
        kept.widget.hints = {str(home.finding.pk): in_words(home) for home in homes}
        kept.choices = [(str(finding.pk), finding.title) for finding in ranked]


class SplitFindingForm(Versioned):
    """Which events show another weakness, and what it is."""

    events = forms.MultipleChoiceField(
        label=_("Which events show it?"),
        help_text=_("The others stay where they are, and so do all that you may not read."),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Choose at least one event that shows the other weakness."),
            "invalid_choice": _("One of the events is not here any more. Choose again."),
        },
    )
    title = forms.CharField(
        label=_("What is the other weakness?"),
        help_text=_("One sentence about how we work. It needs nobody’s name: the whole team reads it."),
        max_length=200,
        error_messages={"required": _("Say in one sentence what the weakness is.")},
    )
    category = forms.ChoiceField(
        label=_("Category"),
        choices=CATEGORY_CHOICES,
        widget=PickRadio(hints={category.code: category.short for category in CATEGORIES}),
    )

    actions = forms.MultipleChoiceField(
        label=_("Which actions end it too?"),
        help_text=_("Those answer both from now on; the others answer only what stays."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of the actions is not here any more. Choose again.")},
    )

    def __init__(self, *args, events: Iterable[FailureEvent], actions: Iterable[ActionItem], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["actions"].choices = [(str(action.pk), action.what) for action in actions]
        if not self.fields["actions"].choices:
            del self.fields["actions"]
        self.fields["events"].choices = [
            (str(event.pk), f"{Truncator(event.what).chars(160)} · {event.review.deal}") for event in events
        ]


def in_words(home: Home) -> str:
    reasons = [say("same category")] if home.same_category else []
    if home.words:
        reasons.append(say("both speak of %(words)s") % {"words": ", ".join(home.words)})
    return "; ".join(reasons)
