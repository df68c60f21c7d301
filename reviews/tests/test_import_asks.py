"""Who is asked by mail about the losses an import brings."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command

from failforward.outbox.models import Mail
from failforward.testing import TODAY
from reviews.models import Deal, Review

pytestmark = pytest.mark.django_db
HEADER = "Deal ID,Deal Name,Owner,Stage,Close Date\n"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9, 30), dt.UTC), tick=True):
        yield


def bring_in(tmp_path, *rows: str, reviews: str = "90d") -> None:
    file = tmp_path / "deals.csv"
    file.write_text(HEADER + "\n".join(rows) + "\n")
    call_command("import_deals", str(file), reviews=reviews, verbosity=0)


def asked() -> set[tuple[str, str]]:
    """Whom, and about which deal."""
    mails = Mail.objects.filter(kind="capture").select_related("recipient")
    return {(mail.recipient.name, Review.objects.get(pk=mail.subject_id).deal.external_id) for mail in mails}


def test_the_owner_of_a_new_loss_is_asked_once(cast, tmp_path):
    rows = ["A1,Pump,Ines Duarte,Lost,2026-11-12", "A2,Valve,Tom Okafor,Lost,2026-11-13", "A3,Seal,Ines Duarte,Demo,"]
    bring_in(tmp_path, *rows)
    assert asked() == {("Ines Duarte", "A1"), ("Tom Okafor", "A2")}
    bring_in(tmp_path, *rows, reviews="all")
    assert Mail.objects.filter(kind="capture").count() == 2


def test_nobody_is_asked_about_old_losses(cast, tmp_path):
    bring_in(tmp_path, "A1,Pump,Ines Duarte,Lost,2026-08-26", "A2,Pump,Ines Duarte,Lost,2026-08-27", reviews="all")
    assert Review.objects.count() == 2
    assert asked() == {("Ines Duarte", "A2")}


def test_nobody_gets_more_than_three_mails_from_one_import(cast, tmp_path):
    ines = [f"A{n},Pump,Ines Duarte,Lost,2026-11-12" for n in range(4)]
    tom = [f"B{n},Pump,Tom Okafor,Lost,2026-11-12" for n in range(3)]
    bring_in(tmp_path, *ines, *tom)
    assert asked() == {("Tom Okafor", "B0"), ("Tom Okafor", "B1"), ("Tom Okafor", "B2")}
    assert Review.objects.filter(state="pending").count() == 7


def test_somebody_without_an_address_is_not_asked(cast, tmp_path):
    bring_in(tmp_path, "A1,Pump,Somebody New,Lost,2026-11-12", "A2,Pump,,Lost,2026-11-12")
    assert (Review.objects.count(), asked()) == (2, set())


def test_without_reviews_nobody_is_asked(cast, tmp_path):
    bring_in(tmp_path, "A1,Pump,Ines Duarte,Lost,2026-11-12", reviews="none")
    assert asked() == set()


def test_a_loss_that_is_open_again_keeps_its_review(cast, tmp_path):
    bring_in(tmp_path, "A1,Pump,Ines Duarte,Lost,2026-11-12")
    bring_in(tmp_path, "A1,Pump,Ines Duarte,Demo,")
    deal = Deal.objects.get()
    assert (deal.outcome, deal.lost_on, deal.closed_on) == ("open", None, None)
    assert Review.objects.get().lost_on == dt.date(2026, 11, 12)
