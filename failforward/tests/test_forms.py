import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from failforward.accounts.models import Team
from failforward.forms import DASHES, Form, Worded

OURS = ("reviews.", "actions.", "failforward.")


class Everything(Form):
    text = forms.CharField(max_length=5)
    own = forms.CharField(error_messages={"required": "Say what happened."})
    address = forms.EmailField()
    link = forms.URLField(assume_scheme="https")
    number = forms.IntegerField(min_value=1, max_value=9)
    amount = forms.DecimalField(decimal_places=2)
    day = forms.DateField()
    time = forms.TimeField()
    one = forms.ChoiceField(choices=[("a", "A")])
    some = forms.MultipleChoiceField(choices=[("a", "A")])
    file = forms.FileField()
    sure = forms.BooleanField()


def test_a_browser_is_not_told_to_cut_what_is_too_long():
    assert "maxlength" not in str(Everything()["text"])
    long = Everything({"text": "abcdefgh"})
    assert long.errors["text"] == ["Keep it to 5 characters, please. This has 8."]
    assert 'value="abcdefgh"' in str(long["text"])


def said(data: dict, files: dict | None = None) -> dict[str, str]:
    return {name: " ".join(errors) for name, errors in Everything(data, files).errors.items()}


def test_an_empty_form_says_what_each_field_wants():
    assert said({}) == {
        "text": "Fill this in.",
        "own": "Say what happened.",
        "address": "Write an e-mail address.",
        "link": "Fill this in.",
        "number": "Write a number.",
        "amount": "Write a number.",
        "day": "Choose a day.",
        "time": "Choose a time.",
        "one": "Choose one.",
        "some": "Choose at least one.",
        "file": "Choose a file.",
        "sure": "Tick this to go on.",
    }


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("text", "äöü😀😀😀", "Keep it to 5 characters, please. This has 6."),
        ("text", "a\x00b", "There is a character in it that cannot be kept. Write it anew."),
        ("address", "nobody", "Write an address like name@company.com."),
        ("link", "javascript:x", "Write a link as it stands in the browser, for instance https://company.com/page."),
        ("number", "five", "Write a whole number, for instance 5."),
        ("number", "0", "Write 1 or more."),
        ("number", "10", "Write 9 or less."),
        ("amount", "a lot", "Write a number, for instance 1200 or 1200.50."),
        ("amount", "1.234", "Write 2 digits at most after the point."),
        ("day", "31.02.2027", "Choose a day in the calendar, or write it as 2026-11-27."),
        ("time", "25:00", "Write the time as 15:00."),
        ("one", "%(label)s", "This choice is not offered here. Choose another one."),
        ("some", ["b"], "This choice is not offered here. Choose another one."),
    ],
)
def test_what_cannot_be_read_comes_back_with_a_way_to_mend_it(name, typed, sentence):
    assert said({name: typed})[name] == sentence


def test_an_empty_file_is_told():
    assert said({}, {"file": SimpleUploadedFile("deals.csv", b"")})["file"] == "This file is empty. Choose another one."


@pytest.mark.django_db
def test_a_choice_not_made_yet_is_said_in_words():
    class Place(Form):
        team = forms.ModelChoiceField(Team.objects.all())
        above = forms.ModelChoiceField(Team.objects.all(), required=False)
        named = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="Nobody yet")
        role = forms.ChoiceField(choices=[("", DASHES), ("rep", "Rep")])

    Team.open("North", currency="EUR")
    form = Place()

    assert [[label for _, label in field.choices] for field in form.fields.values()] == [
        ["Choose one", "North"],
        ["Not stated", "North"],
        ["Nobody yet", "North"],
        ["Choose one", "Rep"],
    ]


def every_form(parent: type[forms.BaseForm]) -> set[type[forms.BaseForm]]:
    return {parent}.union(*(every_form(child) for child in parent.__subclasses__()))


def test_every_form_of_the_product_begins_with_these_words():
    from failforward import urls  # noqa: F401  every view, and so every form
    from failforward.accounts import log_in_forms  # noqa: F401  allauth finds these by their path

    ours = {form for form in every_form(forms.BaseForm) if form.__module__.startswith(OURS)}
    asked = {form for form in ours if ".tests." not in form.__module__}

    assert {form.__qualname__ for form in asked if not issubclass(form, Worded)} == set()
    assert {"DealForm", "MilestoneForm", "LoginForm", "PersonForm"} <= {form.__name__ for form in asked}
