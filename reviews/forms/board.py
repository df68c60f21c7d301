from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from failforward.widgets import SegRadio
from reviews.forms.event import ROLE_ICONS
from reviews.models import FailureEvent
from reviews.models.event import Confidence, Role, WithoutIt
from reviews.near_misses import question, role_choices


class JudgeForm(Form):
    """What an event did, what would have been without it, and how sure we are."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    causal_role = forms.ChoiceField(
        label=_("What did it do to the outcome?"), choices=Role.choices, widget=SegRadio(icons=ROLE_ICONS)
    )
    without_it = forms.ChoiceField(
        label=_("Without it, would we have won?"), choices=WithoutIt.choices, required=False, widget=SegRadio()
    )
    confidence = forms.ChoiceField(
        label=_("How sure are we?"), choices=Confidence.choices, required=False, widget=SegRadio()
    )

    def __init__(self, *args, event: FailureEvent, **kwargs) -> None:
        names = ("version", "causal_role", "without_it", "confidence")
        kwargs["initial"] = {name: getattr(event, name) for name in names}
        super().__init__(*args, **kwargs)
        self.fields["causal_role"].choices = role_choices(event.review)
        self.fields["without_it"].label = question(event.review)
        for field in self.fields.values():
            field.quiet = True


def say_both(form: forms.Form, theirs: str, yours: str) -> None:
    """Two who judge one event at once are told both answers."""
    nothing = gettext("nothing")
    form.add_error(
        "causal_role",
        gettext(
            "Somebody else saved this meanwhile. There it says “%(theirs)s”, here “%(yours)s”. "
            "Save again to keep yours."
        )
        % {"theirs": theirs or nothing, "yours": yours or nothing},
    )
