"""What follows from reviews, beside `seed_many`: action lists, actions with a milestone, commitments, mail, imports.

Made by the models, so that a new column needs no word here; cut at MOST, since an hour of seeding measures nothing.
"""

from datetime import date, timedelta

LISTS, MOST, KEPT_HERE = 180, 20_000, 60
FIRST_DAY = date(2025, 1, 1)


def seed(deals: int, readers) -> None:
    from benchmarks.seed_many import count_rows
    from failforward.accounts.models import Team, User

    teams = list(Team.objects.filter(parent__isnull=False).order_by("pk"))
    reps = list(User.objects.filter(email=None).order_by("pk"))
    named = {name: User.objects.get(email=email) for name, email in vars(readers).items()}
    lists = action_lists(teams, reps, named["manager"])
    actions(min(deals // 10, MOST // 2), lists, reps)
    commitments(min(deals // 5, MOST), lists, [named["manager"], named["rep"], *reps])
    mail_and_imports(named["admin"])
    count_rows()


def action_lists(teams: list, reps: list, manager) -> list:
    from actions.models import ActionList

    return ActionList.objects.bulk_create(
        ActionList(
            name=f"List {number:03d}",
            team=teams[number % len(teams)],
            owner=reps[number % len(reps)],
            sponsor=manager if number % 30 == 0 else None,
        )
        for number in range(LISTS)
    )


def actions(count: int, lists: list, reps: list) -> None:
    from actions.models import ActionItem, Milestone

    made = ActionItem.objects.bulk_create(
        ActionItem(
            action_list=lists[number % LISTS],
            team_id=lists[number % LISTS].team_id,
            what=f"Action {number}",
            done_criterion="Nobody asks any more.",
            responsible=reps[number * 7 % len(reps)],
            state="committed",
            next_due_on=day(number),
        )
        for number in range(count)
    )
    Milestone.objects.bulk_create(
        Milestone(action=action, what="A page is written", due_on=action.next_due_on, first_due_on=action.next_due_on)
        for action in made
    )


def commitments(count: int, lists: list, people: list) -> None:
    from actions.models import Commitment

    Commitment.objects.bulk_create(
        Commitment(
            what=f"Call the buyer, number {number}",
            person=people[number % len(people)],
            asked_by=people[number * 11 % len(people)],
            due_on=day(number),
            first_due_on=day(number),
            agreed_on=FIRST_DAY,
            kept_on=day(number) if number % 3 else None,
            state="kept" if number % 3 else "accepted",
            action_list=lists[number % LISTS],
            team_id=lists[number % LISTS].team_id,
        )
        for number in range(count)
    )


def mail_and_imports(admin) -> None:
    from django.utils import timezone

    from failforward.outbox.models import CapturedMail, Mail
    from reviews.models import ImportJob

    now = timezone.now()
    mails = Mail.objects.bulk_create(
        Mail(key=f"many.{number}", kind="many", recipient=admin, state="sent", due_at=now, next_at=now)
        for number in range(KEPT_HERE)
    )
    body = b"From: a@many.example\r\nTo: b@many.example\r\nSubject: How did it go?\r\n\r\nHow did it go?\r\n"
    CapturedMail.objects.bulk_create(
        CapturedMail(mail=mail, message_id=mail.key, address=admin.email, subject="How did it go?", body=body)
        for mail in mails
    )
    ImportJob.objects.bulk_create(
        ImportJob(source="many", file_name=f"deals {number}.csv", state="done", by=admin, created=1_000)
        for number in range(KEPT_HERE)
    )


def day(number: int) -> date:
    return FIRST_DAY + timedelta(number * 37 % 900)
