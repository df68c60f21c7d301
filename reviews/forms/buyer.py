from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form
from failforward.widgets import DateInput, SegRadio
from reviews.models import ClientQuestion
from reviews.models.client_question import LONGEST

# What one may ask when nobody knows any more what a deal waits for.
TO_ASK = _("What would have to happen on your side for this to go on?")


def text(label, help_text="") -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 2})
    )


class BuyersMoveForm(Form):
    subject = forms.CharField(
        label=_("What did the buyer do?"),
        max_length=300,
        help_text=_("Something of theirs: they rang, sent figures, named a date. What we did does not count here."),
        error_messages={"required": _("Say in a few words what it was.")},
    )
    happened_on = forms.DateField(label=_("When?"), widget=DateInput)


class JointMilestoneForm(Form):
    what = forms.CharField(
        label=_("What did both sides agree to reach?"),
        max_length=300,
        error_messages={"required": _("Say what was agreed.")},
    )
    with_whom = forms.CharField(
        label=_("Who on their side agreed?"),
        max_length=200,
        error_messages={"required": _("Say who on their side agreed.")},
    )
    agreed_on = forms.DateField(label=_("When was it agreed?"), widget=DateInput)
    due_on = forms.DateField(label=_("By when is it to be reached?"), widget=DateInput)


class ParkForm(Form):
    reason = forms.CharField(
        label=_("Why does it rest?"),
        max_length=300,
        help_text=_("What has to happen first, in a line."),
        error_messages={"required": _("Say why it rests: what has to happen first?")},
    )
    until = forms.DateField(
        label=_("When is it taken up again?"),
        widget=DateInput,
        error_messages={"required": _("Say on which day it is taken up again.")},
    )


class AskClientForm(Form):
    question = forms.CharField(
        label=_("What did we ask the client?"),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        initial=TO_ASK,
        error_messages={"required": _("Say what you asked.")},
    )
    whom = forms.CharField(label=_("Whom on their side?"), max_length=200, required=False)
    asked_on = forms.DateField(label=_("When?"), widget=DateInput)


class ClientSaidForm(Form):
    said = forms.CharField(
        label=_("What did they say?"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("In their words. It counts as their move."),
        error_messages={"required": _("Say what they said, in their words.")},
    )
    said_on = forms.DateField(label=_("When?"), widget=DateInput)
    answered = text(_("What did we answer?"))
    addresses = forms.ChoiceField(
        label=_("Does that answer what they raised?"),
        choices=ClientQuestion.Addresses.choices,
        required=False,
        widget=SegRadio,
    )
    options = text(
        _("What did we offer instead?"), _("Where it is not in our power: two or three ways they can choose from.")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
