"""Lets the demo team live through its story by the verbs that people use."""

import datetime as dt

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.db import transaction

from actions import follow_ups
from actions.models import ActionItem, ActionList, CoachingTalk, Commitment
from failforward import outbox
from failforward.accounts.models import CrmIdentity, Installation, Membership, Team, User
from failforward.demo import actions as plans
from failforward.demo import (
    asked,
    carrying_out,
    causes,
    crm,
    full,
    going,
    looking_back,
    meetings,
    people,
    promises,
    promising,
    reviews,
)
from failforward.demo.batch import DEMO_BATCH
from failforward.demo.clock import at
from failforward.guards import Refused
from failforward.outbox.models import Mail
from failforward.working_days import instant, local_date
from reviews.models import Finding, Review

# What would have been mailed in the days of the story.
PAST = ["answer", "asker_reply", "partner_request", "news", "came_back", "sponsor_request", "sponsor_answer"]


def build(now: dt.datetime) -> None:
    """The whole demo team in a database without real people. Raises `Refused` in one that has any."""
    if Installation.objects.exists():
        raise Refused("This installation is in real use; the demo team is not put beside real people.")
    Story(now).tell()


def exists() -> bool:
    return User.objects.filter(email="mara@tarnholm.example", batch_id=DEMO_BATCH).exists()


def ask_again_now(now: dt.datetime) -> int:
    """Questions of the story that nobody has been asked yet are asked now, at any hour of any day."""
    titles = [promise.title for promise in promises.PROMISES if promise.asked_now]
    waiting = Commitment.objects.still_open().filter(batch_id=DEMO_BATCH, title__in=titles)
    asked = 0
    for commitment in waiting:
        follow_up = follow_ups.waiting_for(commitment)
        asked += bool(follow_up and follow_ups.ask_at(follow_up, now))
    return asked


class Story:
    def __init__(self, now: dt.datetime) -> None:
        self.now = now
        self.today = local_date(now, people.ZONE)
        self.people: dict[str, User] = {}
        self.teams: dict[str, Team] = {}
        self.reviews: dict[str, Review] = {}
        self.findings: dict[str, Finding] = {}
        self.lists: dict[str, ActionList] = {}
        self.actions: dict[str, ActionItem] = {}
        self.talks: dict[str, CoachingTalk] = {}

    def tell(self) -> None:
        self.gather_people()
        with at(self.now):
            crm.bring_deals(self)
        with transaction.atomic():
            for story in sorted(reviews.STORIES, key=lambda story: -story.days_ago):
                looking_back.look_back(self, story)
            full.tell(self)
            causes.look_into(self)
            looking_back.waive(self)
            looking_back.revise_a_definition(self)
            carrying_out.open_lists(self)
            for plan in sorted(plans.ACTIONS, key=lambda plan: -plan.days_ago):
                carrying_out.act(self, plan)
            carrying_out.put_in_order(self)
            looking_back.close_reviews(self)
            self.talk()
            for promise in sorted(promises.PROMISES, key=lambda promise: -promise.agreed_days_ago):
                promising.promise(self, promise)
            for plan in plans.ACTIONS:
                if not (plan.check and plan.check.came_back):
                    carrying_out.finish(self, plan)
            meetings.meet(self)
            going.tell(self)
            asked.go_away(self)
            asked.reply_unclearly(self)
            self.keep_quiet_about_the_past()
            self.mark()

    def day(self, days_ago: int) -> dt.date:
        return self.today - dt.timedelta(days=days_ago)

    def moment(self, days_ago: int, hour: int = 10) -> dt.datetime:
        """That hour of that day in the team's zone; never later than now."""
        return min(instant(self.day(days_ago), hour, people.ZONE), self.now)

    def gather_people(self) -> None:
        with transaction.atomic(), at(self.moment(200)):
            company = Team.open(people.COMPANY, time_zone=people.ZONE, started_on=self.day(92))
            self.teams = {"company": company}
            for key, name in (("north", people.NORTH), ("south", people.SOUTH)):
                self.teams[key] = Team.open(name, company, time_zone=people.ZONE, started_on=self.day(92))
            # Hashed once: twelve slow hashes would be most of the seeding time.
            password = make_password(people.PASSWORD)
            by_name = {team.name: team for team in self.teams.values()}
            for one in people.PEOPLE:
                place = {"time_zone": people.ZONE, "country": one.country}
                user = User.objects.create(
                    email=one.email, password=password, name=one.name, batch_id=DEMO_BATCH, **place
                )
                self.people[one.key] = user
                Membership.objects.create(user=user, team=by_name[one.team], role=one.role)
                CrmIdentity.objects.create(source=crm.SOURCE, external_name=one.name, user=user)
            Team.objects.update(default_sponsor=self.people["sofia"])

    def talk(self) -> None:
        for key, (by, person, days_ago, about) in plans.TALKS.items():
            moment = self.moment(days_ago, 14)
            with at(moment):
                self.talks[key] = CoachingTalk.write_down(
                    self.people[by], self.people[person], self.day(days_ago), about, now=moment
                )

    def keep_quiet_about_the_past(self) -> None:
        """What would have gone out weeks ago, and questions about losses that were looked at, are not mailed today."""
        old = Mail.objects.filter(state="planned", kind__in=PAST, due_at__lt=self.moment(2))
        told = Review.objects.exclude(state="pending").values("pk")
        asked = Mail.objects.filter(state="planned", kind="capture", subject_id__in=told)
        for mail in [*old, *asked]:
            outbox.withhold(mail, "It happened before the demo began.")

    def mark(self) -> None:
        """Everything here belongs to the demo, so that it can leave in one go."""
        for model in apps.get_models():
            if any(field.name == "batch_id" for field in model._meta.fields):
                model._base_manager.update(batch_id=DEMO_BATCH)
        ask_again_now(self.now)
