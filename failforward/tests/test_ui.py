import datetime
import re

import pytest
import time_machine
from django import forms
from django.apps import apps
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from failforward.icons import ICONS
from failforward.paging import Chip, Page, SortLink
from failforward.states import STATES
from failforward.templatetags import ui
from failforward.widgets import DateInput, PickRadio, SegRadio

TODAY = datetime.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def a_tuesday():
    with time_machine.travel("2026-11-24 10:00:00+00:00", tick=False):
        yield


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (datetime.date(2026, 11, 21), "due 3 days ago"),
        (datetime.date(2026, 11, 22), "due 2 days ago"),
        (datetime.date(2026, 11, 23), "due yesterday"),
        (datetime.date(2026, 11, 24), "due today"),
        (datetime.date(2026, 11, 25), "due tomorrow"),
        (datetime.date(2026, 11, 27), "due Fri 27 Nov"),
        (datetime.date(2027, 1, 8), "due Fri 8 Jan 2027"),
    ],
)
def test_due_is_said_by_a_colleague(due_on, words):
    assert ui.due_words(due_on, TODAY) == words


def test_due_takes_the_day_it_is_told():
    shown = ui.due(datetime.date(2026, 11, 24), datetime.date(2026, 11, 25))

    assert shown == '<time datetime="2026-11-24">due yesterday</time>'


def test_a_day_names_its_year_only_when_it_is_another_one():
    assert ui.day(datetime.date(2026, 11, 27)) == '<time datetime="2026-11-27">Fri 27 Nov</time>'
    assert ui.day(datetime.date(2017, 3, 1)) == '<time datetime="2017-03-01">Wed 1 Mar 2017</time>'
    assert ui.day(None) == ""


def test_a_moment_is_shown_in_the_persons_zone():
    late = datetime.datetime(2026, 11, 24, 23, 30, tzinfo=datetime.UTC)

    with timezone.override("Asia/Tokyo"):
        assert ">Wed 25 Nov, 08:30<" in ui.moment(late)
        assert ">Wed 25 Nov<" in ui.day(late)


def test_money_nobody_knows_is_not_stated():
    assert ui.money(18_400_000, "EUR") == "€184,000"
    assert ui.money(None, "EUR") == '<span class="note">not stated</span>'


def test_peoples_lines_are_kept_and_escaped():
    assert ui.lines("One <b>\ntwo\n") == "One &lt;b&gt;<br>two"


def test_a_status_is_icon_word_and_tone():
    shown = ui.status("kept")

    assert shown.startswith('<span class="st st-ok"><svg class="i"')
    assert shown.endswith("Kept</span>")


def test_a_code_with_two_meanings_is_told_apart_by_its_kind():
    assert "Not doing it" in ui.status("dropped")
    assert "Dropped" in ui.status("dropped", kind="action")
    assert "Agreed" in ui.status("accepted")
    assert "Accepted as it is" in ui.status("accepted", kind="finding")


def test_a_status_may_carry_other_words_which_are_escaped():
    assert ui.status("due", "due <today>", tag=True).endswith("due &lt;today&gt;</span>")
    assert 'class="st st-wait tag"' in ui.status("due", "x", tag=True)


def test_an_unknown_code_is_shown_not_swallowed():
    assert "Some new state" in ui.status("some_new_state")


SHOWN_AS_STATES = ["state", "outcome", "visibility", "causal_role", "verdict", "status", "result"]


def test_every_code_a_person_may_meet_has_a_word():
    fields = [field for model in apps.get_models() for field in model._meta.fields if field.name in SHOWN_AS_STATES]
    codes = {code for field in fields for code, _ in field.flatchoices}

    assert len(codes) > 40
    assert codes - {known.split(".")[-1] for known in STATES} == set()


def test_every_state_has_a_drawing():
    assert {found.icon for found in STATES.values()} - set(ICONS) == set()


def test_no_drawing_brings_a_style_or_a_script():
    assert [name for name, drawing in ICONS.items() if "style" in drawing or "<script" in drawing] == []


def test_no_role_yet_reads_as_unknown():
    assert ui.role("caused").endswith("Caused</span>")
    assert ui.role("").endswith("We don’t know</span>")


def heading(sort: SortLink) -> str:
    page = Page(rows=[], count=0, capped=False, sorts={"newest": sort})
    return Template('{% load ui %}{% sort_heading page "newest" "Lost on" %}').render(Context({"page": page}))


def test_a_heading_leads_to_its_order():
    shown = heading(SortLink("?state=open&sort=newest"))

    assert 'href="?state=open&amp;sort=newest">Lost on</a>' in shown
    assert "aria-sort" not in shown


def test_the_heading_in_use_says_its_order():
    assert 'aria-sort="descending"><a href="?sort=newest">Lost on ↓' in heading(SortLink("?sort=newest", "descending"))


def test_a_filter_in_use_is_a_chip_that_removes_it():
    page = Page(rows=[], count=0, capped=False, chips=[Chip("State", "Open <b>", "?kind=x&page=")])
    shown = Template('{% include "shared/_list_head.html" %}').render(
        Context({"page": page, "request": RequestFactory().get("/reviews/")})
    )

    assert 'href="?kind=x&amp;page="' in shown
    assert "State: Open &lt;b&gt;" in shown
    assert 'href="/reviews/"' in shown


