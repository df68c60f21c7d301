"""What a newcomer meets in the demo team, and how it leaves. Every test has the one telling of the story."""

import datetime as dt

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client
from django.utils import timezone

from actions.evidence import store
from actions.models import Commitment, EvidenceFile
from failforward import testing
from failforward.accounts.models import Installation, Membership, Role, Team, User
from failforward.demo import build, removal
from failforward.demo.batch import DEMO_BATCH
from failforward.guards import Refused
from failforward.outbox import run_due
from failforward.outbox.models import Mail
from failforward.tests.test_demo import FIRST
from failforward.tokens import Token
from reviews.causality import add_causality
from reviews.models import Deal, FailureEvent, HandOff, Review, Summary
from reviews.summary_sql import differences

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("told")]


@pytest.fixture(scope="module")
def told(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        build.build(timezone.now())
        yield
        transaction.set_rollback(True)


def test_a_newcomer_meets_what_was_looked_into_and_a_near_miss():
    (event,) = FailureEvent.objects.exclude(comparisons=None)
    add_causality([event])
    assert event.base_rate.in_words == "present in 1 of 3 wins looked at, and one nobody can tell of"
    assert event.why_counts.in_words == "4 whys, one assumed, why it was not noticed sooner"
    near_miss = FailureEvent.objects.get(review__kind="win")
    assert near_miss.finding == event.finding


def test_a_newcomer_meets_a_full_review_and_a_hand_off():
    review = Review.objects.get(depth="full", kind="lost_deal")
    assert sorted(part.is_shared for part in review.own_parts.all()) == [False, True]
    assert review.debriefs.get().reasons.count() == 2
    assert not review.events.filter(without_it="").exists()
    assert FailureEvent.objects.get(anonymous=True).author is None
    hand_off = HandOff.objects.get()
    assert (hand_off.unanswered(), bool(hand_off.accepted_on)) == ([], True)
    assert [promise.has_gap for promise in hand_off.promises.all()] == [False, True]
    assert set(Commitment.objects.filter(review=hand_off.review).values_list("state", flat=True)) == {"accepted"}


def test_everybody_in_the_demo_has_an_address_nothing_is_sent_to():
    assert [email for email in User.objects.values_list("email", flat=True) if not email.endswith(".example")] == []


def test_start_for_real_makes_an_admin_and_then_lets_the_demo_go(client):
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
    run_due()
    tokens = [model for model in apps.get_models() if issubclass(model, Token)]
    assert sum(model.objects.count() for model in tokens) > 5
    admin = User.objects.create_user("real@company.example", testing.PASSWORD, name="Real Admin")
    Installation.objects.create(opened_by=admin)
    removal.remove(admin)
    assert {model.__name__: model.objects.count() for model in tokens} == {model.__name__: 0 for model in tokens}


def test_the_files_of_the_demo_leave_with_it(django_capture_on_commit_callbacks):
    path = store.path_of(EvidenceFile.objects.get().stored_as)
    assert path.read_bytes().startswith(b"gateway,firmware")
    admin = User.objects.create_user("real@company.example", testing.PASSWORD, name="Real Admin")
    Installation.objects.create(opened_by=admin)
    with django_capture_on_commit_callbacks(execute=True):
        removal.remove(admin)
    assert not path.exists()


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
    ada = User.objects.get(email="ada@tarnholm.example")
    with pytest.raises(Refused, match="own admin first"):
        removal.remove(ada)
    client.force_login(ada)
    assert client.post("/start/demo/").status_code == 404
    assert User.objects.filter(batch_id=DEMO_BATCH).exists()
