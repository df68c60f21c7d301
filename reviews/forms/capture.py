from collections.abc import Iterator
from typing import Self

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from failforward.forms import Form
from failforward.widgets import DateInput, SegRadio
from reviews.capture import Told
from reviews.forms.review import LOST_TO
from reviews.models import FailureEvent, Outcome, Review

BOXES, MOST_BOXES, LONGEST = 3, 12, 10_000


class CaptureForm(Form):
    """Ninety seconds: everything may stay empty, but not all of it."""

    outcome = forms.ChoiceField(label=gettext_lazy("Lost to whom?"), choices=LOST_TO, required=False, widget=SegRadio())
    competitor = forms.CharField(
        label=gettext_lazy("Which rival?"),
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    lost_on = forms.DateField(label=gettext_lazy("When?"), required=False, widget=DateInput())
    stage_at_loss = forms.CharField(label=gettext_lazy("At which stage?"), required=False, max_length=100)

    def __init__(self, *args, review: Review, events: list[FailureEvent], boxes: int = BOXES, **kwargs) -> None:
        deal = review.deal
        known = deal.outcome if deal.outcome != Outcome.LOST or review.captured_at else ""
        said = {
            "outcome": known,
            "competitor": deal.competitor,
            "lost_on": deal.lost_on,
            "stage_at_loss": deal.stage_at_loss,
        }
        super().__init__(*args, initial=said, **kwargs)
        self.events = events
        self.boxes = min(max(boxes, 1), MOST_BOXES)
        for event in events:
            self.fields[f"event_{event.pk}"] = box(_("What happened"), initial=event.what)
            self.fields[f"version_{event.pk}"] = forms.IntegerField(widget=forms.HiddenInput, initial=event.version)
        for number in range(self.boxes):
            label = _("What happened?") if number == 0 and not events else _("And what else?")
            self.fields[f"happened_{number}"] = box(label)
        for bound in self.fields.values():
            bound.quiet = True

    def without_complaint(self) -> Self:
        """More boxes are not a press of Send: what was typed comes back as it was."""
        self._errors = ErrorDict()
        return self

    def told_boxes(self) -> Iterator[forms.BoundField]:
        return (self[f"event_{event.pk}"] for event in self.events)

    def new_boxes(self) -> Iterator[forms.BoundField]:
        return (self[f"happened_{number}"] for number in range(self.boxes))

    def versions(self) -> Iterator[forms.BoundField]:
        return (self[f"version_{event.pk}"] for event in self.events)

    def clean(self) -> dict:
        said = super().clean()
        for event in self.events:
            if not said.get(f"event_{event.pk}") and f"event_{event.pk}" not in self.errors:
                self.add_error(
                    f"event_{event.pk}", _("What was told stays. Change the words instead of emptying them.")
                )
        asked = ["outcome", "competitor", "stage_at_loss", *[f"happened_{n}" for n in range(self.boxes)]]
        if not self.events and not any(said.get(name) for name in asked) and not self.errors:
            raise forms.ValidationError(_("Tell us one thing, whatever you know. “I don’t know” is an answer too."))
        return said

    @property
    def told(self) -> Told:
        said = self.cleaned_data
        return Told(
            outcome=said["outcome"],
            competitor=said["competitor"],
            lost_on=said["lost_on"],
            stage_at_loss=said["stage_at_loss"],
            happened=[said[f"happened_{number}"] for number in range(self.boxes)],
            edits={event.pk: (said[f"version_{event.pk}"], said[f"event_{event.pk}"]) for event in self.events},
        )


def box(label: str, initial: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, initial=initial, max_length=LONGEST, widget=forms.Textarea({"rows": 2})
    )
