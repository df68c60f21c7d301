"""Mail that is nobody's and says something about a promise: an admin gives its words to whoever asked for it."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from actions import held
from actions.models import Answer, Commitment
from actions.passing_on import pass_words, promises
from actions.tests.arriving import arrive, reply
from failforward import testing
from failforward.guards import Refused
from failforward.history.models import Change
from failforward.inbound.models import InboundMail
from failforward.outbox import run_due
from failforward.outbox.models import CapturedMail, Mail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def replies_come_in(settings):
    cache.clear()
    settings.DEFAULT_FROM_EMAIL = "FailForward <ask@tarnholm.example>"
    settings.REPLY_ADDRESS = "reply@mail.tarnholm.example"


@pytest.fixture
def cast():
    return testing.cast()


def promise(cast, what: str, person=None, **fields) -> Commitment:
    now, person = timezone.now(), person or cast.rep
    return Commitment.make(person, person, what, timezone.localdate(now), now=now, **fields)


@pytest.fixture
def asked(cast):
    return promise(cast, "Try the gateways", asked_by=cast.manager)


@pytest.fixture
def nobodys(cast):
    return arrive(reply(None, "The plant said yes.", From="p@home.example", To="reply@x.example"), timezone.now())


def press(client, mail, **values):
    return client.post(f"/replies/{mail.pk}/read/", values)


def test_the_asker_gets_the_words_and_nothing_is_answered(cast, asked, nobodys, client):
    client.force_login(cast.admin)
    found = press(client, nobodys, q="gateways").content.decode()
    assert f'name="pass_on" value="{asked.pk}"' in found and f"Pass on to {cast.manager.name}" in found
    assert press(client, nobodys, pass_on=asked.pk).url == "/replies/"
    run_due()
    mail = CapturedMail.objects.get(mail__kind="words_passed")
    assert (mail.mail.recipient, b"The plant said yes." in bytes(mail.body)) == (cast.manager, True)
    assert not Answer.objects.exists()
    said = [(change.verb, change.by) for change in Change.objects.about(asked)]
    assert ("words_passed", cast.admin) in said
    assert [change.verb for change in Change.objects.about(nobodys).order_by("pk")] == ["read", "read", "passed_on"]


def test_it_stands_as_a_note_with_both_sides_and_is_nobodys_no_more(cast, asked, nobodys, client):
    pass_words(nobodys, cast.admin, asked, "The plant said yes.", timezone.now())
    assert [[note.text for note in held.notes_on(asked, who)] for who in (cast.manager, cast.rep, cast.admin)] == [
        ["The plant said yes."],
        ["The plant said yes."],
        [],
    ]
    assert not held.unclaimed(cast.admin).exists()
    client.force_login(cast.admin)
    assert press(client, nobodys).status_code == 404


def test_what_was_kept_apart_and_can_be_read_after_all_is_passed_on_too(cast, asked, nobodys, client):
    InboundMail.objects.update(state="quarantined", why="broken")
    client.force_login(cast.admin)
    assert "Pass these words on" in press(client, nobodys).content.decode()
    press(client, nobodys, pass_on=asked.pk)
    nobodys.refresh_from_db()
    assert (nobodys.state, nobodys.text, nobodys.settled_by) == ("note", "The plant said yes.", cast.admin)


def test_twice_is_once(cast, asked, nobodys):
    pass_words(nobodys, cast.admin, asked, "The plant said yes.", timezone.now())
    with pytest.raises(Refused, match="dealt with"):
        pass_words(nobodys, cast.admin, asked, "The plant said yes.", timezone.now())
    assert Mail.objects.filter(kind="words_passed").count() == 1


def test_only_an_admin_and_only_promises_they_read(cast, asked, nobodys, client):
    """Neither a private promise nor one of a sealed review is found, chosen or told of."""
    private = promise(cast, "Try the gateways alone", private=True)
    sealed = promise(
        cast, "Try the sealed gateways", asked_by=cast.manager, review=testing.review(cast, visibility="sealed")
    )
    to_oneself = promise(cast, "Try my gateways")
    assert set(promises(cast.admin, "gateways")) == {asked}
    for other in (private, sealed, to_oneself):
        with pytest.raises(Refused, match="not open any more"):
            pass_words(nobodys, cast.admin, other, "The plant said yes.", timezone.now())
    with pytest.raises(Refused):
        pass_words(nobodys, cast.manager, asked, "The plant said yes.", timezone.now())
    client.force_login(cast.admin)
    page = press(client, nobodys, pass_on=private.pk).content.decode()
    assert "alone" not in page
    assert held.unclaimed(cast.admin).exists() and not Mail.objects.filter(kind="words_passed").exists()


def test_without_words_there_is_nothing_to_pass_on(cast, asked, nobodys):
    with pytest.raises(Refused, match="no words"):
        pass_words(nobodys, cast.admin, asked, " ", timezone.now())
