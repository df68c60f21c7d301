import pytest

from failforward import testing
from failforward.testing import NOW
from reviews.models import Finding

pytestmark = pytest.mark.django_db

SETTLED = {"category": "planning", "verdict": "systemic", "settled_at": NOW, "readings": 1, "causal_role": "caused"}


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def finding(cast):
    return testing.finding(cast, title="Nobody is down for the next step")


def read(client, url):
    return client.get(url).content.decode()


def test_a_member_reads_the_events_they_may_read_and_the_others_are_not_counted(client, cast, finding):
    own = testing.review(cast)
    other = testing.review(cast, deal=testing.deal(cast, owner=cast.other_rep))
    sealed = testing.review(cast, (cast.facilitator,), visibility="sealed")
    for review, what in ((own, "Own event"), (other, "Other event"), (sealed, "Zeppelin event")):
        testing.event(review, what=what, finding=finding, **SETTLED)
    sees = {}
    for name in ("rep", "manager", "facilitator", "support"):
        client.force_login(getattr(cast, name))
        page = read(client, f"/findings/{finding.pk}/")
        sees[name] = {what for what in ("Own event", "Other event", "Zeppelin event") if what in page}
        assert f"{len(sees[name]) or 0} event" in page.replace("one event that", "1 event that")
    assert sees == {
        "rep": {"Own event"},
        "manager": {"Own event", "Other event"},
        "facilitator": {"Zeppelin event"},
        "support": set(),
    }


def test_counts_in_the_list_are_the_same_for_everybody_and_leave_out_the_sealed(client, cast, finding):
    testing.event(testing.review(cast), finding=finding, **SETTLED)
    testing.event(testing.review(cast, (cast.rep,), visibility="sealed"), finding=finding, **SETTLED)
    for person in (cast.rep, cast.manager, cast.admin):
        client.force_login(person)
        (row,) = client.get("/findings/").context["page"].rows
        assert (row.event_count, row.caused_count) == (1, 1)


def test_accept_and_reopen_with_a_reason(client, cast, finding):
    client.force_login(cast.manager)
    refused = client.post(f"/findings/{finding.pk}/accept/", {"reason": " "})
    assert "Say why in a sentence." in refused.content.decode()
    assert client.post(f"/findings/{finding.pk}/accept/", {"reason": "Too rare."}).status_code == 302
    assert "Too rare." in read(client, f"/findings/{finding.pk}/")
    assert client.post(f"/findings/{finding.pk}/reopen/", {"reason": "Seen again."}).status_code == 302
    assert Finding.objects.get(pk=finding.pk).state == "reopened"


def test_two_people_editing_see_both_and_lose_nothing(client, cast, finding):
    client.force_login(cast.manager)
    mine = {"title": "Mine", "category": "budget", "description": "My words", "version": finding.version}
    finding.change(cast.admin, title="Theirs")
    page = client.post(f"/findings/{finding.pk}/edit/", mine)
    assert page.status_code == 409
    text = page.content.decode()
    assert "Theirs" in text
    assert 'value="Mine"' in text
    assert "My words" in text
    again = mine | {"version": finding.version}
    assert client.post(f"/findings/{finding.pk}/edit/", again).status_code == 302
    assert Finding.objects.get(pk=finding.pk).title == "Mine"


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_forged_version_is_an_error_not_a_crash(client, cast, finding, version):
    client.force_login(cast.manager)
    fields = {"title": "Mine", "category": "budget", "version": version}
    assert client.post(f"/findings/{finding.pk}/edit/", fields).status_code == 200
    assert Finding.objects.get(pk=finding.pk).title == finding.title
