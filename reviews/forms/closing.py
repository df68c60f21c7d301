from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from failforward.widgets import DateInput
from reviews.models import LooseEnd, ReviewPerson
from reviews.models.review_thanks import LONGEST
from reviews.review_page import Page


class ThanksForm(Form):
    """A line for each person: what to thank them for."""

    def __init__(self, *args, thanked: list[ReviewPerson], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.thanked = thanked
        for person in thanked:
            field = forms.CharField(label=person.user.name, required=False, max_length=LONGEST)
            field.quiet, field.initial = True, person.thanked_for
            self.fields[f"thank_{person.user_id}"] = field

    @property
    def words(self) -> dict[int, str]:
        """What was said of whom; of those whom the form did not name, nothing."""
        said = {person.user_id: f"thank_{person.user_id}" for person in self.thanked}
        return {pk: self.cleaned_data[name] for pk, name in said.items() if name in self.data}

    @property
    def thank_fields(self) -> list[forms.BoundField]:
        return [self[f"thank_{person.user_id}"] for person in self.thanked]


class ClosingForm(ThanksForm):
    """All that is left to do on a review, saved in one press: the lesson, the loose ends, the thanks."""

    lesson = forms.CharField(
        label=_("One lesson, for whoever opens the next deal like this"),
        help_text=_("The whole team reads it, so it needs nobody’s name and no customer’s."),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"rows": 2, "data-draft": ""}),
    )
    ends = forms.MultipleChoiceField(
        label=_("Loose ends"),
        help_text=_("Tick what is done, and what does not apply here."),
        choices=LooseEnd.What.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lesson", "ends"):
            self.fields[name].quiet = True

    @classmethod
    def of(cls, page: Page, data: QueryDict | None = None) -> "ClosingForm":
        settled = [end.what for end in page.loose_ends]
        thanked = [person for person in page.persons if person.thanked_at is None]
        return cls(data, thanked=thanked, initial={"lesson": page.review.lesson, "ends": settled})


class TargetForm(Form):
    target_close_on = forms.DateField(label=_("To be closed by"), widget=DateInput)
