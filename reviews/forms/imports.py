from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from failforward.accounts.forms import CurrencyField
from failforward.forms import Form
from failforward.widgets import PickRadio, SegRadio
from reviews.imports.dates import DAY_FIRST, MONTH_FIRST
from reviews.imports.pending import DEFAULT

MOST_JOINED = 5


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    widget = ManyFilesInput

    def clean(self, data, initial=None) -> list[UploadedFile]:
        return [super(FilesField, self).clean(one, initial) for one in data or []]


class UploadForm(Form):
    file = forms.FileField(label=_("Deals"), help_text=_("A CSV or TSV file from your CRM or spreadsheet."))
    joined = FilesField(
        label=_("Products, sales teams, customers"),
        required=False,
        help_text=_(
            "Products with their list prices, people with their managers, customers with their sector. "
            "Each file is recognised by its header."
        ),
    )
    source = forms.CharField(
        label=_("Name of the source"),
        required=False,
        max_length=50,
        help_text=_("The same name next time finds the same deals again. Empty: the name of the CRM, or csv."),
    )
    currency = CurrencyField(initial="EUR", help_text=_("For amounts that state none."))

    def clean_source(self) -> str:
        return " ".join(self.cleaned_data["source"].replace("\x00", "").split())

    def clean_joined(self) -> list[UploadedFile]:
        if len(self.cleaned_data["joined"]) > MOST_JOINED:
            raise ValidationError(_("Choose five files at most."))
        return self.cleaned_data["joined"]

    def clean(self) -> None:
        files = [self.cleaned_data.get("file"), *self.cleaned_data.get("joined", [])]
        size = sum(file.size for file in files if file)
        if size > settings.IMPORT_MAX_BYTES:
            self.add_error(
                "file",
                _("The files have %(size)s together; %(most)s is the limit. Split the file, or use import_deals.")
                % {"size": filesizeformat(size), "most": filesizeformat(settings.IMPORT_MAX_BYTES)},
            )


class DatesForm(Form):
    date_order = forms.ChoiceField(
        label=_("How do the dates begin?"),
        choices=[(DAY_FIRST, _("With the day")), (MONTH_FIRST, _("With the month"))],
        widget=SegRadio,
    )


class StartForm(Form):
    """Which losses get a review, each choice with its count."""

    reviews_from = forms.ChoiceField(label=_("Which losses do you want to choose from?"), widget=PickRadio)

    def __init__(self, *args, found: dict, **kwargs) -> None:
        super().__init__(*args, initial={"reviews_from": DEFAULT}, **kwargs)
        field = self.fields["reviews_from"]
        field.choices = [
            (DEFAULT, _("The last 90 days: %(count)s") % {"count": f"{found['reviews_recent']:,}"}),
            ("all", _("All: %(count)s") % {"count": f"{found['reviews_all']:,}"}),
            ("none", _("None")),
        ]
        field.widget.hints = {
            DEFAULT: _("they stand in the list of new losses"),
            "all": _("older losses too"),
            "none": _("they count as history; open a review of one at any time"),
        }
