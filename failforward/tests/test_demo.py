import datetime as dt

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from actions.models import ActionItem, CoachingTalk, Commitment, FollowUp, Partner
from failforward import testing
from failforward.accounts.models import Absence, Installation, Membership, Role, Team, User
from failforward.demo import build, removal
from failforward.demo.batch import DEMO_BATCH
from failforward.guards import Refused
from failforward.inbound.models import InboundMail
from failforward.outbox import run_due
from failforward.outbox.models import Mail
from failforward.tokens import Token
from reviews.causality import add_causality
from reviews.models import Deal, FailureEvent, HandOff, Review, Summary
from reviews.summary_sql import differences

pytestmark = pytest.mark.django_db
SAID_AT_ONCE = ["follow_up", "request"]
FIRST = {
    "name": "Real Admin",
    "email": "real@company.example",
    "password": testing.PASSWORD,
    "company": "Company",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
}


# Saturday night and the morning of a leap day: mail waits at any hour of any day.
@pytest.mark.parametrize("now", ["2026-11-21T23:40:00+00:00", "2028-02-29T05:10:00+00:00"])
def test_the_story_is_told_on_any_day(now):
    now = dt.datetime.fromisoformat(now)
    build.build(now)
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
    assert {"kept", "partly", "stuck", "moved", "requested", "accepted"} <= set(
        Commitment.objects.values_list("state", flat=True)
    )
    waiting = FollowUp.objects.filter(state="planned", due_at__lte=now)
    assert sorted(waiting.values_list("mail__state", flat=True)) == ["planned"] * 5 + ["sent"]


@pytest.mark.parametrize("now", ["2026-11-21T23:40:00+00:00", "2026-12-28T06:00:00+00:00", "2027-03-30T12:00:00+00:00"])
def test_a_newcomer_meets_each_thing_that_a_question_can_meet_once(now):
    now = dt.datetime.fromisoformat(now)
    build.build(now)
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


def test_a_newcomer_meets_what_was_looked_into_and_a_near_miss():
    build.build(timezone.now())
    (event,) = FailureEvent.objects.exclude(comparisons=None)
    add_causality([event])
    assert event.base_rate.in_words == "present in 1 of 3 wins looked at, and one nobody can tell of"
    assert event.why_counts.in_words == "4 whys, one assumed, why it was not noticed sooner"
    near_miss = FailureEvent.objects.get(review__kind="win")
    assert near_miss.finding == event.finding


def test_a_newcomer_meets_a_full_review_and_a_hand_off():
    build.build(timezone.now())
    review = Review.objects.get(depth="full", kind="lost_deal")
    assert sorted(part.is_shared for part in review.own_parts.all()) == [False, True]
    assert review.debriefs.get().reasons.count() == 2
    assert not review.events.filter(without_it="").exists()
    assert FailureEvent.objects.get(anonymous=True).author is None
    hand_off = HandOff.objects.get()
    assert (hand_off.unanswered(), bool(hand_off.accepted_on)) == ([], True)
    assert [promise.has_gap for promise in hand_off.promises.all()] == [False, True]
    assert set(Commitment.objects.filter(review=hand_off.review).values_list("state", flat=True)) == {"accepted"}


def test_the_command_can_be_repeated(capsys):
    call_command("seed_demo")
    counts = {model: model._base_manager.count() for model in apps.get_models()}
    call_command("seed_demo")
    assert {model: model._base_manager.count() for model in apps.get_models()} == counts
    assert "mara@tarnholm.example" in capsys.readouterr().out


def test_everybody_in_the_demo_has_an_address_nothing_is_sent_to():
    build.build(timezone.now())
    assert [email for email in User.objects.values_list("email", flat=True) if not email.endswith(".example")] == []


def test_the_demo_is_not_put_beside_real_people(client):
    client.post("/setup/", FIRST)
    with pytest.raises(CommandError, match="real use"):
        call_command("seed_demo")
    assert User.objects.count() == 1


