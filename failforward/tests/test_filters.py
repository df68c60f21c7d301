import pytest
from django.http import QueryDict

from failforward import testing
from failforward.filters import ListFilter, is_hidden
from failforward.templatetags.fields import drawn
from reviews.models import Finding
from reviews.views.findings import FINDINGS, ORDERS, FindingFilter

pytestmark = pytest.mark.django_db


def every_filter(kind=ListFilter):
    for nearer in kind.__subclasses__():
        yield from [nearer, *every_filter(nearer)]


@pytest.mark.parametrize("who", ["admin", "manager", "rep"])
def test_an_empty_form_drawn_once_is_the_form_of_each_reader(who):
    """Two readers one after the other: what the first may choose stays theirs."""
    cast = testing.cast()
    for user in (cast.other_rep, cast.admin, getattr(cast, who)):
        for filterset in filter(lambda one: one.base_filters, every_filter()):
            shown = [field for field in filterset(user=user).form if not is_hidden(filterset.base_filters[field.name])]
            assert filterset.blank(user=user) == [drawn(field) for field in shown]


def test_a_list_narrowed_to_a_state_is_each_readers_own():
    cast = testing.cast()
    for number, team in enumerate([cast.north, cast.south, cast.north, cast.north]):
        state = ["open", "open", "accepted", "open"][number]
        Finding.objects.create(
            team=team, title=f"n{number}", category="planning", state=state, accepted_because=state == "accepted" or ""
        )
    for user in (cast.manager, cast.admin, cast.outsider):
        page = FINDINGS.page(QueryDict("state=open"), user, ORDERS, FindingFilter, user=user)
        mine = Finding.objects.visible_to(user).filter(state="open").order_by("-id")
        assert [row.title for row in page.rows] == [row.title for row in mine]
        assert [(chip.label, chip.value) for chip in page.chips] == [("State", "Open")]


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("since=31.02.", "since", "“31.02.” is no day."),
        ("value_from=abc", "value_from", "Write a number, for instance 50000, 50,000 or 50k."),
        ("state=nonsense", "state", "This choice is not offered here."),
        ("since=2026-08-24&until=2026-08-23", "until", "This day is before Mon 24 Aug, with which the days begin."),
    ],
)
def test_a_filter_that_cannot_be_read_is_said_first_and_left_out(client, query, field, said):
    cast = testing.cast()
    testing.review(cast)
    client.force_login(cast.manager)
    page = client.get(f"/reviews/?{query}").content.decode()
    assert "<title>Error: Reviews ·" in page
    summary, rest = page.split('id="errors"')[1].split("</div>", 1)
    assert f'<a href="#id_{field}">' in summary and said in summary and f'id="id_{field}"' in rest
    assert "This filter was left out: the list below is shown without it." in summary
    assert "<title>Reviews ·" in client.get("/reviews/?since=2026-08-24&until=2026-08-24").content.decode()


@pytest.mark.parametrize(
    ("url", "chips"),
    [
        ("/actions/?state=claimed_done&due_before=2025-08-24", ["Said to be done", "Sun 24 Aug 2025"]),
        ("/actions/?state=recurred", ["Came back"]),
        ("/commitments/?state=accepted", ["Agreed"]),
        ("/findings/?state=accepted", ["Accepted as it is"]),
        ("/reviews/?state=pending&kind=win&value_from=50k", ["To choose", "Win", "50,000"]),
        ("/deals/?outcome=lost_to_no_decision", ["No decision"]),
    ],
)
def test_chips_say_what_the_pages_say(client, url, chips):
    client.force_login(testing.cast().manager)
    assert [chip.value for chip in client.get(url).context["page"].chips] == chips
