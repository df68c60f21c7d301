"""Imports that are interrupted, cancelled, or worked on by two at once."""

import datetime as dt
import io
import threading
from functools import partial

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from failforward.accounts.models import CrmIdentity, Membership, Team, User
from failforward.history.models import Change
from failforward.testing import TODAY
from reviews.imports import run
from reviews.imports.check import Files
from reviews.imports.run import Chunk, carry_on, open_job
from reviews.imports.survey import survey
from reviews.models import Account, Deal, ImportFile, ImportJob, ImportRow, Review
from reviews.tasks import carry_on_imports

ROWS = 45
LINES = [f"D{n},Pump {n},Rep {n % 7},Customer {n % 5},Lost,{n}00,2026-11-{n % 20 + 1:02}" for n in range(ROWS)]
DEALS = "\n".join(["Deal ID,Deal Name,Owner,Account,Stage,Amount,Close Date", *LINES, "only,three,cells", ""])
TEAMS = "sales agent,manager,region\n" + "".join(f"Rep {n},Lead {n % 2},North\n" for n in range(7))

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """What kill -9 looks like from inside: nobody catches it and nothing is put in order."""


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(run, "BATCH", 10)


@pytest.fixture
def job() -> ImportJob:
    return new_job()


def new_job(source: str = "csv", text: str = DEALS) -> ImportJob:
    main = partial(io.BytesIO, text.encode())
    job = open_job(
        name="deals.csv",
        source=source,
        survey=survey(main, today=TODAY),
        currency="EUR",
        reviews_from="all",
        today=TODAY,
    )
    ImportFile.objects.create(job=job, name="deals.csv", is_main=True, content=text.encode())
    ImportFile.objects.create(job=job, name="teams.csv", content=TEAMS.encode())
    return job


def lapse(job: ImportJob) -> None:
    ImportJob.objects.filter(pk=job.pk).update(lease_until=timezone.now() - dt.timedelta(hours=1))


def figures() -> dict[str, int]:
    models = (User, Team, Membership, CrmIdentity, Account, Deal, Review, ImportRow)
    return {model.__name__: model.objects.count() for model in models}


WHOLE = {
    "User": 9,
    "Team": 3,
    "Membership": 9,
    "CrmIdentity": 9,
    "Account": 5,
    "Deal": ROWS,
    "Review": ROWS,
    "ImportRow": ROWS + 1,
}


def ends_whole(job: ImportJob) -> None:
    job.refresh_from_db()
    assert (job.state, job.cursor, job.created, job.rejected, job.reviews_opened) == ("done", 46, ROWS, 1, ROWS)
    assert figures() == WHOLE
    assert Change.objects.filter(verb="import").count() == 1


def kill_in_batch(monkeypatch, number: int, *, before_commit: bool) -> None:
    whole = Chunk.save_batch if before_commit else Chunk.save
    calls = iter(range(1, 100))

    def killed(self, *arguments):
        saved = whole(self, *arguments)
        if next(calls) == number:
            raise Killed
        return saved

    monkeypatch.setattr(Chunk, "save_batch" if before_commit else "save", killed)


@pytest.mark.parametrize("before_commit", [True, False])
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_killed_chunk_is_carried_on_where_it_ended(job, monkeypatch, number, before_commit):
    with monkeypatch.context() as killing:
        kill_in_batch(killing, number, before_commit=before_commit)
        with pytest.raises(Killed):
            carry_on(job.pk)
    done = 10 * (number - 1 if before_commit else number)
    job.refresh_from_db()
    assert (job.state, job.cursor, Deal.objects.count()) == ("running", min(done, 46), min(done, ROWS))
    assert carry_on(job.pk) is False, "the lease still stands: nobody else may begin"
    assert Deal.objects.count() == min(done, ROWS)
    lapse(job)
    carry_on_imports()
    ends_whole(job)


def test_a_job_is_worked_on_in_chunks(job):
    assert [carry_on(job.pk, seconds=0) for _chunk in range(6)] == [True, True, True, True, False, False]
    ends_whole(job)


def test_a_second_worker_leaves_the_job_to_the_first(job):
    token = ImportJob.objects.claim(job.pk)
    assert (token is not None, ImportJob.objects.claim(job.pk), carry_on(job.pk)) == (True, None, False)
    assert Deal.objects.count() == 0


def test_a_worker_that_slept_past_its_lease_writes_nothing_more(job, monkeypatch):
    whole = Chunk.save

    def slept_before_the_second(self, rows, rejected, done):
        if done == 20:
            lapse(job)
            ImportJob.objects.claim(job.pk)
        whole(self, rows, rejected, done)

    with monkeypatch.context() as sleeping:
        sleeping.setattr(Chunk, "save", slept_before_the_second)
        assert carry_on(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.cursor, Deal.objects.count()) == ("running", 10, 10)
    lapse(job)
    carry_on(job.pk)
    ends_whole(job)


def test_cancelling_stops_before_the_next_batch(job, monkeypatch):
    whole = Chunk.save

    def cancelled_after(self, rows, rejected, done):
        whole(self, rows, rejected, done)
        if done == 20:
            ImportJob.objects.get(pk=job.pk).cancel(None)

    monkeypatch.setattr(Chunk, "save", cancelled_after)
    assert carry_on(job.pk) is False
    job.refresh_from_db()
    assert (job.state, job.cursor, Deal.objects.count(), Review.objects.count()) == ("cancelled", 20, 20, 20)
    assert ImportFile.objects.count() == 0
    carry_on_imports()
    assert Deal.objects.count() == 20


def test_a_row_that_breaks_the_import_each_time_stops_it_with_a_sentence(job, monkeypatch):
    def broken(self, *arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(Chunk, "save_batch", broken)
    for _time in range(5):
        carry_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 4)
    assert job.problem.startswith("The import broke off 3 times after row 0.")


def test_an_import_whose_file_is_not_here_says_so(job):
    ImportFile.objects.all().delete()
    carry_on(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (
        "failed",
        "The import was interrupted and its file is not here. Import the file again.",
    )


def in_threads(*work) -> None:
    """Runs each in a thread of its own; an error in one is an error of the test."""
    errors = []

    def one(call):
        try:
            call()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[call]) for call in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    close_old_connections()
    assert errors == []


def test_two_workers_on_one_job_make_nothing_twice(job):
    in_threads(*[partial(carry_on, job.pk)] * 4)
    ends_whole(job)


def test_two_imports_of_one_file_at_once_make_nothing_twice():
    jobs = [new_job(), new_job()]
    in_threads(*[partial(carry_on, job.pk) for job in jobs])
    for job in jobs:
        lapse(job)
        carry_on(job.pk)
        job.refresh_from_db()
    assert [job.state for job in jobs] == ["done", "done"]
    assert sum(job.created for job in jobs) == ROWS
    made = figures()
    # Each of the two names the row it left out; people and teams are made once.
    assert made == WHOLE | {"ImportRow": ROWS + 2}


def test_files_from_a_path_are_read_without_being_stored(tmp_path):
    (tmp_path / "deals.csv").write_text(DEALS)
    main = partial((tmp_path / "deals.csv").open, "rb")
    job = open_job(
        name="deals.csv",
        source="csv",
        survey=survey(main, today=TODAY),
        currency="EUR",
        reviews_from="none",
        today=TODAY,
    )
    assert carry_on(job.pk, files=Files(main, [])) is False
    assert (Deal.objects.count(), ImportFile.objects.count()) == (ROWS, 0)
