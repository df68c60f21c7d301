import sys

from django.core.management.base import BaseCommand

from failforward.accounts.models import Team
from reviews import summary_sql


class Command(BaseCommand):
    help = (
        "Tells whether the sums that insights are made of are what the reviews come to, with the chances of winning "
        "they were counted by. Exit code 0 when they are, 1 when not; `rebuild_summaries` puts them right."
    )

    def handle(self, *args, **options) -> None:
        names = dict(Team.objects.values_list("pk", "name"))
        are_right = True
        for difference in summary_sql.differences():
            are_right = False
            self.stdout.write(in_words(difference, names))
        if not are_right:
            sys.exit(1)
        self.stdout.write("The sums are right.")


def in_words(difference: summary_sql.Difference, names: dict[int, str]) -> str:
    """Which review put in something wrong stays unsaid: it may be one that few know of."""
    team, owner, category, month, currency = difference.key
    off = ", ".join(f"{name} {by:+}" for name, by in difference.off.items())
    what = "sum" if difference.is_sum else "a review's part"
    where = f"{names.get(team, team)}, owner {owner or '–'}, {category or 'not stated'}, {str(month)[:7]}, {currency}"
    return f"{what} of {where}: off by {off}"
