"""The page of a check: what it says, what its forms take, what it costs."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from actions.tests.histories import done, losses
from failforward import testing
from failforward.templatetags.ui import status

pytestmark = pytest.mark.django_db
NASTY = '"><script>alert(1)</script>'
NOW = timezone.now()


def day(days):
    return timezone.localdate() + dt.timedelta(days=days)


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def finding(cast):
    found = testing.finding(cast, state="being_fixed", title="Nobody follows up")
    type(found).objects.filter(pk=found.pk).update(opened_at=NOW - dt.timedelta(days=400))
    found.refresh_from_db()
    return found


@pytest.fixture
def action(cast, finding):
    action = done(cast, finding)
    type(action).objects.filter(pk=action.pk).update(claimed_done_at=NOW - dt.timedelta(days=100))
    action.refresh_from_db()
    return action


@pytest.fixture
def checker(client, cast):
    client.force_login(cast.facilitator)
    return client


def plan(cast, action, **answers):
    answers = {"checker": cast.facilitator} | answers
    return action.plan_check(cast.list_owner, today=timezone.localdate(), **answers)


def verb(check, name):
    return reverse("check_verb", args=[check.pk, name])


def test_it_is_planned_on_the_page_of_the_action(client, cast, action):
    client.force_login(cast.list_owner)
    page = client.get(f"{action.get_absolute_url()}?do=check").content.decode()
    assert "Who checks it?" in page
    assert "Ines Duarte</option>" not in page
    said = {"checker": cast.facilitator.pk, "after_days": 90, "method": "recurrence"}
    response = client.post(reverse("action_verb", args=[action.pk, "check"]), said)
    assert response.status_code == 302
    check = action.checks.get()
    assert check.due_on == action.fixed_on + dt.timedelta(90)
    assert "Farid Haddad" in client.get(action.get_absolute_url()).content.decode()


def test_a_plan_that_says_too_little_keeps_what_was_typed(client, cast, action):
    client.force_login(cast.list_owner)
    said = {"checker": cast.facilitator.pk, "after_days": 30, "method": "sample", "looks_at": ""}
    response = client.post(reverse("action_verb", args=[action.pk, "check"]), said)
    assert response.status_code == 400
    assert "Say what is looked at." in response.content.decode()
    assert 'value="30"' in response.content.decode()


def test_a_check_that_is_due_stands_on_the_desk_of_its_checker_and_in_the_list(client, cast, action):
    plan(cast, action)
    for name, on_desk in (("facilitator", True), ("list_owner", False), ("manager", False)):
        client.force_login(getattr(cast, name))
        assert ("Did it help? “" in client.get("/").content.decode()) is on_desk
    client.force_login(cast.list_owner)
    assert "Checks due" in client.get(reverse("list_detail", args=[action.action_list_id])).content.decode()
    rows = client.get("/actions/?state=check_due").context["page"].rows
    assert rows == [action]
    action.checks.update(due_on=day(3))
    assert "Checks due" not in client.get(reverse("list_detail", args=[action.action_list_id])).content.decode()


def test_from_begin_to_decided(checker, cast, action, finding):
    losses(cast, finding, 14, 5, day(-150), written_on=day(-140))
    losses(cast, finding, 7, 1, day(-20))
    check = plan(cast, action)
    assert "Begin the check" in checker.get(check.get_absolute_url()).content.decode()
    checker.post(verb(check, "begin"))
    page = checker.get(check.get_absolute_url()).content.decode()
    assert "Is the criterion met?" in page
    assert "Seen 1 in 7 reviewed losses since the fix, 5 in 14 reviewed losses before." in page
    said = {"said": "met", "evidence": NASTY}
    assert checker.post(verb(check, "decide"), said).status_code == 302
    page = checker.get(check.get_absolute_url()).content.decode()
    assert "Criterion met, too early to tell for recurrence: about" in page
    assert "stays on watch" in page
    assert NASTY not in page
    finding.refresh_from_db()
    assert finding.state == "fixed"


def test_picture_and_table_say_the_same(checker, cast, action, finding):
    losses(cast, finding, 18, 11, day(-150), written_on=day(-140))
    losses(cast, finding, 16, 2, day(-20))
    page = checker.get(plan(cast, action).get_absolute_url()).content.decode()
    assert page.count('class="iv c-ok"') == 2
    assert page.count("0.20 (0.02 to 0.94)") == 1
    assert "11 in 18 reviewed losses → 2 in 16" in page
    assert '<td class="num">0.20</td><td class="num">0.02 to 0.94</td>' in page
    assert "That is less often than chance explains." in page


def test_few_losses_are_marked(checker, cast, action, finding):
    losses(cast, finding, 8, 4, day(-150), written_on=day(-140))
    losses(cast, finding, 3, 0, day(-20))
    page = checker.get(plan(cast, action).get_absolute_url()).content.decode()
    assert page.count("n = 3") == 4


def test_numbers_are_typed_pasted_and_uploaded(checker, cast, action):
    check = plan(cast, action, method="metric", looks_at="Days until the first call", unit="days", baseline=9, target=3)
    assert checker.post(verb(check, "value"), {"on": day(-5), "value": "4.5"}).status_code == 302
    pasted = f"day;days\n{day(-90)};8,5\n{day(-40)};6\n{day(-5)};4"
    assert checker.post(verb(check, "series"), {"values": pasted}).status_code == 302
    file = SimpleUploadedFile("days.csv", f"{day(-2)},3.5\n".encode("utf-16")[2:].replace(b"\x00", b""))
    assert checker.post(verb(check, "series"), {"values": "", "file": file}).status_code == 302
    assert [float(one.value) for one in check.values_seen.all()] == [8.5, 6, 4, 3.5]
    page = checker.get(check.get_absolute_url()).content.decode()
    assert "Before the fix: 9." in page
    assert page.count("<polyline") == 2 and 'class="chart c-narrow"' in page


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no number in it"),
        ("yesterday, 4", "Line 1: “yesterday” is no day"),
        ("2026-01-05, 4\n2026-01-06, four", "Line 2: “four” is no number"),
        ("2026-01-05, NaN", "is no number"),
        ("2026-01-05, 1e40", "is no number"),
        ("2999-01-05, 4", "has not come yet"),
        ("2026-13-05, 4", "is no day"),
        ("2026-01-05,4,5", "three columns"),
        ("\n".join(["2026-01-05, 4"] * 1002), "1000 lines at most"),
        ("x" * 200_001, "longer than a series"),
        (f"2026-01-05, {NASTY}", "is no number"),
        ("2026-01-05, 4\n2026-01-06," + "1" * 140_000, "Line 2: This is too long for a day and a number."),
    ],
)
def test_numbers_that_cannot_be_read_are_named_by_line_and_kept(checker, cast, action, text, why):
    check = plan(cast, action, method="metric", looks_at="Days")
    response = checker.post(verb(check, "series"), {"values": text})
    assert response.status_code == 400
    page = response.content.decode()
    assert why in page
    assert NASTY not in page
    assert not check.values_seen.exists()


@pytest.mark.parametrize("data", [b"PK\x03\x04xx", b"a\x00b", b"1" * 200_001])
def test_a_file_that_is_no_series_is_sent_back(checker, cast, action, data):
    check = plan(cast, action, method="metric", looks_at="Days")
    response = checker.post(verb(check, "series"), {"file": SimpleUploadedFile("x.csv", data)})
    assert (response.status_code, check.values_seen.count()) == (400, 0)


@pytest.mark.parametrize("method", ["sample", "interview"])
def test_what_was_looked_at_is_noted(checker, cast, action, method):
    check = plan(cast, action, method=method, looks_at="Twenty quotes")
    said = {"what": "Quotes of May", "looked_at": "4", "as_wanted": "5", "found": NASTY}
    response = checker.post(verb(check, "note"), said)
    assert response.status_code == 400
    assert "Only 4 were looked at" in response.content.decode()
    assert checker.post(verb(check, "note"), said | {"as_wanted": "3"}).status_code == 302
    page = checker.get(check.get_absolute_url()).content.decode()
    assert "3 of 4 as they should be, n = 4" in page
    assert NASTY not in page


def test_the_page_asks_as_much_for_three_of_everything(checker, cast, action, finding):
    check = plan(cast, action, method="sample", looks_at="Quotes")
    checker.post(verb(check, "begin"))

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert checker.get(check.get_absolute_url()).status_code == 200
        return len(asked)

    cost()
    one = cost()
    for number in range(3):
        action.findings.add(testing.finding(cast))
        losses(cast, finding, 2, 1, day(-20 - number))
        checker.post(verb(check, "note"), {"what": "Quotes", "looked_at": "4", "found": "Fine"})
    assert cost() == one
    assert one <= 8


@pytest.mark.parametrize("begun", [False, True])
def test_the_page_asks_no_more_than_ten_times(client, cast, action, finding, begun):
    """Measured, not due by its day, and with the form that asks most."""
    losses(cast, finding, 4, 1, day(-20))
    check = plan(cast, action, method="metric", looks_at="Days", after_days=300, after_losses=3 if begun else 9)
    if begun:
        check.begin(cast.facilitator, today=timezone.localdate())
    client.force_login(cast.list_owner)
    for do in ("change", "extend", "repeat", "history", ""):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(check.get_absolute_url(), {"do": do}).status_code == 200
        assert len(asked) <= (9 if begun else 10)


def test_two_who_change_one_plan_see_both(client, cast, action):
    client.force_login(cast.list_owner)
    check = plan(cast, action)
    said = {"checker": cast.facilitator.pk, "after_days": 60, "method": "recurrence", "seen": check.version}
    assert client.post(verb(check, "change"), said).status_code == 302
    response = client.post(verb(check, "change"), said | {"after_days": 30})
    assert response.status_code == 409
    check.refresh_from_db()
    assert check.due_on == action.fixed_on + dt.timedelta(60)


def test_on_a_phone_the_whole_title_stands_above_the_scale(checker, cast, action, finding):
    finding.title = "Before a quote goes out nobody asks the plant which gateways they have"
    finding.save(update_fields=["title"])
    losses(cast, finding, 18, 11, day(-150), written_on=day(-140))
    losses(cast, finding, 16, 2, day(-20))
    page = checker.get(plan(cast, action).get_absolute_url()).content.decode()
    narrow = page[page.index('class="chart c-narrow"') :].partition("</svg>")[0]
    titles = re.findall(r'<text class="lab b" x="0" y="(\d+)">([^<]+)</text>', narrow)
    assert " ".join(words for _at, words in titles) == finding.title
    ruled = re.findall(r'<line class="zero"[^>]* y1="(\d+)"', narrow)
    assert len(ruled) == 1
    assert int(ruled[0]) > max(int(at) for at, _words in titles)


def test_what_was_proved_and_came_back_says_so_first(cast, action, checker):
    check = plan(cast, action)
    type(check).objects.filter(pk=check.pk).update(
        state="decided",
        said="met",
        outcome="effective",
        evidence="None seen",
        decided_by=cast.facilitator,
        decided_at=NOW,
    )
    assert "came back" not in checker.get(f"/checks/{check.pk}/").content.decode()
    type(action).objects.filter(pk=action.pk).update(state="recurred", recurred_on=day(-10))
    page = checker.get(f"/checks/{check.pk}/").content.decode()
    assert "It came back after 3 months" in page
    assert status("recurred", tag=True) in page and status("effective", tag=True) not in page
