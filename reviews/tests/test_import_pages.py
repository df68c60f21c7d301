import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from failforward.testing import TODAY
from reviews.imports.run import carry_on
from reviews.models import Deal, ImportFile, ImportJob, Review

DEALS = (
    "Opportunity ID,Deal Name,Owner,Stage,Amount,Close Date\n"
    "A1,Pump for Arnholt,Ines Duarte,Won,1054,2026-03-01\n"
    "A2,<script>alert(1)</script>,Tom Okafor,Lost,550,2026-11-12\n"
    "A3,=cmd|'/C calc'!A0,Tom Okafor,Lost,,2026-03-02\n"
    "A4,Seal,Tom Okafor,Lost,,\n"
    "A5,Hose,Tom Okafor,Demo,12,\n"
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9, 30), dt.UTC), tick=True):
        yield


@pytest.fixture(autouse=True)
def rung(monkeypatch) -> list[int]:
    """Which jobs the queue was woken for; the tests carry them on themselves."""
    jobs: list[int] = []
    monkeypatch.setattr("reviews.views.imports.ring", jobs.append)
    return jobs


@pytest.fixture
def admin(cast, client: Client) -> Client:
    client.force_login(cast.admin)
    return client


def upload(client: Client, text: str | bytes = DEALS, name: str = "deals.csv", **fields):
    content = text.encode() if isinstance(text, str) else text
    data = {"file": SimpleUploadedFile(name, content), "source": "", "currency": "eur"} | fields
    return client.post(reverse("import_list"), data)


def body(response) -> str:
    return " ".join(response.content.decode().split())


def test_an_upload_is_looked_at_before_anything_is_written(admin, cast):
    response = upload(admin)
    job = ImportJob.objects.get()
    assert response["Location"] == reverse("import_detail", args=[job.pk])
    assert (job.state, job.by, job.source, job.currency, Deal.objects.count()) == (
        "checked",
        cast.admin,
        "csv",
        "EUR",
        0,
    )
    found = job.found
    assert {name: found[name] for name in ("read", "created", "rejected", "won", "lost", "open", "people")} == {
        "read": 5,
        "created": 4,
        "rejected": 1,
        "won": 1,
        "lost": 2,
        "open": 1,
        "people": 2,
    }
    page = body(admin.get(response["Location"]))
    assert "The last 90 days: 1" in page
    assert "All: 2" in page
    assert "Row 5</span> The deal is lost, but no day is stated. Fill in “Close Date”." in page
    assert "Import 4 deals" in page
    for label, value in [("Letters", "UTF-8"), ("Separator", "comma"), ("Dates", "year first"), ("Currency", "EUR")]:
        assert f"<dt>{label}</dt><dd>{value}</dd>" in page


def test_the_import_runs_in_the_worker_and_ends_with_what_came_in(admin, rung):
    job = ImportJob.objects.get(pk=upload(admin)["Location"].split("/")[-2])
    assert rung == []
    admin.post(reverse("import_start", args=[job.pk]), {"reviews_from": "all"})
    job.refresh_from_db()
    assert (job.state, rung, Deal.objects.count()) == ("running", [job.pk], 0)
    running = body(admin.get(reverse("import_detail", args=[job.pk])))
    assert "0 of 5 rows" in running
    assert '<progress class="way" aria-label="Rows done" value="0" max="5">' in running
    assert carry_on(job.pk) is False
    done = body(admin.get(reverse("import_detail", args=[job.pk])))
    assert "2 losses wait to be chosen." in done
    Review.objects.filter(deal__external_id="A2").update(state="gathering")
    assert "1 loss waits to be chosen." in body(admin.get(reverse("import_detail", args=[job.pk])))
    # Another batch's mark on it, as the demo puts one, takes it out of nobody's hands.
    Review.objects.update(batch_id=uuid4())
    assert "1 loss waits to be chosen." in body(admin.get(reverse("import_detail", args=[job.pk])))
    Review.objects.update(state="waived", waived_because="Too small.")
    decided = body(admin.get(reverse("import_detail", args=[job.pk])))
    assert "Every loss that this file put up is chosen or waived." in decided and "to be chosen" not in decided
    assert "The deal is lost, but no day is stated." in done
    assert (Deal.objects.count(), Review.objects.count(), ImportFile.objects.count()) == (4, 2, 0)
    assert "&lt;script&gt;" not in done
    assert "<script>alert" not in done


def test_pressing_import_twice_runs_it_once(admin, rung):
    job = ImportJob.objects.get(pk=upload(admin)["Location"].split("/")[-2])
    for _time in range(2):
        admin.post(reverse("import_start", args=[job.pk]), {"reviews_from": "none"})
    carry_on(job.pk)
    assert carry_on(job.pk) is False
    admin.post(reverse("import_start", args=[job.pk]), {"reviews_from": "all"})
    job.refresh_from_db()
    assert (job.state, job.created, Review.objects.count()) == ("done", 4, 0)


def test_rows_left_out_can_be_downloaded_without_formulas(admin):
    text = DEALS + "A6,=1+1,@Tom,Lost,-7,\n"
    job = ImportJob.objects.get(pk=upload(admin, text)["Location"].split("/")[-2])
    admin.post(reverse("import_start", args=[job.pk]), {"reviews_from": "none"})
    carry_on(job.pk)
    response = admin.get(reverse("import_errors", args=[job.pk]))
    rows = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[0] == "row,reason,Opportunity ID,Deal Name,Owner,Stage,Amount,Close Date"
    assert rows[2].endswith(",A6,'=1+1,'@Tom,Lost,-7,")
    assert response["Content-Disposition"] == f'attachment; filename="import-{job.pk}-left-out.csv"'


