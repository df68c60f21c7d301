from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from actions.forms.commitment import people_near
from actions.models import Commitment, Partner
from actions.models.partner import LONGEST_NOTE
from failforward.accounts.models import User
from failforward.accounts.people import reached_at
from failforward.forms import Form
from failforward.widgets import PickRadio

YES, NO = "yes", "no"


class PartnerForm(Form):
    """Somebody here, or the name and address of somebody outside."""

    person = forms.ModelChoiceField(
        label=_("Somebody here"), queryset=User.objects.none(), required=False, empty_label=_("Nobody of these")
    )
    name = forms.CharField(label=_("Or somebody else: name"), max_length=150, required=False)
    email = forms.EmailField(label=_("Their e-mail"), max_length=254, required=False)

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_near(user, {}).exclude(pk=user.pk).exclude(email=None).distinct()
        for field in self.fields.values():
            field.quiet = True

    def clean(self) -> dict:
        said = self.cleaned_data
        if self.errors or said.get("person"):
            return said
        if not said.get("email"):
            raise ValidationError(_("Choose somebody, or write a name and an e-mail address."))
        if not said.get("name"):
            self.add_error("name", _("Write the name."))
        return said

    def save(self, commitment: Commitment, by: User, now) -> Partner:
        said = self.cleaned_data
        person = said["person"] or reached_at(said["email"], said["name"], by, commitment.batch_id)
        return Partner.ask(commitment, by, person, now)


class ConsentForm(Form):
    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[(YES, _("Yes")), (NO, _("No"))],
        widget=PickRadio(
            icons={YES: "done", NO: "dropped"},
            hints={YES: _("I keep an eye on it"), NO: _("then you hear nothing more")},
        ),
        error_messages={"required": _("Choose one of the two.")},
    )


class NoteForm(Form):
    text = forms.CharField(
        label=_("Leave a note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea({"rows": 4, "class": "form-control"}),
        error_messages={"required": _("Write a line first.")},
    )
