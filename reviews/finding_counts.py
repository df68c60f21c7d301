"""How often a weakness was seen; one query for a whole page of findings."""

from django.db.models import Count, Q, QuerySet

from failforward.prepared import prepared
from reviews.models import FailureEvent, Finding
from reviews.models.event import Role
from reviews.models.review import is_of_a_loss, is_standard


def add_event_counts(findings: list[Finding]) -> None:
    """Sets `event_count` and `caused_count` on each: of standard reviews only, the same for everybody. A near miss
    caused no loss."""
    rows = counts_of(*(finding.pk for finding in findings)) if findings else []
    counts = {pk: (seen, caused) for pk, seen, caused in rows}
    for finding in findings:
        finding.event_count, finding.caused_count = counts.get(finding.pk, (0, 0))


@prepared
def counts_of(*findings: int) -> QuerySet:
    return (
        FailureEvent.objects.filter(is_standard(), finding__in=findings)
        .order_by()
        .values_list("finding")
        .annotate(seen=Count("pk"), caused=Count("pk", filter=Q(causal_role=Role.CAUSED) & Q(is_of_a_loss())))
    )
