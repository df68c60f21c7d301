import datetime as dt
import json
from copy import copy
from typing import Self

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form, ModelForm
from failforward.widgets import DateInput, SegRadio
from reviews.categories import CATEGORY_CHOICES
from reviews.models import FailureEvent, Finding, Verdict
from reviews.models.event import Role
from reviews.near_misses import question, role_choices
from reviews.sorting import Sorting

ROLE_ICONS = {role: role for role in Role.values}
VERDICT_ICONS = {verdict: verdict for verdict in Verdict.values}
LONGEST = 10_000


class EventForm(ModelForm):
    """What happened. Interpretation is kept apart from the fact."""

    class Meta:
        model = FailureEvent
        fields = ["what", "happened_on", "until_on", "source", "source_url", "interpretation", "is_omission"]
        widgets = {
            "what": forms.Textarea({"rows": 3, "data-draft": ""}),
            "happened_on": DateInput(),
            "until_on": DateInput(),
            "source": forms.TextInput({"autocomplete": "off"}),
            "interpretation": forms.Textarea({"rows": 2, "data-draft": ""}),
        }
        help_texts = {
            "what": _("The fact, as somebody who was there would tell it."),
            "source": _("A person, a mail, the CRM, the press."),
            "interpretation": _("Kept apart from the fact."),
            "is_omission": "",
        }
        error_messages = {"what": {"required": _("Say what happened, in a sentence or two.")}}

    source_url = forms.URLField(label=_("Link"), required=False, max_length=200, assume_scheme="https")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for name in ["what", "interpretation"]:
            self.fields[name].validators.append(MaxLengthValidator(LONGEST))

    def clean_happened_on(self) -> dt.date | None:
        return not_ahead(self.cleaned_data["happened_on"])

    def clean_until_on(self) -> dt.date | None:
        return not_ahead(self.cleaned_data["until_on"])


def not_ahead(day: dt.date | None) -> dt.date | None:
    if day and day > timezone.localdate():
        raise forms.ValidationError(_("That day lies ahead. Choose today or an earlier day."))
    return day


class NewEventForm(EventForm):
    """How it is reported comes first: the screen says it before anybody types."""

    NAMED, ANONYMOUS = "named", "anonymous"
    reported = forms.ChoiceField(label=_("How do you report it?"), widget=SegRadio(), initial=NAMED)

    def __init__(self, *args, name: str, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reported"].choices = [
            (self.NAMED, _("As %(name)s") % {"name": name}),
            (self.ANONYMOUS, _("Without a name")),
        ]

    @property
    def is_anonymous(self) -> bool:
        return self.cleaned_data["reported"] == self.ANONYMOUS

    @property
    def said(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name in EventForm.Meta.fields}


