from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.forms import Form
from failforward.widgets import DateInput, SegRadio
from reviews.models import Deal, HandOff, Promise
from reviews.models.hand_off import Question
from reviews.models.review_thanks import LONGEST

LONG = 5_000


def text(label, *, rows: int = 2, help_text: str = "") -> forms.CharField:
    widget = forms.Textarea({"rows": rows, "data-draft": ""})
    field = forms.CharField(label=label, required=False, max_length=LONG, widget=widget, help_text=help_text)
    field.quiet = True
    return field


class OpenForm(Form):
    """Who hands it over, and who takes it on: anybody here, for production is seldom in the team that sells."""

    sales_lead = forms.ModelChoiceField(label=_("Who hands it over, for sales?"), queryset=User.objects.none())
    production_lead = forms.ModelChoiceField(
        label=_("Who takes it on, for production?"),
        queryset=User.objects.none(),
        help_text=_("They see this hand-off, its checklist and its promises, and no more of the deal."),
    )

    def __init__(self, *args, deal: Deal, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.named().filter(is_active=True).order_by("name", "pk")
        for name in ("sales_lead", "production_lead"):
            self.fields[name].queryset = people
        self.fields["sales_lead"].initial = deal.owner_id


class ChecklistForm(Form):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for question in Question:
            self.fields[question.value] = text(question.label)

    @staticmethod
    def initial_of(hand_off: HandOff) -> dict[str, str]:
        return {answer.question: answer.text for answer in hand_off.answers.all()}


class PromiseForm(Form):
    promised = text(
        _("What was the customer promised?"), help_text=_("One promise, as they heard it. By when belongs to it.")
    )


class LedgerForm(PromiseForm):
    """One line of the ledger."""

    understood = text(_("What did production understand?"))
    delivered = text(_("What was delivered?"))
    kept = forms.ChoiceField(
        label=_("Is it as promised?"),
        choices=[*Promise.Kept.choices, ("", _("Not known yet"))],
        required=False,
        widget=SegRadio,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].quiet = True

    @staticmethod
    def initial_of(promise: Promise) -> dict:
        return {name: getattr(promise, name) for name in ("promised", "understood", "delivered", "kept", "version")}


class ThankForm(Form):
    words = forms.CharField(
        label=_("What for?"),
        help_text=_("It goes to them by mail, in your name."),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2, "data-draft": ""}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].quiet = True


class AcceptForm(Form):
    """When it begins and when it is to be there: between the two sales stays in touch."""

    kick_off_on = forms.DateField(label=_("Kick-off"), widget=DateInput)
    delivery_on = forms.DateField(label=_("Delivery"), widget=DateInput)