def test_no_match_differs_from_nothing_yet():
    empty = Template('{% include "shared/_empty.html" with what="No reviews yet." %}')
    request = RequestFactory().get("/reviews/?state=open")
    filtered = Page(rows=[], count=0, capped=False, chips=[Chip("State", "Open", "?")])

    assert "No reviews yet." in empty.render(Context({"page": Page([], 0, False), "request": request}))
    assert "Nothing matches" in empty.render(Context({"page": filtered, "request": request}))


class Answer(forms.Form):
    role = forms.ChoiceField(
        label="What did it do?",
        choices=[("caused", "Caused it"), ("x", "<b>")],
        widget=SegRadio(icons={"caused": "caused"}),
    )
    answer = forms.ChoiceField(
        label="Answer", choices=[("done", "Done")], widget=PickRadio(hints={"done": "it is kept"}, keys={"done": "d"})
    )
    by = forms.DateField(label="By", widget=DateInput, required=False, help_text="A working day.")
    name = forms.CharField(label="Name")


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36", "Chrome, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/156 Safari/537.36 Edg/156", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/156 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8", "Another browser"),
    ],
)
def test_a_browser_is_named_as_people_call_it(user_agent, words):
    assert ui.browser(user_agent) == words


def rendered(template: str, form: forms.Form) -> str:
    return Template(template).render(Context({"form": form}))


def test_a_choice_is_native_radios_with_their_icon():
    shown = rendered("{{ form.role }}", Answer({"role": "caused"}))

    assert 'type="radio" name="role" id="id_role_0" value="caused" checked' in shown
    assert ICONS["caused"] in shown
    assert "&lt;b&gt;" in shown
    assert "style=" not in shown


def test_choices_of_django_are_drawn_as_a_strip_too():
    class Days(forms.Form):
        days = forms.MultipleChoiceField(choices=[(1, "Mon"), (2, "Tue")], widget=forms.CheckboxSelectMultiple)

    shown = rendered("{{ form.days }}", Days({"days": ["2"]}))

    assert '<div class="seg">' in shown
    assert 'type="checkbox" name="days" id="id_days_1" value="2" checked' in shown


def test_a_pick_carries_hint_and_key():
    shown = rendered("{{ form.answer }}", Answer())

    assert "<small>it is kept</small>" in shown
    assert '<kbd class="key">d</kbd>' in shown
    assert " checked" not in shown


def test_a_field_has_label_hint_control_and_error_that_name_each_other():
    shown = rendered('{% include "shared/_field.html" with field=form.name %}', Answer({}))

    assert '<label class="form-label" for="id_name">Name' in shown
    assert 'aria-describedby="id_name_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'id="id_name_error"' in shown
    assert "is-invalid" in shown


def test_a_field_one_may_leave_empty_says_so_and_keeps_iso_dates():
    form = Answer({"by": datetime.date(2026, 11, 27)})
    shown = rendered('{% include "shared/_field.html" with field=form.by %}', form)

    assert "if you like" in shown
    assert 'type="date"' in shown
    assert 'value="2026-11-27"' in shown
    assert 'id="id_by_helptext"' in shown


def test_the_summary_links_to_the_first_control_of_each_field():
    shown = rendered('{% include "shared/_errors.html" %}', Answer({}))

    assert 'href="#id_role_0"' in shown
    assert 'href="#id_name"' in shown
    assert "3 things need another look" in shown


def test_a_refusal_is_shown_in_words_and_nothing_is_shown_when_all_is_well():
    template = Template('{% include "shared/_errors.html" %}')

    assert "no finding &lt;yet&gt;" in template.render(Context({"refused": "The event has no finding <yet>."}))
    assert template.render(Context({})).strip() == ""


def test_words_that_somebody_typed_are_escaped_whatever_was_shown_before():
    mark = "<b>1</b>"

    assert mark in ui.status("open", mark_safe(mark))
    assert mark not in ui.status("open", mark)


def test_a_select_shows_its_groups_and_what_is_chosen_as_text():
    class Choosing(forms.Form):
        one = forms.ChoiceField(choices=[("", "None"), ("A & B", [("a", "<i>"), ("b", "Second")])], initial="b")

    shown = str(Choosing()["one"])

    assert '<select name="one" id="id_one" required>' in shown
    assert '<optgroup label="A &amp; B">' in shown
    assert '<option value="a">&lt;i&gt;</option>' in shown
    assert '<option value="b" selected>Second</option>' in shown
    assert shown.count("<option ") == 3


def test_a_large_icon_is_drawn_once_and_named_from_then_on():
    small, large = ui.icon("caused"), ui.icon("systemic")
    drawn: dict[str, str] = {}

    first = ui.drawn_once(format_html("{}<b>Caused</b>{}{}", small, large, large), drawn)
    again = ui.drawn_once(large, drawn)

    assert first.startswith(f"{small}<b>Caused</b>")
    assert first.count(ICONS["systemic"]) == 1
    assert first.endswith('<use href="#icon-0"/></svg>') and again.endswith('<use href="#icon-0"/></svg>')
    assert re.findall(r' id="(.+?)"', first + again) == ["icon-0"]
