import json

from django import forms
from django.db.models import Model, Q
from django.utils.translation import gettext_lazy as _

from failforward.accounts.forms import CurrencyField
from failforward.accounts.models import User
from failforward.forms import Form
from failforward.money import decimal_of, minor_of
from failforward.widgets import DateInput, SegRadio
from reviews import permissions
from reviews.models import Activity, Deal, Outcome
from reviews.models.deal import people_of

AMOUNTS = {"amount": "amount_minor", "list_price": "list_price_minor"}
SAME = ["name", "product", "currency", "outcome", "stage_at_loss", "lost_on", "competitor", "lead_source"]


def amount_field(label) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_value=10**12, decimal_places=3)


class DealForm(Form):
    """What the owner of a deal may correct. Amounts are in whole units here, in minor units from `clean` on. `was` is
    what the deal held when the form was opened: what one left alone stays with whoever changed it meanwhile."""

    name = forms.CharField(
        label=_("Deal"),
        max_length=200,
        error_messages={"required": _("Give the deal a name.")},
    )
    owner = forms.ModelChoiceField(label=_("Whose deal was it?"), queryset=User.objects.none(), required=False)
    product = forms.CharField(label=_("Product"), max_length=200, required=False)
    outcome = forms.ChoiceField(label=_("How it stands"), choices=Outcome.choices)
    competitor = forms.CharField(label=_("Lost to"), max_length=200, required=False)
    stage_at_loss = forms.CharField(label=_("Stage when it was lost"), max_length=100, required=False)
    amount = amount_field(_("Amount"))
    list_price = amount_field(_("List price"))
    currency = CurrencyField()
    lead_source = forms.CharField(label=_("Lead source"), max_length=100, required=False)
    lost_on = forms.DateField(label=_("Lost on"), required=False, widget=DateInput)
    reason = forms.CharField(
        label=_("Why does the day of the loss move?"),
        help_text=_("Needed only when you change that day: it may move the loss to another month."),
        max_length=300,
        required=False,
    )

    was = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    theirs: list[tuple[str, str]] = []

    def __init__(self, *args, deal: Deal, user: User, **kwargs) -> None:
        super().__init__(*args, initial=self.initial_of(deal), **kwargs)
        if permissions.can_move_deal(user, deal):
            # Whoever has it stays to choose, though they may have left.
            theirs = Q(pk__in=people_of(deal.team).values("pk")) | Q(pk=deal.owner_id)
            self.fields["owner"].queryset = User.objects.filter(theirs).order_by("name", "pk")
        else:
            del self.fields["owner"]

    def show_both(self, deal: Deal) -> None:
        """Where they differ, what is saved now stands beside what was typed; saving once more keeps what was typed.
        What was left alone follows the other."""
        now, changed = self.initial_of(deal), self.changed_here
        typed = {name: self.fields[name].to_python(self[name].value()) for name in now if name in self.fields}
        self.data = self.data.copy()
        for name in typed.keys() - {"was"}:
            if AMOUNTS.get(name, name) not in changed:
                self.data[name] = typed[name] = now[name]
        differ = [name for name in typed if name != "was" and now[name] != typed[name]]
        self.theirs = [(self.fields[name].label, shown(deal, name, now[name])) for name in differ]
        self.data["was"] = now["was"]

    @staticmethod
    def initial_of(deal: Deal) -> dict:
        same = {name: getattr(deal, name) for name in SAME} | {"was": json.dumps(deal.held), "owner": deal.owner}
        return same | {name: decimal_of(getattr(deal, column), deal.currency) for name, column in AMOUNTS.items()}

    def clean_was(self) -> dict[str, str] | None:
        """None where a program left it out; of one that was tampered with, all counts as changed meanwhile."""
        if not self.cleaned_data["was"]:
            return None
        try:
            was = json.loads(self.cleaned_data["was"])
        except ValueError:
            return {}
        return was if isinstance(was, dict) else {}

    def clean(self) -> dict:
        cleaned = super().clean()
        for name, column in AMOUNTS.items():
            amount = cleaned.pop(name, None)
            cleaned[column] = minor_of(amount, cleaned.get("currency", "EUR"))
        if not cleaned.get("owner"):
            cleaned.pop("owner", None)
        return cleaned

    @property
    def changed_here(self) -> dict[str, object]:
        was, said = self.cleaned_data["was"], self.cleaned_data.items()
        facts = {name: value for name, value in said if name not in ("was", "reason")}
        return {name: value for name, value in facts.items() if was is None or as_held(value) != was.get(name)}


def as_held(value: object) -> str:
    return str(value.pk if isinstance(value, Model) else value)


def shown(deal: Deal, name: str, value) -> str:
    if name == "outcome":
        return deal.get_outcome_display()
    return "" if value is None else str(value)


class ActivityForm(Form):
    direction = forms.ChoiceField(
        label=_("Who moved?"),
        choices=Activity.Direction.choices,
        widget=SegRadio,
        error_messages={"required": _("Say who moved: the buyer or we.")},
    )
    happened_on = forms.DateField(label=_("When"), widget=DateInput)
    subject = forms.CharField(
        label=_("What"),
        max_length=300,
        error_messages={"required": _("Say what it was about.")},
    )
    outcome = forms.CharField(
        label=_("What came of it"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"rows": 2, "data-draft": ""}),
    )
    answered = forms.TypedChoiceField(
        label=_("Was it answered?"),
        choices=[("", _("We don’t know")), ("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        empty_value=None,
        required=False,
        widget=SegRadio,
    )