def test_start_for_real_makes_an_admin_and_then_lets_the_demo_go(client):
    build.build(timezone.now())
    client.force_login(User.objects.get(email="mara@tarnholm.example"))
    tried = Commitment.objects.filter(state="accepted").first()
    tried.drop(tried.person, "Only tried out.")
    assert client.post("/start/", FIRST, follow=True).redirect_chain == [("/start/", 302)]
    assert client.post("/start/demo/", follow=True).redirect_chain == [("/", 302)]
    left = {model._meta.label: model._base_manager.count() for model in apps.get_models() if own(model)}
    assert {label: count for label, count in left.items() if count} == {
        "accounts.User": 1,
        "accounts.Installation": 1,
        "accounts.Team": 1,
        "accounts.Membership": 1,
        "history.Change": 1,
    }
    assert client.get("/start/").status_code == 404


def test_with_a_real_admin_nobody_is_somebody_of_the_demo_any_more(client, settings):
    settings.DEMO = True
    build.build(timezone.now())
    mara, ada = (Client() for _ in range(2))
    for one, who in ((mara, "mara"), (ada, "ada")):
        one.post("/accounts/login/", {"login": f"{who}@tarnholm.example", "password": "tarnholm"})
    assert (mara.get("/people/").status_code, ada.get("/people/").status_code) == (404, 200)
    mara.post("/start/", FIRST)
    assert mara.get("/").wsgi_request.user.name == "Real Admin"
    assert ada.get("/people/").status_code == 302
    client.post("/accounts/login/", {"login": "ada@tarnholm.example", "password": "tarnholm"})
    assert client.get("/people/").status_code == 302
    assert "Be Mara" not in client.get("/accounts/login/").content.decode()
    assert "Nobody can log in as the demo team" in mara.get("/start/").content.decode()


def test_the_links_of_the_demo_leave_with_it():
    build.build(timezone.now())
    run_due()
    tokens = [model for model in apps.get_models() if issubclass(model, Token)]
    assert sum(model.objects.count() for model in tokens) > 5
    admin = User.objects.create_user("real@company.example", testing.PASSWORD, name="Real Admin")
    Installation.objects.create(opened_by=admin)
    removal.remove(admin)
    assert {model.__name__: model.objects.count() for model in tokens} == {model.__name__: 0 for model in tokens}


def own(model) -> bool:
    return model._meta.app_label in (
        "accounts",
        "history",
        "outbox",
        "inbound",
        "reviews",
        "actions",
    ) and model._meta.label != ("outbox.Tick")


def test_real_rows_stay_when_the_demo_goes():
    build.build(timezone.now())
    admin = User.objects.create_user("real@company.example", testing.PASSWORD, name="Real Admin")
    Installation.objects.create(opened_by=admin)
    team = Team.open("Company")
    Membership.objects.create(user=admin, team=team, role=Role.ADMIN)
    real = Deal.objects.create(name="A real deal", team=team, owner=admin)
    Team.objects.filter(pk=team.pk).update(default_sponsor=User.objects.get(email="sofia@tarnholm.example"))
    lost = Deal.objects.create(
        name="Lost by somebody of the demo", team=team, outcome="lost", lost_on=dt.date(2026, 11, 2), closed_on=None
    )
    lost.owner = User.objects.get(email="ines@tarnholm.example")
    lost.save()
    Review.open(lost, admin, today=dt.date(2026, 11, 3))
    mail = Mail.objects.create(key="real", kind="x", recipient=admin, due_at=timezone.now(), next_at=timezone.now())
    removal.remove(admin)
    assert set(Deal.objects.all()) == {real, lost}
    assert list(Summary.objects.values_list("team", "owner", "reviewed")) == [(team.pk, None, 1)]
    assert list(differences()) == []
    assert list(Team.objects.values_list("name", "default_sponsor")) == [("Company", None)]
    assert list(Mail.objects.all()) == [mail]
    assert list(User.objects.all()) == [admin]


def test_nobody_of_the_demo_lets_the_demo_go(client):
    build.build(timezone.now())
    ada = User.objects.get(email="ada@tarnholm.example")
    with pytest.raises(Refused, match="own admin first"):
        removal.remove(ada)
    client.force_login(ada)
    assert client.post("/start/demo/").status_code == 404
    assert User.objects.filter(batch_id=DEMO_BATCH).exists()


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
