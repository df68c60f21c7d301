from django import forms
from django.utils.translation import gettext_lazy as _

from actions import series
from actions.forms.actions import hand
from actions.forms.verb_form import VerbForm, offer
from actions.models.check_state import MOST_DAYS, USUAL_DAYS, Method, Said
from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.widgets import DateInput, SegRadio

SAID_ICONS = {Said.MET: "done", Said.NOT_MET: "dropped", Said.CANNOT_TELL: "unsure"}


class PlanCheckForm(VerbForm):
    """About an action: a check that begins to exist."""

    quiet = ("after_losses", "looks_at", "unit", "baseline", "target")
    checker = forms.ModelChoiceField(
        label=_("Who checks it?"),
        queryset=User.objects.none(),
        help_text=_("Somebody other than the responsible person."),
    )
    after_days = forms.IntegerField(
        label=_("How many days after it is done?"),
        min_value=1,
        max_value=MOST_DAYS,
        initial=USUAL_DAYS,
        help_text=_("Long enough for the fix to show. Ninety days are usual."),
    )
    after_losses = forms.IntegerField(
        label=_("Or as soon as so many losses were reviewed"),
        required=False,
        min_value=1,
        max_value=1000,
        help_text=_("Whichever comes first."),
    )
    method = forms.ChoiceField(
        label=_("What is looked at?"),
        choices=Method,
        initial=Method.RECURRENCE,
        help_text=_("Whether the weakness is seen again is counted in any case; the others stand beside it."),
    )
    looks_at = forms.CharField(
        label=_("What exactly?"),
        required=False,
        max_length=200,
        help_text=_("For a number, a sample or talks: “days until the first call”, “twenty quotes of the quarter”."),
    )
    unit = forms.CharField(label=_("Counted in"), required=False, max_length=30, help_text=_("For a number: days, %."))
    baseline = forms.DecimalField(label=_("The number before the fix"), required=False, max_digits=14, decimal_places=3)
    target = forms.DecimalField(label=_("The number to reach"), required=False, max_digits=14, decimal_places=3)

    @property
    def action(self):
        return self.about

    def prepare(self) -> None:
        people = self.action.action_list.witnesses()
        others = people.exclude(pk=self.action.responsible_id)
        alone = not others
        if alone:
            self.fields["checker"].help_text = _("Nobody else is here: it will be marked as checked by themselves.")
        offer(self.fields["checker"], people if alone else others)


class ChangeCheckForm(PlanCheckForm):
    kept = ("checker", "after_days", "after_losses", "method", "looks_at", "unit", "baseline", "target")

    @property
    def action(self):
        return self.about.action


class DecideForm(VerbForm):
    quiet = ("evidence_url",)
    said = forms.ChoiceField(label=_("Is the criterion met?"), choices=Said, widget=SegRadio(icons=SAID_ICONS))
    evidence = forms.CharField(
        label=_("What shows it?"),
        widget=hand(3),
        help_text=_("A number, a place to look, what people said."),
        error_messages={"required": _("Say what shows it: a number, a place to look, what people said.")},
    )
    evidence_url = forms.URLField(label=_("Link"), required=False, max_length=200, assume_scheme="https")


class ExtendForm(VerbForm):
    until = forms.DateField(label=_("Until which day?"), widget=DateInput)
    reason = forms.CharField(
        label=_("Why does it take longer?"),
        max_length=300,
        error_messages={"required": _("Say why it takes longer.")},
    )


class RetireForm(VerbForm):
    reason = forms.CharField(
        label=_("Why is it not checked any more?"),
        max_length=300,
        error_messages={"required": _("Say why it is not checked any more.")},
    )


class ValueForm(VerbForm):
    on = forms.DateField(label=_("Day"), widget=DateInput)
    value = forms.DecimalField(label=_("Number"), max_digits=14, decimal_places=3)


class SeriesForm(VerbForm):
    """Lines that are pasted, or a file with the same."""

    quiet = ("values", "file")
    values = forms.CharField(
        label=_("Days and numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=_("One a line, as they come out of a sheet: 2026-11-27; 12.5"),
    )
    file = forms.FileField(
        label=_("Or a CSV file"), required=False, widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,.tsv"})
    )

    def clean(self) -> dict:
        """`values` becomes what was read."""
        data = super().clean()
        try:
            data["values"] = series.read(self.text_of(data.get("values") or "", data.pop("file", None)))
        except Refused as refused:
            self.add_error(refused.field, refused.message)
        return data

    def text_of(self, pasted: str, file) -> str:
        if file is None:
            return pasted
        if pasted.strip():
            raise Refused(_("Give the lines or the file, not both."), "file")
        if file.size > series.MOST_BYTES:
            raise Refused(_("This file is larger than a series of numbers should be."), "file")
        return series.decoded(file.read())


class NoteForm(VerbForm):
    quiet = ("as_wanted",)
    what = forms.CharField(
        label=_("What was looked at?"),
        max_length=200,
        error_messages={"required": _("Say what was looked at, or who was talked to.")},
    )
    looked_at = forms.IntegerField(label=_("How many?"), min_value=1, max_value=1_000_000)
    as_wanted = forms.IntegerField(
        label=_("How many of them as they should be?"), required=False, min_value=0, max_value=1_000_000
    )
    found = forms.CharField(
        label=_("What was found?"), widget=hand(3), error_messages={"required": _("Say what was found.")}
    )

    def prepare(self) -> None:
        if self.about.method == Method.INTERVIEW:
            self.fields["what"].label = _("Who was talked to, about what?")
            self.fields["as_wanted"].label = _("How many of them see it fixed?")


class SomethingElseForm(VerbForm):
    reason = forms.CharField(
        label=_("Or why is it something else?"),
        max_length=500,
        widget=hand(2),
        error_messages={"required": _("Say why it is something else.")},
    )
