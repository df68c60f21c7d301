"""How many there are of several things, in one query."""

from django.db.models import IntegerField, QuerySet, Subquery

from failforward.accounts.models import User


class Counted(Subquery):
    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


def counts(user: User, most: int, **things: QuerySet) -> QuerySet:
    """One row, each no further than `most`. Asked beside the row of `user`, of which there is always one."""
    asked = {name: Counted(rows.order_by().values("pk")[:most]) for name, rows in things.items()}
    return User.objects.filter(pk=user.pk).values(**asked)
