from datetime import date

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.test.html import parse_html
from django.utils.html import format_html

from failforward.drawing import Renderer
from failforward.templatetags.fields import drawn
from failforward.widgets import DateInput, PickRadio, SegRadio

HOSTILE = """"><script>alert('x')</script>&amp;"""
GROUPED = [("", "Choose one"), ("North", [("a", "Anna"), ("b", HOSTILE)]), (7, "Seven")]


@pytest.mark.parametrize(
    ("widget", "value"),
    [
        (forms.TextInput({"maxlength": 9, "autofocus": True, "required": False}), HOSTILE),
        (forms.TextInput(), None),
        (forms.TextInput(), ""),
        (forms.NumberInput({"min": 0}), 12000),
        (forms.EmailInput(), "ines@example.com"),
        (forms.URLInput(), "https://example.com/?a=1&b=2"),
        (forms.PasswordInput(), "secret"),
        (forms.HiddenInput(), 1200),
        (DateInput(), date(2026, 11, 22)),
        (forms.TimeInput(), None),
        (forms.CheckboxInput(), True),
        (forms.CheckboxInput(), False),
        (forms.Textarea({"rows": 3}), HOSTILE),
        (forms.Textarea(), None),
        (forms.Select(choices=GROUPED), "b"),
        (forms.Select(choices=GROUPED), 7),
        (forms.NullBooleanSelect(), None),
        (forms.SelectMultiple(choices=GROUPED), ["a", "b"]),
    ],
)
def test_a_control_is_drawn_as_django_draws_it(widget, value):
    ours, django = (
        widget.render("who", value, {"id": "id_who"}, renderer()) for renderer in (Renderer, TemplatesSetting)
    )

    assert parse_html(ours) == parse_html(django)
    assert HOSTILE not in ours


@pytest.mark.parametrize("widget", [SegRadio, PickRadio, forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_words_in_a_choice_are_escaped(widget):
    asked = widget(choices=[(HOSTILE, HOSTILE)])

    assert "<script>" not in asked.render("who", HOSTILE, {"id": "id_who"}, Renderer())


def test_a_pick_shows_its_key_mark_and_hint():
    asked = PickRadio(choices=[("done", "Done"), ("open", "Open")], keys={"done": "1"}, hints={"open": "not yet"})

    page = asked.render("how", "open", {"id": "id_how"}, Renderer())

    assert '<label for="id_how_0"><kbd class="key">1</kbd><span>Done</span></label>' in page
    assert 'value="open" checked><label for="id_how_1"><span>Open</span><small>not yet</small></label>' in page


class Asked(forms.Form):
    name = forms.CharField(label="Name <b>", help_text=format_html('See <a href="/x/">{}</a>.', "x"))
    city = forms.CharField(required=False, widget=forms.TextInput({"class": "wide form-control"}))
    agreed = forms.BooleanField(required=False)
    hat = forms.ChoiceField(choices=[("a", "A")], widget=SegRadio)
    version = forms.IntegerField(widget=forms.HiddenInput)


def test_a_field_has_label_hint_control_and_error():
    page = drawn(Asked({"name": "", "version": 1})["name"])

    assert (
        '<div id="div_id_name" class="field invalid"><label class="form-label" for="id_name">Name &lt;b&gt;</label>'
        in page
    )
    assert '<div class="form-text" id="id_name_helptext">See <a href="/x/">x</a>.</div><input' in page
    assert 'class="form-control is-invalid"' in page and 'aria-invalid="true"' in page
    assert page.endswith("<span>This field is required.</span></p></div>")


def test_a_field_keeps_its_own_classes_and_says_that_it_is_optional():
    page = drawn(Asked()["city"])

    assert 'class="wide form-control"' in page and '<span class="optional">if you like</span>' in page


def test_a_group_has_a_legend_and_a_tick_stands_before_its_words():
    assert '<fieldset><legend>Hat</legend><div class="seg three">' in drawn(Asked()["hat"])
    assert '<label class="check" for="id_agreed"><input type="checkbox" name="agreed"' in drawn(Asked()["agreed"])


def test_a_hidden_field_is_its_control_alone():
    assert drawn(Asked(initial={"version": 1200})["version"]) == (
        '<input type="hidden" name="version" value="1200" id="id_version">'
    )
