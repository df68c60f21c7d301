from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Team, User
from failforward.forms import Form
from failforward.widgets import DateInput, PickRadio
from reviews.models import Outcome, Review, Visibility

DEPTHS = Review.Depth.choices
LOST_TO = [
    (Outcome.LOST_TO_COMPETITOR, _("A rival")),
    (Outcome.LOST_TO_NO_DECISION, _("No decision")),
    (Outcome.WITHDRAWN, _("Withdrawn")),
    (Outcome.LOST, _("I don’t know")),
]


class TextForm(Form):
    """One text that the verb asks for with its own words when it is empty."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for bound in self.fields.values():
            bound.quiet = True


class ReasonForm(TextForm):
    reason = forms.CharField(label=_("Why?"), required=False, max_length=2_000, widget=forms.Textarea({"rows": 2}))


class AddendumForm(TextForm):
    text = forms.CharField(
        label=_("What came to light?"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 2, "data-draft": ""}),
    )


class VisibilityForm(Form):
    visibility = forms.ChoiceField(
        label=_("Who reads it?"),
        choices=[
            (Visibility.STANDARD, _("Standard")),
            (Visibility.NAMED, _("Named")),
            (Visibility.SEALED, _("Sealed")),
        ],
        widget=PickRadio(
            hints={
                Visibility.STANDARD: _("the deal’s owner, people on it, managers"),
                Visibility.NAMED: _("only people on it"),
                Visibility.SEALED: _("only people on it, and it shows nowhere else"),
            }
        ),
    )


class PersonForm(Form):
    """Somebody to add to the review: anybody of its team, of the teams above it, or who sponsors one of them."""

    user = forms.ModelChoiceField(
        label=_("Add somebody"), queryset=User.objects.none(), empty_label=_("Choose a person")
    )

    def __init__(self, *args, review: Review, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people_for(review)


def people_for(review: Review):
    above = [int(step) for step in review.team.path.strip("/").split("/")]
    there = User.objects.filter(memberships__team__in=above) | User.objects.filter(sponsored_teams__in=above)
    return there.filter(is_active=True, erased_at=None).exclude(reviews=review).distinct()


class LossForm(Form):
    """A loss told by hand, when it is not in the CRM or did not come from there yet."""

    name = forms.CharField(
        label=_("Deal"),
        max_length=200,
        error_messages={"required": _("Say which deal was lost.")},
    )
    customer = forms.CharField(label=_("Customer"), max_length=200, required=False)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    owner = forms.ModelChoiceField(label=_("Whose deal was it?"), queryset=User.objects.none(), empty_label=None)
    outcome = forms.ChoiceField(label=_("Lost to whom?"), choices=LOST_TO, initial=Outcome.LOST)
    competitor = forms.CharField(label=_("Which rival?"), max_length=200, required=False)
    lost_on = forms.DateField(
        label=_("When?"),
        widget=DateInput(),
        error_messages={"required": _("Say on which day it was lost.")},
    )
    stage_at_loss = forms.CharField(label=_("At which stage?"), max_length=100, required=False)
    amount = forms.DecimalField(label=_("Amount"), min_value=0, max_value=10**12, decimal_places=2, required=False)

    def __init__(self, *args, teams, owners, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].queryset = teams
        if owners is None:
            del self.fields["owner"]
        else:
            self.fields["owner"].queryset = owners
