"""The page of mail for its operator, and the same verbs on an action list."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from actions.models import Commitment
from failforward import testing
from failforward.outbox.models import Channel, Mail, State
from failforward.testing import NOW, TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return testing.cast()


def dead(person, number: int = 1, **fields) -> Mail:
    values = {"state": State.FAILED, "last_code": 550, "last_text": "5.1.1 no such user", "attempts": 1}
    values |= {"due_at": NOW, "next_at": NOW} | fields
    return Mail.objects.create(key=f"m{number}", kind="follow_up", recipient=person, address=person.email, **values)


def page(client, user, **how):
    client.force_login(user)
    return client.get(reverse("post_office"), **how)


def test_it_says_what_waits_what_failed_and_why(cast, client):
    dead(cast.rep)
    dead(cast.manager, 2, state=State.BOUNCED)
    dead(cast.manager, 3, last_code=None, last_text="Connection refused")
    due = timezone.now() - dt.timedelta(minutes=20)
    dead(cast.rep, 4, state=State.CLAIMED, body=b"x", due_at=due, next_at=due, uncertain=True)
    text = page(client, cast.admin).content.decode()
    assert "Something is late." in text
    assert "20 minutes" in text
    for said in ("address refused", "came back", "given up after three working days", "no such user"):
        assert said in text


def test_while_mail_is_paused_it_says_why_and_since_when_and_somebody_may_try_now(cast, client):
    soon = timezone.now() + dt.timedelta(minutes=10)
    Channel.objects.create(name="out", paused_since=NOW, probe_at=soon, last_code=535, last_text="bad credentials")
    text = page(client, cast.admin).content.decode()
    assert "535 bad credentials" in text
    client.post(reverse("mail_probe"))
    assert Channel.objects.get().probe_at < soon


def test_the_number_of_queries_is_the_same_at_one_and_at_three(cast, client, django_assert_max_num_queries):
    counts = set()
    client.force_login(cast.admin)
    for number in (1, 2, 3):
        dead(cast.rep, number)
        with django_assert_max_num_queries(10) as asked:
            client.get(reverse("post_office"))
        counts.add(len(asked))
    assert len(counts) == 1


def test_another_address_is_written_down_and_the_mail_goes_there(cast, client):
    mail = dead(cast.rep)
    client.force_login(cast.admin)
    wrong = client.post(reverse("mail_verb", args=[mail.pk, "other-address"]), {"address": "nonsense"})
    assert wrong.status_code == 409
    assert "Write down an e-mail address" in wrong.content.decode()
    client.post(reverse("mail_verb", args=[mail.pk, "other-address"]), {"address": "Ines@new.example"})
    cast.rep.refresh_from_db()
    mail.refresh_from_db()
    assert (cast.rep.email, mail.state) == ("ines@new.example", State.PLANNED)


def test_the_owner_of_a_list_sends_again_and_drops_what_did_not_reach_its_people(cast, client):
    owned = testing.action_list(cast)
    made = Commitment.make(cast.rep, cast.rep, "Try the gateways", TODAY, now=NOW, action_list=owned)
    mail = made.follow_ups.get().mail
    Mail.objects.filter(pk=mail.pk).update(state=State.FAILED, last_code=550, last_text="no such user", attempts=1)
    other = dead(cast.manager)
    client.force_login(cast.list_owner)
    text = client.get(reverse("list_detail", args=[owned.pk])).content.decode()
    assert "address was refused" in text
    assert "Send again" in text

    for strange in (other.pk, 10**9, "x", ""):
        client.post(reverse("list_verb", args=[owned.pk, "drop-mail"]), {"mail": strange})
    other.refresh_from_db()
    assert other.dropped_at is None

    client.post(reverse("list_verb", args=[owned.pk, "send-again"]), {"mail": mail.pk})
    mail.refresh_from_db()
    assert mail.state == State.PLANNED

    Mail.objects.filter(pk=mail.pk).update(state=State.FAILED)
    client.post(reverse("list_verb", args=[owned.pk, "drop-mail"]), {"mail": mail.pk})
    assert "address was refused" not in client.get(reverse("list_detail", args=[owned.pk])).content.decode()


def test_a_flagged_address_shows_on_the_people_page_the_persons_page_and_their_profile(cast, client):
    cast.rep.note_trouble(cast.rep.email, "bounced", "5.1.1 unknown", NOW)
    said = "mail to this address came back"
    client.force_login(cast.admin)
    for name, args in (("people", []), ("person", [cast.rep.pk])):
        assert said in client.get(reverse(name, args=args)).content.decode()
    client.force_login(cast.rep)
    assert said in client.get(reverse("profile")).content.decode()

    client.force_login(cast.admin)
    client.post(reverse("person_verb", args=[cast.rep.pk, "address-works"]))
    assert said not in client.get(reverse("people")).content.decode()
