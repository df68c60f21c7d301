"""What imports did to a deal, as lines of its history. An import is one Change row of its own; these are read from its
rows and never saved."""

from failforward.history.models import Change
from reviews.models import Deal, ImportRow


def changes_of(deal: Deal, most: int) -> list[Change]:
    """The deal's own changes and what imports did to it, newest first."""
    rows = deal.import_rows.exclude(result=ImportRow.Result.REJECTED).select_related("job__by").order_by("-pk")[:most]
    told = [*Change.objects.about(deal)[:most], *(_change(deal, row) for row in rows)]
    return sorted(told, key=lambda change: change.at, reverse=True)[:most]


def _change(deal: Deal, row: ImportRow) -> Change:
    return Change(
        subject=deal._meta.label_lower,
        subject_id=deal.pk,
        verb="come in" if row.result == ImportRow.Result.CREATED else "import",
        by=row.job.by,
        at=row.job.finished_at or row.job.created_at,
        details={"file": row.job.file_name, "fields": sorted(name.removesuffix("_id") for name in row.before)},
    )
