from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.forms.review import TextForm


class OwnPartForm(TextForm):
    """Never kept as a draft in the browser, where the next person at the same desk might find it."""

    text = forms.CharField(
        label=_("What did I do or leave undone?"),
        help_text=_("For yourself. Nobody else reads it, managers and admins neither, until you share it."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, auto_id="id_part_%s", **kwargs)
