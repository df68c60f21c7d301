"""Where somebody lives, asked in a form: the country, and the region where holidays differ within it."""

from collections.abc import Iterator

from django import forms
from django.utils.translation import gettext_lazy as _

from failforward import places
from failforward.forms import Form


def country_choices() -> Iterator[tuple[str, str]]:
    yield "", _("No public holidays")
    yield from places.countries().items()


class PlaceMixin(Form):
    """The regions asked for are those of the country that is kept; of another one they are asked for once it is."""

    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        choices=country_choices,
        help_text=_("A question that falls on a public holiday comes on the next working day."),
    )
    region = forms.ChoiceField(
        label=_("Region"), required=False, help_text=_("Some holidays are not those of the whole country.")
    )

    def offer_regions(self, kept: str) -> None:
        asked = self.data.get(self.add_prefix("country"), kept) if self.is_bound else kept
        regions = places.regions(kept) if asked == kept else {}
        if regions:
            self.fields["region"].choices = [("", _("The whole country")), *regions.items()]
        else:
            del self.fields["region"]

    def clean(self) -> dict:
        return {"region": ""} | super().clean()
