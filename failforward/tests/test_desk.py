import datetime as dt

import pytest
from django.utils import timezone
from django.utils.html import escape

from actions.models import ActionItem, Meeting, MeetingSeries
from failforward import testing
from failforward.desk import LATE_AFTER
from failforward.outbox import channel
from failforward.outbox.models import Channel
from failforward.testing import NOW
from failforward.tests import access
from reviews.models import Deal

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(1)


@pytest.fixture
def world():
    world = access.build()
    access.add_reply_token(world)
    return world


def page(client, user) -> str:
    client.force_login(user)
    return client.get("/").content.decode()


def test_an_answer_waits_for_its_asker_until_they_reply(world, client):
    assert "It went well." in page(client, world.cast.manager)
    world.answer.reply(world.cast.manager, "thanks")
    assert "It went well." not in page(client, world.cast.manager)
    assert "It went well." not in page(client, world.cast.other_rep)


def test_a_call_for_help_stands_first(world, client):
    world.answer.status = "stuck"
    world.answer.save(update_fields=["status"])
    assert f"Ines is stuck on “{world.commitment}”" in page(client, world.cast.manager)


def test_what_is_asked_of_me_and_what_i_promised_stand_on_my_page_alone(world, client):
    world.private.due_on = testing.NOW.date().replace(day=1)
    world.private.save(update_fields=["due_on"])
    mine = page(client, world.cast.rep)
    assert str(world.requested) in mine
    assert str(world.private) in mine
    for name, user in world.cast.people.items():
        if name != "rep":
            assert str(world.private) not in page(client, user), name


def test_replies_wait_for_whom_they_may_be_of_and_nobodys_for_an_admin(world, client):
    waits = "reply waits for somebody"
    seen = {name for name, user in world.cast.people.items() if waits in page(client, user)}
    assert seen == {"admin", "rep"}
    access.inbound("c", text="Hm", answers=None, person=world.cast.rep)
    assert "2 replies wait for somebody" in page(client, world.cast.rep)
    for reply in (world.held, world.nobodys):
        reply.settle("ignored", world.cast.rep, testing.NOW)
    assert "One reply waits for somebody" in page(client, world.cast.rep)
    assert "for somebody to say" not in page(client, world.cast.admin)


def test_the_share_counts_standard_reviews_only(world, client):
    text = page(client, world.cast.manager)
    assert "1 of 3<" in text
    assert "1 of 4 losses put up to be chosen" in text
    assert "chosen losses since" not in page(client, world.cast.rep)


def test_a_figure_leads_to_as_many_rows_as_it_says(client):
    cast, today = testing.cast(), timezone.localdate()
    for days, state in [
        (3, "accepted"),
        (9, "moved"),
        (-2, "accepted"),
        (0, "partly"),
        (5, "declined"),
        (4, "requested"),
    ]:
        testing.commitment(cast, due_on=today + DAY * days, state=state)
    testing.commitment(cast, due_on=today + DAY, person=cast.other_rep)
    still = timezone.now() - 60 * DAY
    for owner in (cast.rep, cast.manager):
        owned = testing.action_list(cast, owner=owner, people=(cast.rep, cast.manager), name=f"List of {owner}")
        action = testing.action(cast, action_list=owned, state="in_progress", done_criterion="x", committed_at=still)
        ActionItem.objects.filter(pk=action.pk).update(created_at=still)
        about = testing.deal(cast, owner=owner, outcome="open", lost_on=None, stage_at_loss="", closed_on=None)
        Deal.objects.filter(pk=about.pk).update(created_at=still)
    text = page(client, cast.rep)
    figures = {
        "2 commitments lie ahead": "/commitments/?whose=mine&state=open&due=ahead",
        "One action on your lists stands still": "/actions/?state=stalled&whose=mine",
        "In one of your deals the buyer has not moved": "/deals/?outcome=stalled&whose=mine",
    }
    for said, url in figures.items():
        assert said in text and f'href="{escape(url)}"' in text
        assert client.get(url).context["page"].count == (2 if said.startswith("2") else 1), url


@pytest.mark.parametrize("who", ["admin", "manager", "rep", "sponsor"])
def test_ten_queries_whatever_there_is(world, client, who, django_assert_max_num_queries):
    user = getattr(world.cast, who)
    client.force_login(user)
    for _ in range(3):
        with django_assert_max_num_queries(10):
            client.get("/")
        about = testing.review(world.cast, people=(user,))
        testing.event(about, causal_role="caused")
        testing.commitment(world.cast, person=user)
        testing.action_list(world.cast, owner=user)


def test_somebody_new_reads_what_the_page_is_for(world, client):
    assert "Nothing waits for you." in page(client, world.cast.partner)


@pytest.mark.django_db
def test_an_empty_house_says_how_to_begin_to_each_what_they_may(client):
    cast = testing.cast()
    begun = {name: page(client, getattr(cast, name)) for name in ("admin", "manager")}
    assert {name: ("/imports/" in text, "Bring your deals in" in text) for name, text in begun.items()} == {
        "admin": (True, True),
        "manager": (False, False),
    }
    assert "Look back on one lost deal" in begun["manager"]


def test_that_mail_is_paused_is_an_admins_to_mend(world, client, django_assert_max_num_queries):
    Channel.objects.create(name="out", paused_since=NOW, probe_at=NOW, last_code=535, last_text="secret words")
    client.force_login(world.cast.admin)
    with django_assert_max_num_queries(10):
        text = client.get("/").content.decode()
    assert "Mail is paused: the mail server refuses our password, since " in text
    assert "secret words" not in text
    assert "Mail is paused" not in page(client, world.cast.manager)
    channel.open_again()
    assert "Mail is paused" not in page(client, world.cast.admin)


def test_a_list_that_meets_today_stands_first(client):
    cast = testing.cast()
    weekly = testing.action_list(cast, people=(cast.rep,), name="Quotes")
    for person in (cast.rep, cast.other_rep):
        client.force_login(person)
        assert b"The agenda has prepared itself" not in client.get("/").content
    meeting = Meeting.call(cast.list_owner, weekly, now=timezone.now())
    client.force_login(cast.rep)
    # Nothing on it is proposed to claimed done: there is nothing to meet about.
    assert b"The agenda has prepared itself" not in client.get("/").content
    testing.action(cast, action_list=weekly)
    MeetingSeries.objects.create(action_list=weekly, starts_on=timezone.localdate())
    page = client.get("/").content.decode()
    assert "The agenda has prepared itself" in page and f'href="/meetings/{meeting.pk}/"' in page
    assert "It was due to begin at " not in page
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=timezone.now() - LATE_AFTER)
    assert "It was due to begin at " in client.get("/").content.decode()
    meeting.begin(cast.list_owner, [], now=timezone.now())
    assert "It is under way." in client.get("/").content.decode()
    client.force_login(cast.other_rep)
    assert "It is under way." not in client.get("/").content.decode()
