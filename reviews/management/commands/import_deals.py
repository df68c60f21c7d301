import datetime as dt
import sys
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from failforward.guards import Refused
from reviews.imports import dates, rejected
from reviews.imports.check import Files, check, counts_line
from reviews.imports.pending import DEFAULT
from reviews.imports.run import carry_on, open_job
from reviews.imports.survey import Survey, refuse_if_unsure, survey
from reviews.models import ImportJob, ImportRow

SOME_REJECTED = 3
MOST_SHOWN = 10


class Command(BaseCommand):
    help = (
        "Imports deals from a CSV or TSV file. The same file again changes nothing. Exit code 0 when every row came "
        "in, 3 when some were left out; they are written to FILE.errors.csv with the reason."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--source", default="", help="name of the source; the same name finds the same deals again")
        parser.add_argument(
            "--with",
            dest="joined",
            metavar="FILE",
            action="append",
            default=[],
            help="accounts, products with list prices or sales teams, recognised by their header; repeatable",
        )
        parser.add_argument(
            "--reviews",
            default=DEFAULT,
            metavar="all|none|YYYY-MM-DD",
            help="open a review to choose for each loss since then; without it, for the last 90 days",
        )
        parser.add_argument("--dry-run", action="store_true", help="look only, write nothing")
        parser.add_argument("--errors", metavar="PATH", help="where to write the rows left out")
        parser.add_argument("--dates", default="", choices=["", dates.DAY_FIRST, dates.MONTH_FIRST])
        parser.add_argument("--currency", default="EUR", help="of amounts that state none (three letters)")

    def handle(self, *args, **options) -> None:
        today = timezone.localdate()
        source_file = Path(options["file"])
        try:
            self.check_options(options)
            files = Files(opener(source_file), [(Path(name).name, opener(Path(name))) for name in options["joined"]])
            surveyed = survey(
                files.main, today=today, currency=options["currency"].upper(), date_order=options["dates"]
            )
            refuse_if_unsure(surveyed)
            run = self.look if options["dry_run"] else self.bring_in
            counts, errors = run(files, surveyed, today, options)
        except (Refused, OSError) as problem:
            raise CommandError(_sentence(problem, source_file)) from None
        except DatabaseError as problem:
            raise CommandError(_("The database refused: {why}").format(why=str(problem).strip())) from None
        if counts["rejected"]:
            self.write_errors(Path(options["errors"] or f"{source_file}.errors.csv"), surveyed.layout.header, errors)
        self.stdout.write(counts_line(**counts))
        if counts["rejected"]:
            self.stdout.flush()
            sys.exit(SOME_REJECTED)

    def check_options(self, options: dict) -> None:
        options["currency"] = options["currency"].upper()
        if not (options["currency"].isalpha() and options["currency"].isascii() and len(options["currency"]) == 3):
            raise CommandError(_("--currency takes the three letters of a currency, such as EUR."))
        if len(options["source"]) > 50:
            raise CommandError(_("The name of the source has more than 50 characters. Shorten it."))
        if options["reviews"] not in ("all", "none", DEFAULT):
            try:
                dt.date.fromisoformat(options["reviews"])
            except ValueError:
                raise CommandError(_("--reviews takes all, none or a day such as 2026-01-31.")) from None

    def look(self, files: Files, surveyed: Survey, today: dt.date, options: dict) -> tuple[dict, list]:
        errors: list[tuple[int, str, list[str]]] = []
        found = check(
            files,
            surveyed,
            source=options["source"] or surveyed.kind,
            currency=options["currency"],
            today=today,
            on_rejected=lambda *row: errors.append(row),
        )
        self.say(found.notes)
        self.stdout.write(_("Nothing was written: this was a dry run."))
        return {name: getattr(found, name) for name in ("read", "created", "updated", "unchanged", "rejected")}, errors

    def bring_in(self, files: Files, surveyed: Survey, today: dt.date, options: dict) -> tuple[dict, list]:
        joined = files.read_joined(options["currency"])
        self.say([*surveyed.notes, *joined.notes])
        job = open_job(
            name=Path(options["file"]).name,
            source=options["source"] or surveyed.kind,
            survey=surveyed,
            currency=options["currency"],
            reviews_from=options["reviews"],
            today=today,
        )
        carry_on(job.pk, files=files, seconds=float("inf"), raises=True)
        job.refresh_from_db()
        if job.state != ImportJob.State.DONE:
            raise Refused(job.problem or _("The import was stopped. What came in before stays; run it again."))
        self.stdout.write(_("Reviews to choose: {count} new.").format(count=job.reviews_opened))
        left_out = job.rows.filter(result=ImportRow.Result.REJECTED).order_by("number")
        errors = ((row.number, row.reason, row.raw["cells"]) for row in left_out.iterator())
        return job.counts(), errors

    def say(self, notes: list[str]) -> None:
        for note in notes:
            self.stdout.write(note)

    def write_errors(self, path: Path, header: list[str], errors) -> None:
        shown = []

        def remembered():
            for row in errors:
                if len(shown) < MOST_SHOWN:
                    shown.append(row)
                yield row

        try:
            with path.open("w", encoding="utf-8", newline="") as file:
                file.writelines(rejected.as_csv(header, remembered()))
        except OSError as problem:
            self.stderr.write(_sentence(problem, path))
            self.stderr.write(_("Say with --errors PATH where the rows left out are to be written."))
        for number, reason, _cells in shown:
            self.stdout.write(_("Row {number} was left out. {reason}").format(number=number, reason=reason))
        self.stdout.write(_("All rows left out, with the reasons: {path}").format(path=path))


def opener(path: Path):
    return partial(path.open, "rb")


def _sentence(problem: Exception, path: Path) -> str:
    if isinstance(problem, FileNotFoundError):
        return _("There is no file {path}.").format(path=problem.filename or path)
    if isinstance(problem, IsADirectoryError):
        return _("{path} is a folder. Give the file itself.").format(path=problem.filename or path)
    if isinstance(problem, PermissionError):
        return _("{path} may not be opened by this user.").format(path=problem.filename or path)
    if isinstance(problem, OSError):
        return _("{path}: {why}.").format(path=problem.filename or path, why=problem.strerror)
    return str(problem)
