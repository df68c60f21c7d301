"""What every form of the product begins with: it says in our words what a field wants."""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from failforward.guards import Conflict, Refused

DASHES = "---------"

# By kind of field, the nearer kind last. Codes are Django's; what it only says is wrong, these say how to mend.
WORDS: dict[type[forms.Field], dict[str, Promise]] = {
    forms.Field: {
        "required": _("Fill this in."),
        "max_length": _("Keep it to %(limit_value)s characters, please. This has %(show_value)s."),
        "min_value": _("Write %(limit_value)s or more."),
        "max_value": _("Write %(limit_value)s or less."),
        "null_characters_not_allowed": _("There is a character in it that cannot be kept. Write it anew."),
    },
    forms.EmailField: {
        "required": _("Write an e-mail address."),
        "invalid": _("Write an address like name@company.com."),
    },
    forms.URLField: {"invalid": _("Write a link as it stands in the browser, for instance https://company.com/page.")},
    forms.IntegerField: {
        "required": _("Write a number."),
        "invalid": _("Write a whole number, for instance 5."),
    },
    forms.DecimalField: {
        "invalid": _("Write a number, for instance 1200 or 1200.50."),
        "max_decimal_places": _("Write %(max)s digits at most after the point."),
    },
    forms.DateField: {
        "required": _("Choose a day."),
        "invalid": _("Choose a day in the calendar, or write it as 2026-11-27."),
    },
    forms.TimeField: {"required": _("Choose a time."), "invalid": _("Write the time as 15:00.")},
    forms.FileField: {
        "required": _("Choose a file."),
        "empty": _("This file is empty. Choose another one."),
    },
    forms.BooleanField: {"required": _("Tick this to go on.")},
    forms.ChoiceField: {
        "required": _("Choose one."),
        "invalid_choice": _("This choice is not offered here. Choose another one."),
    },
    forms.MultipleChoiceField: {"required": _("Choose at least one.")},
    forms.ModelMultipleChoiceField: {
        "required": _("Choose at least one."),
        "invalid_pk_value": _("This choice is not offered here. Choose another one."),
    },
}


class Worded:
    """A field's own words come before these; a choice that is not made yet is said in words, never in dashes."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            name_empty_choice(field)
            # A browser would cut what is pasted, without a word; sent whole, it is refused in words and kept.
            field.widget.attrs.pop("maxlength", None)

    def full_clean(self) -> None:
        for field in self.fields.values() if self.is_bound else ():
            put_in_words(field)
        super().full_clean()


class Form(Worded, forms.Form):
    pass


class ModelForm(Worded, forms.ModelForm):
    pass


@contextmanager
def refusals_in(form: forms.BaseForm) -> Iterator[None]:
    """What a verb refuses is said at the field it is about, else above the form; what was typed stays.

    A conflict goes on: it has two versions to show.
    """
    try:
        yield
    except Conflict:
        raise
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)


def put_in_words(field: forms.Field) -> None:
    django, ours = {}, {}
    for kind in reversed(type(field).__mro__):
        django |= vars(kind).get("default_error_messages", {})
        ours |= WORDS.get(kind, {})
    for code, sentence in ours.items():
        if field.error_messages.get(code) is django.get(code):
            field.error_messages[code] = sentence


def name_empty_choice(field: forms.Field) -> None:
    words = _("Choose one") if field.required else _("Not stated")
    if isinstance(field, forms.ModelChoiceField):
        if field.empty_label == DASHES:
            field.empty_label = words
    # Of the others the label is not looked at: to put it into somebody's language takes longest.
    elif isinstance(field, forms.ChoiceField) and any(code == "" and label == DASHES for code, label in field.choices):
        field.choices = [(code, label if code else words) for code, label in field.choices]
