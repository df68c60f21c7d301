"""Carries an import job through: in chunks, from where the last one ended, by one worker at a time."""

import datetime as dt
import io
import logging
import time
import uuid
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from failforward.guards import Refused
from reviews import capture
from reviews.imports.check import Files, check, said
from reviews.imports.pending import Pending, to_be_asked
from reviews.imports.rows import DealRow
from reviews.imports.save import BATCH, Saver
from reviews.imports.survey import Survey, deal_rows, survey
from reviews.models import ImportJob, ImportRow

log = logging.getLogger(__name__)
CHUNK_SECONDS = 25
MOST_ATTEMPTS = 3
MOST_KEPT_OF_A_CELL = 2_000


class LeaseLost(Exception):
    """Somebody else has the job, or it was cancelled: stop, the batch in hand is rolled back."""


def carry_on(job_id: int, *, files: Files | None = None, seconds: float = CHUNK_SECONDS, raises: bool = False) -> bool:
    """Works on the job until it is done or the time is up. True when there is more to do.

    `raises` lets an unexpected error through to whoever waits for the result.
    """
    token = ImportJob.objects.claim(job_id)
    if token is None:
        return False
    job = ImportJob.objects.get(pk=job_id)
    try:
        if job.attempts > MOST_ATTEMPTS:
            raise Refused(
                _(
                    "The import broke off {count} times after row {row}. Whoever runs the server finds why in its log."
                ).format(count=MOST_ATTEMPTS, row=job.cursor)
            )
        if job.state == ImportJob.State.LOOKING:
            look(job, token, files or stored_files(job))
            return False
        return Chunk(job, token, files or stored_files(job), seconds).work()
    except Refused as refusal:
        job.fail(token, str(refusal))
    except LeaseLost:
        log.info("import job %s has another worker or was cancelled", job_id)
    except Exception:
        if raises:
            job.fail(token, _("The import broke off. What came in before stays; run it again."))
            raise
        log.exception("import job %s broke off and will be carried on", job_id)
        ImportJob.objects.release(job_id, token)
    return False


def ring(job_id: int) -> None:
    """Wakes the queue. Only a hint: the next tick finds the job by itself."""
    from reviews.tasks import carry_on_import

    try:
        carry_on_import.apply_async([job_id], retry=False)
    except Exception as error:  # No broker must never stop what the person did.
        log.warning("The queue cannot be reached, the next tick carries the import on: %s", error)


def look(job: ImportJob, token: uuid.UUID, files: Files) -> None:
    """The dry run of an uploaded file."""
    surveyed = survey(
        files.main,
        today=job.started_on,
        currency=job.currency,
        date_order=job.date_order,
        most_rows=settings.IMPORT_MAX_ROWS,
    )
    job.source = job.source or surveyed.kind
    found = {}
    if not surveyed.ask_dates:
        found = check(files, surveyed, source=job.source, currency=job.currency, today=job.started_on).as_json()
    with transaction.atomic():
        if ImportJob.objects.hold(job.pk, token):
            job.looked_at(surveyed.as_json(), found)


def stored_files(job: ImportJob) -> Files:
    stored = list(job.files.order_by("pk"))
    main = next((file for file in stored if file.is_main), None)
    if main is None:
        raise Refused(_("The import was interrupted and its file is not here. Import the file again."))
    return Files(
        partial(io.BytesIO, bytes(main.content)),
        [(file.name, partial(io.BytesIO, bytes(file.content))) for file in stored if not file.is_main],
    )


class Chunk:
    def __init__(self, job: ImportJob, token: uuid.UUID, files: Files, seconds: float) -> None:
        self.job, self.token, self.files = job, token, files
        self.until = time.monotonic() + seconds
        self.survey = Survey.from_json(job.survey)
        self.saver = Saver(job.source, files.read_joined(job.currency), batch_id=job.uuid, currency=job.currency)
        self.pending = Pending(job.reviews_from, job.started_on)

    def work(self) -> bool:
        self.at_once(self.saver.set_up)
        rows: dict[int, DealRow] = {}
        rejected: list[ImportRow] = []
        done = 0
        for done, (record, read) in enumerate(deal_rows(self.files.main, self.survey), 1):
            if done <= self.job.cursor:
                continue
            if isinstance(read, DealRow):
                rows[record.number] = read
            else:
                rejected.append(self.rejected(record.number, read, record.cells))
            if len(rows) + len(rejected) == BATCH:
                self.save(rows, rejected, done)
                rows, rejected = {}, []
                if time.monotonic() > self.until:
                    ImportJob.objects.release(self.job.pk, self.token)
                    return True
        if rows or rejected:
            self.save(rows, rejected, done)
        self.at_once(self.finish)
        return False

    def save(self, rows: dict[int, DealRow], rejected: list[ImportRow], done: int) -> None:
        self.at_once(partial(self.save_batch, rows, rejected, done))

    def at_once(self, step: Callable[[], None]) -> None:
        """One short transaction. Another import may just have made the same person or deal: then once more."""
        for last in (False, False, True):
            try:
                with transaction.atomic():
                    self.hold()
                    return step()
            except IntegrityError:
                if last:
                    raise
                self.saver.forget()

    def save_batch(self, rows: dict[int, DealRow], rejected: list[ImportRow], done: int) -> None:
        batch = self.saver.compare(rows)
        self.saver.write(batch, self.job)
        ImportRow.objects.bulk_create(rejected, batch_size=BATCH)
        ImportJob.objects.batch_is_in(
            self.job,
            cursor=done,
            created=len(batch.created),
            updated=len(batch.updated),
            unchanged=len(batch.unchanged),
            rejected=len(rejected),
            reviews_opened=self.pending.open(batch.deals(), self.job),
        )

    def hold(self) -> None:
        if not ImportJob.objects.hold(self.job.pk, self.token):
            raise LeaseLost

    def finish(self) -> None:
        self.job.refresh_from_db()
        self.job.finish()
        for review in to_be_asked(self.job, self.job.started_on):
            capture.ask_owner(review, self.job.by)

    def rejected(self, number: int, problems: list, cells: list[str]) -> ImportRow:
        kept = [cell[:MOST_KEPT_OF_A_CELL].replace("\x00", "\N{REPLACEMENT CHARACTER}") for cell in cells]
        return ImportRow(
            job=self.job,
            number=number,
            result=ImportRow.Result.REJECTED,
            reason=said(problems),
            raw={"cells": kept},
        )


def open_job(*, name: str, source: str, survey: Survey, currency: str, reviews_from: str, today: dt.date) -> ImportJob:
    """A job that runs at once, held by whoever starts it: the command, whose files are not stored."""
    return ImportJob.objects.create(
        file_name=name[:255],
        source=source,
        survey=survey.as_json(),
        currency=currency,
        reviews_from=reviews_from,
        total=survey.total,
        state=ImportJob.State.RUNNING,
        started_on=today,
    )
