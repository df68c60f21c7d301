"""How many there are of several things, in one query."""

from django.db.models import IntegerField, QuerySet, Subquery

from failforward.accounts.models import User


class Counted(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


def counts(user: User, most: int, **things: QuerySet) -> QuerySet:
    """One row, each no further than `most`. Asked beside the row of `user`, of which there is always one."""
    asked = {name: Counted(as_far_as(rows, most)) for name, rows in things.items()}
    return User.objects.filter(pk=user.pk).values(**asked)


def as_far_as(rows: QuerySet, most: int) -> QuerySet:
    """Ordered only where that was wished for, and cut: their index is met in its order."""
    return rows if rows.query.is_sliced else rows.order_by().values("pk")[:most]
