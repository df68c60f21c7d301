from collections.abc import Callable

from django import forms
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import User
from failforward.forms import Form
from failforward.guards import Conflict, Refused
from failforward.versions import words


class VerbForm(Form):
    """What one verb needs to know. What the verb refuses is said at its field, and what was typed stays.

    `kept` are the fields that begin with what `about` says now. A form that has them also carries the version they
    were read from, so that two people do not overwrite each other.
    """

    kept: tuple[str, ...] = ()
    # Fields of which one is enough, or which may be emptied: they do not say "if you like".
    quiet: tuple[str, ...] = ()

    def __init__(self, data=None, *, files=None, about: Model) -> None:
        self.about = about
        super().__init__(data, files, initial={name: getattr(about, name) for name in self.kept})
        self.theirs: list[tuple[str, str]] = []
        if self.kept:
            self.fields["seen"] = forms.IntegerField(widget=forms.HiddenInput, initial=about.version)
        for name in self.quiet:
            self.fields[name].quiet = True
        self.prepare()

    def prepare(self) -> None:
        """For choices that depend on `about`."""

    def for_user(self, user: User) -> None:
        """For choices that depend on who is asked."""

    def carries_out(self, verb: Callable[..., object]) -> bool:
        if not self.is_valid():
            return False
        try:
            verb(**self.cleaned_data)
        except Conflict as conflict:
            self.show_both(conflict)
        except Refused as refused:
            self.add_error(refused.field if refused.field in self.fields else None, refused.message)
        return not self.errors

    def show_both(self, conflict: Conflict) -> None:
        """What is saved now stands beside what was typed; saving once more keeps what was typed."""
        self.add_error(None, conflict.message)
        current = {name: words(conflict.current, name) for name in self.kept}
        self.theirs = [(self.fields[name].label, str(said or "")) for name, said in current.items()]
        self.data = self.data.copy()
        self.data["seen"] = conflict.current.version

    @property
    def status(self) -> int:
        return 409 if self.theirs else 400 if self.errors else 200


class Nothing(VerbForm):
    """A button says it all."""


def offer(field: forms.ModelChoiceField, people: QuerySet, empty: str = "") -> None:
    """The people to choose from, read once and by name."""
    field.queryset = people
    field.choices = [("", empty or _("Choose")), *((person.pk, person.name) for person in people)]
