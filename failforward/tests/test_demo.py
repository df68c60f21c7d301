import datetime as dt

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from actions.agenda import agenda_of
from actions.models import (
    ActionHelper,
    ActionItem,
    CoachingTalk,
    Commitment,
    Dependency,
    EvidenceFile,
    FollowUp,
    Meeting,
    Partner,
    SponsorRequest,
    Update,
)
from failforward import testing
from failforward.accounts.models import Absence, User
from failforward.demo import build
from failforward.demo.batch import DEMO_BATCH
from failforward.inbound.models import InboundMail
from failforward.outbox.models import Mail
from failforward.working_days import local_date
from reviews.models import Deal, FailureEvent, Review, Summary
from reviews.summary_sql import differences

pytestmark = pytest.mark.django_db
SAID_AT_ONCE = ["follow_up", "minutes", "request"]
FIRST = {
    "name": "Real Admin",
    "email": "real@company.example",
    "password": testing.PASSWORD,
    "company": "Company",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
}


# Saturday night, the morning of a leap day, days between the years: mail waits at any hour of any day.
@pytest.mark.parametrize("now", ["2026-11-21T23:40:00+00:00", "2028-02-29T05:10:00+00:00", "2026-12-28T06:00:00+00:00"])
def test_the_story_is_told_on_any_day(now):
    now = dt.datetime.fromisoformat(now)
    build.build(now)
    has_the_whole_chain(now)
    has_each_thing_a_question_can_meet(now)


def has_the_whole_chain(now: dt.datetime) -> None:
    assert Deal.objects.count() == 60
    assert FailureEvent.objects.filter(review__kind="lost_deal").count() == 24
    assert list(differences()) == []
    assert Summary.objects.filter(systemic__gt=0).exists()
    assert set(Review.objects.values_list("state", flat=True)) == {
        *("pending", "gathering", "causality", "coding", "acting", "closed", "waived")
    }
    assert set(ActionItem.objects.values_list("state", flat=True)) == {
        *("proposed", "in_progress", "blocked", "claimed_done", "effective", "recurred")
    }
    assert Dependency.objects.count() == ActionHelper.objects.count() == EvidenceFile.objects.count() == 1
    assert {"kept", "partly", "stuck", "moved", "requested", "accepted"} <= set(
        Commitment.objects.values_list("state", flat=True)
    )
    has_met_and_meets_today(now)
    has_what_goes_on_and_what_stands_still(now)
    waiting = FollowUp.objects.filter(state="planned", due_at__lte=now)
    assert sorted(waiting.values_list("mail__state", flat=True)) == ["planned"] * 5 + ["sent"]


def has_what_goes_on_and_what_stands_still(now: dt.datetime) -> None:
    today = local_date(now, "Europe/Berlin")
    assert sorted(SponsorRequest.objects.values_list("state", flat=True)) == ["agreed", "asked"]
    assert {update.is_progress for update in Update.objects.for_page()} == {True, False}
    assert [one.what for one in ActionItem.objects.stalled(today)] == [
        "One page of answers to “Why are you dearer than Orrin?”"
    ]
    assert Deal.objects.stalled(today).count() == 2
    assert Deal.objects.parked(today).count() == 1


def has_met_and_meets_today(now: dt.datetime) -> None:
    """At any hour of any day."""
    held, ahead = Meeting.objects.order_by("starts_at")
    today = local_date(now, ahead.action_list.time_zone)
    assert (held.state, held.on, ahead.state, ahead.on) == ("closed", today - dt.timedelta(7), "planned", today)
    assert set(held.persons.values_list("attendance", flat=True)) == {"present", "absent"}
    assert held.items.exists() and held.parked.exists()
    assert agenda_of(ahead, now).lines


def has_each_thing_a_question_can_meet(now: dt.datetime) -> None:
    (silent,) = FollowUp.objects.filter(mail__state="sent", state="planned")
    assert [(step.step, step.mail.state) for step in silent.silence_steps.all()] == [("nudge", "sent")]
    assert silent.mail.sent_at < silent.silence_steps.get().taken_at < now < silent.next_step_at
    assert list(Partner.objects.values_list("state", "person__name")) == [("agreed", "Farid Haddad")]
    assert [(one.person.name, one.stand_in.name) for one in Absence.objects.all()] == [("Lena Brandt", "Farid Haddad")]
    assert list(InboundMail.objects.values_list("state", "person__name")) == [("held", "Ines Duarte")]
    assert CoachingTalk.objects.get().commitments.count() == 2
    assert not User.objects.filter(country="").exists()
    due = Mail.objects.filter(state="planned", due_at__lte=now)
    assert sorted(set(due.values_list("kind", flat=True)) - {"answer", "answers", "capture"}) == SAID_AT_ONCE


def test_the_command_can_be_repeated(capsys):
    call_command("seed_demo")
    counts = {model: model._base_manager.count() for model in apps.get_models()}
    call_command("seed_demo")
    assert {model: model._base_manager.count() for model in apps.get_models()} == counts
    assert "mara@tarnholm.example" in capsys.readouterr().out


def test_the_demo_is_not_put_beside_real_people(client):
    client.post("/setup/", FIRST)
    with pytest.raises(CommandError, match="real use"):
        call_command("seed_demo")
    assert User.objects.count() == 1


def test_the_banner_leaves_with_the_demo(client, settings):
    settings.DEMO = True
    admin = testing.cast().admin
    guest = User.objects.create_user("guest@tarnholm.example", name="Guest", batch_id=DEMO_BATCH)
    client.force_login(admin)
    assert b"This is a demo team" in client.get("/more/").content

    guest.delete()
    assert b"This is a demo team" not in client.get("/more/").content


def test_a_newcomer_logs_in_with_one_press_while_the_demo_is_here(client, settings):
    settings.DEMO = True
    testing.person("Real Admin")
    assert "Be Mara" not in client.get("/accounts/login/").content.decode()
    build.build(timezone.now())
    page = client.get("/accounts/login/").content.decode()
    assert [f"Be {name}" in page for name in ("Mara", "Ines", "Jonas", "Ada", "Tom")] == [True] * 4 + [False]
    settings.DEMO = False
    assert "Be Mara" not in client.get("/accounts/login/").content.decode()
