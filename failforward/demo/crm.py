"""Deals come as to any team: by a file from the CRM."""

import csv
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.core.management import call_command

from failforward.demo import deals
from reviews.models import Activity, Deal

if TYPE_CHECKING:
    from failforward.demo.build import Story

SOURCE = "Demo CRM"


def bring_deals(story: "Story") -> None:
    """As any team does: by a file from the CRM."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deals.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows(lines(story))
        with open("/dev/null", "w") as quiet:
            call_command("import_deals", str(path), source=SOURCE, stdout=quiet)
    for number, loss in enumerate(deals.LOSSES):
        note_calls(story, Deal.objects.get(source=SOURCE, external_id=loss.key), loss, number)


def lines(story: "Story") -> list[list]:
    header = "Opportunity ID,Account,Deal name,Owner,Stage,Stage at loss,Amount,Created date,Close date,Lost to"
    rows = [header.split(",")]
    for loss in deals.LOSSES:
        stage = {"no decision": "No decision", "withdrawn": "Withdrawn"}.get(loss.lost_to, "Lost to competitor")
        rival = loss.lost_to if stage == "Lost to competitor" else ""
        closed, opened = story.day(loss.days_ago), story.day(loss.days_ago + 95)
        owner = story.people[loss.owner].name
        amount = "" if loss.amount is None else loss.amount
        rows.append([loss.key, loss.customer, loss.name, owner, stage, loss.stage, amount, opened, closed, rival])
    for number, (customer, name, amount, owner, days_ago) in enumerate(deals.WINS, 1):
        closed, opened = story.day(days_ago), story.day(days_ago + 80)
        owner = story.people[owner].name
        rows.append([f"won-{number}", customer, name, owner, "Won", "", amount, opened, closed, ""])
    for number, (customer, name, amount, owner, stage, days_ago) in enumerate(deals.OPEN, 1):
        owner = story.people[owner].name
        rows.append([f"open-{number}", customer, name, owner, stage, "", amount, story.day(days_ago), "", ""])
    return rows


def note_calls(story: "Story", deal: Deal, loss: deals.Loss, number: int) -> None:
    owner = story.people[loss.owner]
    calls = [
        ("in", 88, "They asked for a quote", "We agreed on a site visit.", None),
        ("out", 70 - number % 5, "Site visit", "Two of them, two of us.", None),
        ("out", 48 - number % 7, "Quote sent", "", number % 3 != 0),
    ]
    for direction, before, what, outcome, answered in calls:
        on = story.day(loss.days_ago + before)
        Activity.add(
            deal,
            owner,
            direction=direction,
            happened_on=on,
            subject=what,
            outcome=outcome,
            answered=answered,
            today=story.today,
        )
