from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.evidence.kinds import ACCEPT
from actions.forms.actions import hand
from actions.forms.verb_form import VerbForm, offer
from actions.models.action_state import State
from failforward.accounts.models import User
from failforward.widgets import DateInput, SegRadio

USUAL_REASONS = [
    ("waiting", _("Waiting for somebody")),
    ("more", _("More work than we thought")),
    ("urgent", _("Something else came first")),
    ("away", _("Somebody was away")),
]


class MilestoneForm(VerbForm):
    what = forms.CharField(
        label=_("What will have been reached?"),
        max_length=300,
        help_text=_("Something one can see: “The sheet was used in five quotes.”"),
        error_messages={"required": _("Say what will have been reached.")},
    )
    due_on = forms.DateField(label=_("By when?"), widget=DateInput)


class MilestoneEditForm(VerbForm):
    """The date is here only while it is a promise to nobody."""

    kept = ("what", "due_on")
    what = forms.CharField(
        label=_("What will have been reached?"),
        max_length=300,
        error_messages={"required": _("Say what will have been reached.")},
    )
    due_on = forms.DateField(label=_("By when?"), widget=DateInput)

    def prepare(self) -> None:
        if self.about.action.state != State.PROPOSED:
            self.kept = ("what",)
            del self.fields["due_on"]


def evidence_field(**more) -> forms.FileField:
    return forms.FileField(
        label=_("A file"),
        help_text=format_lazy(
            _("PDF, picture, text or office file, up to {most}. Whoever reads this action can open it."),
            most=lazy(lambda: filesizeformat(settings.EVIDENCE_MAX_BYTES), str)(),
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        **more,
    )


class FileForm(VerbForm):
    file = evidence_field()


class ReachForm(VerbForm):
    quiet = ("evidence", "evidence_url", "file", "seen_by")
    evidence = forms.CharField(
        label=_("What shows it?"),
        required=False,
        widget=hand(2),
        help_text=_("A number, a place to look, what the customer said."),
    )
    evidence_url = forms.URLField(label=_("Link"), required=False, max_length=200, assume_scheme="https")
    file = evidence_field(required=False)
    seen_by = forms.ModelChoiceField(
        label=_("Or who saw it?"), queryset=User.objects.none(), required=False, help_text=_("Somebody else.")
    )

    def prepare(self) -> None:
        action = self.about.action
        offer(self.fields["seen_by"], action.action_list.witnesses().exclude(pk=action.responsible_id), _("Nobody"))
        self.initial |= {"evidence": self.about.evidence, "evidence_url": self.about.evidence_url}


class MoveForm(VerbForm):
    quiet = ("usual", "reason")
    due_on = forms.DateField(label=_("To which day?"), widget=DateInput)
    usual = forms.ChoiceField(
        label=_("Why?"), choices=USUAL_REASONS, required=False, widget=SegRadio, help_text=_("One of these, or below.")
    )
    reason = forms.CharField(label=_("In your own words"), required=False, max_length=250)

    def clean(self) -> dict:
        """One reason out of both: the usual one, and what was added to it."""
        data = super().clean()
        usual = str(dict(USUAL_REASONS).get(data.pop("usual", ""), ""))
        own = data.get("reason", "").strip()
        data["reason"] = f"{usual}: {own}" if usual and own else usual or own
        if not data["reason"] and "reason" not in self.errors:
            self.add_error("reason", say("A deadline moves only with a reason. Say why."))
        return data


class CallOffForm(VerbForm):
    reason = forms.CharField(
        label=_("Why is it not needed any more?"),
        max_length=300,
        error_messages={"required": _("Say why it is not needed any more.")},
    )


class GiveForm(VerbForm):
    person = forms.ModelChoiceField(
        label=_("Who is asked to reach it?"),
        queryset=User.objects.none(),
        help_text=_("They get a mail and accept, name another date or say no. Nobody is asked about it before that."),
    )

    def prepare(self) -> None:
        offer(self.fields["person"], self.about.action.action_list.eligible())
