from django import forms
from django.utils.translation import gettext_lazy as _

from failforward.forms import Form


class NewHomeForm(Form):
    new_finding = forms.CharField(
        label=_("The weakness in a sentence"),
        help_text=_("A finding is about how we work, never about who was there."),
        max_length=200,
        error_messages={"required": _("Say in one sentence what the weakness is.")},
    )
