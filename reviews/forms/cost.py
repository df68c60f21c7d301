from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from failforward.money import decimal_of, minor_of
from reviews.cost import Direct
from reviews.models import Finding

MOST = 10**12


def amount(label: str, **options) -> forms.DecimalField:
    """In whole units; the page says of which currency."""
    return forms.DecimalField(label=label, required=False, min_value=0, max_value=MOST, decimal_places=3, **options)


class DirectCostForm(Form):
    """What was spent, in whole units of the deal's currency; an empty field is nothing."""

    hours = forms.DecimalField(label=_("Hours"), required=False, min_value=0, max_value=100_000, decimal_places=2)
    hour_rate = amount(_("An hour costs"))
    bid = amount(_("The bid"), help_text=_("Travel, samples, experts, printing."))
    discount = amount(_("Discounts given"))
    rework = amount(_("Rework"))

    def __init__(self, *args, currency: str, direct: Direct | None = None, **kwargs) -> None:
        self.currency = currency
        if direct and direct.total_minor:
            said = {name: getattr(direct, f"{name}_minor") for name in ("hour_rate", "bid", "discount", "rework")}
            initial = {name: plain(decimal_of(minor, currency)) for name, minor in said.items() if minor}
            kwargs["initial"] = initial | {"hours": plain(Decimal(direct.minutes) / 60) if direct.minutes else None}
        super().__init__(*args, **kwargs)
        for bound in self.fields.values():
            bound.quiet = True

    @property
    def parts(self) -> dict[str, int]:
        said = self.cleaned_data
        minor = {
            f"{name}_minor": minor_of(said[name], self.currency) or 0
            for name in ("hour_rate", "bid", "discount", "rework")
        }
        return minor | {"minutes": round((said["hours"] or 0) * 60)}


class WeighForm(Form):
    """Whether a weakness is worth fixing. Amounts are in whole units of the team's currency."""

    confidence = forms.IntegerField(
        label=_("How sure are you that a fix would help? In percent"), required=False, min_value=0, max_value=100
    )
    effort_days = forms.IntegerField(label=_("How many days of work?"), required=False, min_value=1, max_value=100_000)
    estimate = amount(
        _("What else does it cost, a year?"),
        help_text=_("By hand, for what no lost deal shows: near misses, events unrelated to a loss."),
    )
    estimate_because = forms.CharField(
        label=_("How was that estimated?"), required=False, max_length=2_000, widget=forms.Textarea({"rows": 2})
    )
    priority = amount(
        _("Priority by hand"),
        help_text=_("Money per day of work. It replaces what the formula gives."),
    )
    priority_because = forms.CharField(
        label=_("Why by hand?"), required=False, max_length=2_000, widget=forms.Textarea({"rows": 2})
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args, currency: str, **kwargs) -> None:
        self.currency = currency
        super().__init__(*args, **kwargs)
        for bound in self.fields.values():
            bound.quiet = True

    @classmethod
    def of(cls, finding: Finding) -> "WeighForm":
        same = ["confidence", "effort_days", "estimate_because", "priority_because", "version"]
        initial = {name: getattr(finding, name) for name in same}
        for name, minor in (("estimate", finding.estimate_minor), ("priority", finding.priority_minor)):
            initial[name] = plain(decimal_of(minor, finding.team.currency))
        return cls(initial=initial, currency=finding.team.currency)

    @property
    def said(self) -> dict:
        said = dict(self.cleaned_data)
        for name in ("estimate", "priority"):
            said[f"{name}_minor"] = minor_of(said.pop(name), self.currency)
        for name in ("estimate_because", "priority_because"):
            said[name] = said[name].strip()
        return said


def plain(amount: Decimal | None) -> str | None:
    """184000.00 → 184000, as a person would type it."""
    if amount is None:
        return None
    return f"{amount.normalize():f}"
