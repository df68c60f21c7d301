from functools import partial

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from failforward.accounts.models import User
from failforward.guards import Refused
from failforward.listing import Listing
from reviews.forms.imports import DatesForm, StartForm, UploadForm
from reviews.imports import dates, rejected
from reviews.imports.run import carry_on, ring
from reviews.models import ImportJob, ImportRow, Review
from reviews.permissions import can_import

# A file of this size is looked at while the person waits; a larger one by the worker.
LOOK_AT_ONCE = 300_000
MOST_ROWS_SHOWN = 20
SEPARATORS = {",": gettext_lazy("comma"), ";": gettext_lazy("semicolon"), "\t": gettext_lazy("tab")}
ORDERS = {
    dates.DAY_FIRST: gettext_lazy("day first"),
    dates.MONTH_FIRST: gettext_lazy("month first"),
    dates.MIXED: gettext_lazy("both orders"),
    dates.ISO: gettext_lazy("year first"),
}


IMPORTS = Listing(
    ImportJob.objects.all, lambda user: [Q()], lambda jobs: jobs.select_related("by").defer("survey", "found")
)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def import_list(request: HttpRequest) -> HttpResponse:
    if not can_import(request.user):
        raise Http404
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        return redirect("import_detail", take_in(request.user, **form.cleaned_data).pk)
    page = IMPORTS.page(request.GET, request.user, {"new": ("-id",)})
    context = {
        "form": form,
        "page": page,
        "most_bytes": settings.IMPORT_MAX_BYTES,
        "most_rows": f"{settings.IMPORT_MAX_ROWS:,}",
    }
    return render(request, "reviews/import_list.html", context, status=422 if form.errors else 200)


def take_in(by: User, file: UploadedFile, joined: list[UploadedFile], source: str, currency: str) -> ImportJob:
    job = ImportJob.take_in(
        by,
        source=source,
        currency=currency,
        today=timezone.localdate(),
        main=(file.name, file.read()),
        joined=[(one.name, one.read()) for one in joined],
    )
    go_on(job, at_once=file.size <= LOOK_AT_ONCE)
    return job


def go_on(job: ImportJob, *, at_once: bool) -> None:
    if at_once:
        carry_on(job.pk)
    else:
        transaction.on_commit(partial(ring, job.pk))


@require_safe
@login_required
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return page(request, own_job(request, pk))


def own_job(request: HttpRequest, pk: int) -> ImportJob:
    job = get_object_or_404(ImportJob.objects.visible_to(request.user).select_related("by"), pk=pk)
    if request.method == "POST" and not can_import(request.user):
        raise PermissionDenied
    return job


def page(request: HttpRequest, job: ImportJob, status: int = 200, **context) -> HttpResponse:
    if job.state == ImportJob.State.CHECKED:
        context.setdefault("form", start_form(job) if job.found else DatesForm())
    if job.found:
        context["how_read"] = how_read(job.survey)
    left_out = job.rows.filter(result=ImportRow.Result.REJECTED).order_by("number")
    context |= {"job": job, "left_out": left_out[:MOST_ROWS_SHOWN] if job.rejected else []}
    if job.reviews_opened:
        came_in = Q(batch_id=job.uuid) | Q(deal__in=job.rows.exclude(deal=None).values("deal"))
        context["to_choose"] = Review.objects.visible_to(request.user).to_choose().filter(came_in).count()
    return render(request, "reviews/import_detail.html", context, status=status)


def how_read(survey: dict) -> list[tuple[str, str]]:
    """Encoding, separator, dates and currency, in words, so that a wrong guess is seen before anything is written."""
    encoding, delimiter = survey["reading"]
    orders = {ORDERS[order] for order in survey["layout"]["date_orders"].values() if order in ORDERS}
    read = [
        (_("Letters"), {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252"}.get(encoding, encoding.upper())),
        (_("Separator"), SEPARATORS[delimiter]),
        (_("Dates"), ", ".join(sorted(map(str, orders)))),
        (_("Currency"), survey["layout"]["currency"]),
    ]
    return [(label, value) for label, value in read if value]


def start_form(job: ImportJob, data=None) -> StartForm:
    return StartForm(data, found=job.found)


@require_POST
@login_required
def import_dates(request: HttpRequest, pk: int) -> HttpResponse:
    job = own_job(request, pk)
    form = DatesForm(request.POST)
    if not form.is_valid():
        return page(request, job, status=422, form=form)
    job.read_dates(request.user, form.cleaned_data["date_order"])
    go_on(job, at_once=True)
    return redirect("import_detail", pk)


@require_POST
@login_required
def import_start(request: HttpRequest, pk: int) -> HttpResponse:
    job = own_job(request, pk)
    if not job.found:
        return redirect("import_detail", pk)
    form = start_form(job, request.POST)
    if not form.is_valid():
        return page(request, job, status=422, form=form)
    try:
        job.start(request.user, reviews_from=form.cleaned_data["reviews_from"], today=timezone.localdate())
    except Refused as refusal:
        return page(request, job, status=409, refused=str(refusal))
    go_on(job, at_once=False)
    return redirect("import_detail", pk)


@require_POST
@login_required
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = own_job(request, pk)
    try:
        job.cancel(request.user)
    except Refused as refusal:
        return page(request, job, status=409, refused=str(refusal))
    return redirect("import_detail", pk)


@require_safe
@login_required
def import_errors(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows left out, to mend and import again."""
    job = own_job(request, pk)
    left_out = job.rows.filter(result=ImportRow.Result.REJECTED).order_by("number")
    rows = ((row.number, row.reason, row.raw["cells"]) for row in left_out.iterator())
    header = job.survey.get("layout", {}).get("header", [])
    response = StreamingHttpResponse(rejected.as_csv(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="import-{job.pk}-left-out.csv"'
    return response
