from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.actions import hand
from actions.forms.verb_form import VerbForm
from actions.models import Milestone, Update
from actions.models.update import LONGEST


class UpdateForm(VerbForm):
    """What happened, and what it carries. Nobody says whether it is progress: what they fill in does."""

    quiet = ("hill", "milestone", "evidence", "measure", "measure_from", "measure_to", "better")
    quiet += ("settles", "question", "learned")
    text = forms.CharField(
        label=_("What happened?"),
        max_length=LONGEST,
        widget=hand(2),
        error_messages={"required": _("Say in a line what happened.")},
    )
    hill = forms.TypedChoiceField(
        label=_("Where does it stand now?"),
        choices=[("", _("as before")), *Update.Hill.choices],
        coerce=int,
        empty_value=None,
        required=False,
    )
    milestone = forms.ModelChoiceField(
        label=_("Which milestone was reached?"),
        queryset=Milestone.objects.none(),
        required=False,
        empty_label=_("none"),
    )
    evidence = forms.CharField(
        label=_("What shows it?"),
        required=False,
        widget=hand(2),
        help_text=_("A number, a place to look, what the customer said."),
    )
    measure = forms.CharField(
        label=_("What is measured?"),
        required=False,
        max_length=120,
        help_text=_("For instance: quotes that go out late, of a hundred."),
    )
    measure_from = forms.DecimalField(label=_("From"), required=False, max_digits=14, decimal_places=3)
    measure_to = forms.DecimalField(label=_("To"), required=False, max_digits=14, decimal_places=3)
    better = forms.ChoiceField(
        label=_("Which way is better?"), choices=[("", _("not said")), *Update.Better.choices], required=False
    )
    settles = forms.ModelChoiceField(
        label=_("Which open question does it settle?"),
        queryset=Update.objects.none(),
        required=False,
        empty_label=_("none of them"),
    )
    question = forms.CharField(
        label=_("A question that came up"),
        required=False,
        max_length=300,
        help_text=_("It stays open until somebody says what was learned."),
    )
    learned = forms.CharField(
        label=_("What was learned?"),
        required=False,
        max_length=LONGEST,
        widget=hand(2),
        help_text=_("The answer, in a sentence. With it the question is settled."),
    )

    def prepare(self) -> None:
        ahead = [(one.pk, one.what) for one in self.about.milestones.all() if one.is_ahead]
        self.fields["milestone"].queryset = self.about.milestones.filter(reached_on=None, called_off_because="")
        self.fields["milestone"].choices = [("", _("none")), *ahead]
        questions = self.about.updates.open_questions()
        self.fields["settles"].queryset = questions
        self.fields["settles"].choices = [("", _("none of them")), *((one.pk, one.question) for one in questions)]
        if not ahead:
            del self.fields["milestone"], self.fields["evidence"]
        if len(self.fields["settles"].choices) == 1:
            del self.fields["settles"]