def test_dates_that_can_be_read_both_ways_are_asked_for(admin):
    text = "id,name,stage,close date\n1,Pump,Lost,01/02/2026\n2,Valve,Lost,03/04/2026\n"
    url = upload(admin, text)["Location"]
    job = ImportJob.objects.get()
    asked = body(admin.get(url))
    assert "close date: 01/02/2026" in asked
    started = admin.post(reverse("import_start", args=[job.pk]), {"reviews_from": "all"}, follow=True)
    assert "How do the dates begin?" in body(started)
    assert admin.post(reverse("import_dates", args=[job.pk]), {"date_order": "sideways"}).status_code == 422
    admin.post(reverse("import_dates", args=[job.pk]), {"date_order": "day-first"})
    admin.post(reverse("import_start", args=[job.pk]), {"reviews_from": "none"})
    carry_on(job.pk)
    assert Deal.objects.get(external_id="1").lost_on == dt.date(2026, 2, 1)


def test_an_import_can_be_cancelled_before_and_while_it_runs(admin):
    job = ImportJob.objects.get(pk=upload(admin)["Location"].split("/")[-2])
    admin.post(reverse("import_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert (job.state, ImportFile.objects.count()) == ("cancelled", 0)
    assert "Nothing was written." in body(admin.get(reverse("import_detail", args=[job.pk])))
    refused = admin.post(reverse("import_start", args=[job.pk]), {"reviews_from": "all"})
    assert (refused.status_code, "Choose the file again." in body(refused)) == (409, True)
    other = ImportJob.objects.get(pk=upload(admin)["Location"].split("/")[-2])
    admin.post(reverse("import_start", args=[other.pk]), {"reviews_from": "all"})
    admin.post(reverse("import_cancel", args=[other.pk]))
    assert (carry_on(other.pk), Deal.objects.count()) == (False, 0)


def test_a_finished_import_cannot_be_cancelled(admin):
    job = ImportJob.objects.get(pk=upload(admin)["Location"].split("/")[-2])
    admin.post(reverse("import_start", args=[job.pk]), {"reviews_from": "all"})
    carry_on(job.pk)
    response = admin.post(reverse("import_cancel", args=[job.pk]))
    assert (response.status_code, "This import has ended already." in body(response)) == (409, True)


@pytest.mark.parametrize(
    "content, says",
    [
        (b"PK\x03\x04rest", "This is a spreadsheet."),
        (b"one,two\n1,2\n", "No row names its columns"),
        (bytes(range(256)) * 20, "This is not a text file."),
    ],
)
def test_a_file_that_cannot_be_deals_says_so_on_its_page(admin, content, says):
    page = body(admin.get(upload(admin, content)["Location"]))
    assert says in page
    assert ImportJob.objects.get().state == "failed"


def test_limits_stand_on_the_page_and_hold(admin, settings):
    settings.IMPORT_MAX_BYTES, settings.IMPORT_MAX_ROWS = 400, 3
    assert "Up to 400 bytes together and 3 rows." in body(admin.get(reverse("import_list"))).replace("\xa0", " ")
    too_big = upload(admin, DEALS * 2)
    assert (too_big.status_code, ImportJob.objects.count()) == (422, 0)
    assert "is the limit. Split the file" in body(too_big)
    assert "The file has more than 3 rows" in body(admin.get(upload(admin, DEALS)["Location"]))


def test_a_form_without_a_file_keeps_what_was_typed(admin):
    response = admin.post(reverse("import_list"), {"source": "europe", "currency": "euros"})
    page = body(response)
    assert (response.status_code, "<title>Error:" in page) == (422, True)
    assert 'value="europe"' in page
    assert "Write the three letters of a currency, for instance EUR." in page


def test_joined_files_come_along_and_an_unknown_one_is_named(admin):
    products = SimpleUploadedFile("products.csv", b"product,sales_price\nPump for Arnholt,7\n")
    other = SimpleUploadedFile("other.csv", b"colour,taste\nred,sweet\n")
    upload(admin, joined=[products, SimpleUploadedFile("teams.csv", b"sales_agent,manager\nTom Okafor,Mara\n")])
    assert ImportFile.objects.count() == 3
    page = body(admin.get(upload(admin, joined=[other])["Location"]))
    assert "other.csv is none of the files that can be joined." in page


def test_the_same_file_again_offers_no_reviews_and_changes_nothing(admin):
    for _time in range(2):
        job = ImportJob.objects.get(pk=upload(admin)["Location"].split("/")[-2])
        page = body(admin.get(reverse("import_detail", args=[job.pk])))
        admin.post(reverse("import_start", args=[job.pk]), {"reviews_from": "all"})
        carry_on(job.pk)
    assert "All: 0" in page
    job.refresh_from_db()
    assert (job.created, job.updated, job.unchanged, job.rejected, job.reviews_opened) == (0, 0, 4, 1, 0)


def test_the_list_asks_the_same_number_of_questions_for_one_import_and_three(admin):
    counts = []
    for _time in range(2):
        upload(admin)
        with CaptureQueriesContext(connection) as asked:
            admin.get(reverse("import_list"))
        counts.append(len(asked))
        upload(admin)
    assert counts[0] == counts[1] <= 8


def test_an_import_is_read_by_who_started_it_and_by_admins(admin, cast):
    job = ImportJob.objects.get(pk=upload(admin)["Location"].split("/")[-2])
    assert set(ImportJob.objects.visible_to(cast.admin)) == {job}
    assert set(ImportJob.objects.visible_to(cast.manager)) == set()
    ImportJob.objects.update(by=cast.manager)
    assert set(ImportJob.objects.visible_to(cast.manager)) == {job}
