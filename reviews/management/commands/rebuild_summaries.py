from django.core.management.base import BaseCommand

from reviews import summary_sql


class Command(BaseCommand):
    help = "Reckons the sums that insights are made of anew. People may go on working meanwhile."

    def handle(self, *args, **options) -> None:
        summary_sql.rebuild()
        self.stdout.write("The sums are filled anew.")