class EditEventForm(EventForm):
    """Carries what each field held when it was opened, so that what one left alone stays with whoever changed it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    was = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)

    @classmethod
    def of(cls, event: FailureEvent) -> Self:
        return cls(instance=event, initial={"version": event.version, "was": json.dumps(held(event))})

    def clean_was(self) -> dict | None:
        """Without it, or where it was tampered with, every field counts as changed."""
        try:
            was = json.loads(self.cleaned_data["was"])
            days = {
                name: dt.date.fromisoformat(was[name]) if was[name] else None for name in ["happened_on", "until_on"]
            }
            return {name: was[name] for name in self.Meta.fields} | days
        except (ValueError, TypeError, KeyError):
            return None

    @property
    def changed_here(self) -> dict:
        said, was = self.cleaned_data, self.cleaned_data["was"]
        return {name: said[name] for name in self.Meta.fields if was is None or plain(said[name]) != plain(was[name])}

    def beside(self, theirs: FailureEvent) -> Self:
        """The form again on what is saved now: what was typed stays, what was left alone follows the other."""
        data = self.data.copy()
        data["version"], data["was"] = theirs.version, json.dumps(held(theirs))
        for name, value in held(theirs).items():
            if name not in self.changed_here:
                data[name] = value or ""
        # Bound to a copy: a form writes what it is given into its instance.
        return type(self)(data, instance=copy(theirs))


def held(event: FailureEvent) -> dict:
    values = {name: getattr(event, name) for name in EventForm.Meta.fields}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in values.items()}


def plain(value: object) -> object:
    """As a browser sends it back."""
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


class SortForm(Form):
    """The open event of the quick review: what it did, which category, whether it may return, what it shows."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    causal_role = forms.ChoiceField(
        label=_("What did it do to the outcome?"),
        choices=Role.choices,
        required=False,
        widget=SegRadio(icons=ROLE_ICONS),
    )
    category = forms.ChoiceField(
        label=_("Category"), choices=[("", _("Choose one of the eleven")), *CATEGORY_CHOICES], required=False
    )
    verdict = forms.ChoiceField(
        label=_("Could it happen again?"),
        choices=Verdict.choices,
        required=False,
        widget=SegRadio(icons=VERDICT_ICONS),
    )
    again_because = forms.CharField(
        label=_("If you change category or verdict: why?"), required=False, max_length=1_000
    )
    finding = forms.ModelChoiceField(
        label=_("What weakness does it show?"), queryset=Finding.objects.none(), required=False
    )
    new_finding = forms.CharField(
        label=_("Or write a new one"),
        help_text=_("A finding is about how we work, never about who was there."),
        required=False,
        max_length=200,
    )

    # The weakness that stands under the title that was typed as a new one.
    known: Finding | None = None

    def __init__(
        self,
        *args,
        event: FailureEvent,
        findings: list[Finding],
        may_join: bool,
        asks_finding: bool = False,
        **kwargs,
    ) -> None:
        """`asks_finding` where the weakness alone stands on the screen."""
        super().__init__(*args, **kwargs)
        self.asks_finding = asks_finding and may_join
        self.fields["causal_role"].choices = role_choices(event.review)
        self.fields["causal_role"].help_text = asked_of(event)
        if not may_join:
            del self.fields["finding"], self.fields["new_finding"]
        else:
            self.fields["finding"].queryset = Finding.objects.filter(pk__in=[finding.pk for finding in findings])
            self.fields["finding"].choices = [("", _("Choose a finding or write a new one")), *grouped(findings)]
        if not event.is_settled:
            del self.fields["again_because"]
        for bound in self.fields.values():
            bound.quiet = True

    def clean(self) -> dict:
        said = super().clean()
        if bool(said.get("category")) != bool(said.get("verdict")) and not self.errors:
            missing = "verdict" if said.get("category") else "category"
            self.add_error(
                missing,
                _("Say whether it could happen again, or choose unsure.")
                if missing == "verdict"
                else _("Choose the category that fits best."),
            )
        if said.get("finding") and said["finding"].title.lower() == said.get("new_finding", "").strip().lower():
            said["new_finding"] = ""
        if said.get("finding") and said.get("new_finding"):
            self.add_error("new_finding", _("Choose a finding or write a new one, not both."))
        if self.asks_finding:
            if not self.errors and not said.get("finding") and not said.get("new_finding"):
                self.add_error("finding", _("Choose a finding or write a new one."))
        elif not any(said.get(name) for name in ["causal_role", "category", "finding", "new_finding"]):
            self.add_error("causal_role", _("Say what it did to the outcome. “We don’t know” is an answer too."))
        return said

    @property
    def sorting(self) -> Sorting:
        said = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        said["new_finding"] = said.get("new_finding", "").strip()
        return Sorting(**said, joins="finding" in self.fields)


def asked_of(event: FailureEvent) -> str:
    """The question that helps to judge it, and in how many wins it was too."""
    rate = f" {capfirst(event.base_rate.in_words)}." if event.base_rate else ""
    return f"{question(event.review)}{rate}"


def grouped(findings: list[Finding]) -> list[tuple]:
    """One group a category, in the order given."""
    groups: dict[str, list] = {}
    for finding in findings:
        groups.setdefault(finding.get_category_display(), []).append((finding.pk, finding.title))
    return list(groups.items())
