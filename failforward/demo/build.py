"""Lets the demo team live through its story by the verbs that people use."""

import csv
import datetime as dt
import tempfile
from pathlib import Path

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction

from actions import answers, closing, follow_ups
from actions.models import ActionItem, ActionList, CoachingTalk, Commitment
from failforward import outbox
from failforward.accounts.models import CrmIdentity, Installation, Membership, Team, User
from failforward.demo import actions as plans
from failforward.demo import asked, causes, deals, full, going, meetings, people, promises, proofs, reviews
from failforward.demo.batch import DEMO_BATCH
from failforward.demo.clock import at
from failforward.guards import Refused
from failforward.outbox.models import Mail
from failforward.working_days import instant, local_date
from reviews import coding
from reviews.categories import BY_CODE
from reviews.models import Activity, Deal, Definition, FailureEvent, Finding, Review
from reviews.models.definition import WORDS

SOURCE = "Demo CRM"
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
            self.bring_deals()
        with transaction.atomic():
            for story in sorted(reviews.STORIES, key=lambda story: -story.days_ago):
                self.look_back(story)
            full.tell(self)
            causes.look_into(self)
            self.waive()
            self.revise_a_definition()
            self.open_lists()
            for plan in sorted(plans.ACTIONS, key=lambda plan: -plan.days_ago):
                self.act(plan)
            self.put_in_order()
            self.close_reviews()
            self.talk()
            for promise in sorted(promises.PROMISES, key=lambda promise: -promise.agreed_days_ago):
                self.promise(promise)
            for plan in plans.ACTIONS:
                if not (plan.check and plan.check.came_back):
                    self.finish(plan)
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
                CrmIdentity.objects.create(source=SOURCE, external_name=one.name, user=user)
            Team.objects.update(default_sponsor=self.people["sofia"])

    def bring_deals(self) -> None:
        """As any team does: by a file from the CRM."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "deals.csv"
            with path.open("w", newline="") as file:
                csv.writer(file).writerows(self.lines())
            with open("/dev/null", "w") as quiet:
                call_command("import_deals", str(path), source=SOURCE, stdout=quiet)
        for number, loss in enumerate(deals.LOSSES):
            self.note_calls(Deal.objects.get(source=SOURCE, external_id=loss.key), loss, number)

    def lines(self) -> list[list]:
        header = "Opportunity ID,Account,Deal name,Owner,Stage,Stage at loss,Amount,Created date,Close date,Lost to"
        rows = [header.split(",")]
        for loss in deals.LOSSES:
            stage = {"no decision": "No decision", "withdrawn": "Withdrawn"}.get(loss.lost_to, "Lost to competitor")
            rival = loss.lost_to if stage == "Lost to competitor" else ""
            closed, opened = self.day(loss.days_ago), self.day(loss.days_ago + 95)
            owner = self.people[loss.owner].name
            amount = "" if loss.amount is None else loss.amount
            rows.append([loss.key, loss.customer, loss.name, owner, stage, loss.stage, amount, opened, closed, rival])
        for number, (customer, name, amount, owner, days_ago) in enumerate(deals.WINS, 1):
            closed, opened = self.day(days_ago), self.day(days_ago + 80)
            owner = self.people[owner].name
            rows.append([f"won-{number}", customer, name, owner, "Won", "", amount, opened, closed, ""])
        for number, (customer, name, amount, owner, stage, days_ago) in enumerate(deals.OPEN, 1):
            owner = self.people[owner].name
            rows.append([f"open-{number}", customer, name, owner, stage, "", amount, self.day(days_ago), "", ""])
        return rows

    def note_calls(self, deal: Deal, loss: deals.Loss, number: int) -> None:
        owner = self.people[loss.owner]
        calls = [
            ("in", 88, "They asked for a quote", "We agreed on a site visit.", None),
            ("out", 70 - number % 5, "Site visit", "Two of them, two of us.", None),
            ("out", 48 - number % 7, "Quote sent", "", number % 3 != 0),
        ]
        for direction, before, what, outcome, answered in calls:
            on = self.day(loss.days_ago + before)
            Activity.add(
                deal,
                owner,
                direction=direction,
                happened_on=on,
                subject=what,
                outcome=outcome,
                answered=answered,
                today=self.today,
            )

    def look_back(self, story: reviews.Story) -> None:
        loss = next(loss for loss in deals.LOSSES if loss.key == story.loss)
        opener, team = self.people[story.opener], self.team_of(story.opener)
        deal = Deal.objects.get(source=SOURCE, external_id=story.loss)
        with at(self.moment(story.days_ago)):
            review = Review.open(deal, opener, today=self.day(story.days_ago), depth=story.depth)
            for key in story.people:
                review.add_person(opener, self.people[key])
            if "farid" in story.people:
                review.let_facilitate(opener, self.people["farid"])
            if story.depth == Review.Depth.FULL:
                full.all_tell(self, review, story.people)
        self.reviews[story.loss] = review
        for number, told in enumerate(story.events):
            self.happen(review, story, loss, told, number, team)

    def happen(self, review, story, loss, told: reviews.Event, number: int, team: Team) -> None:
        author = self.people[told.by]
        days = {}
        for name, before in (("happened_on", told.days_before), ("until_on", told.until_days_before)):
            if before is not None:
                days[name] = self.day(loss.days_ago + before)
        with at(self.moment(story.days_ago, 11 + number)):
            event = review.add_event(
                author,
                told.what,
                source=told.source,
                is_omission=told.omission,
                interpretation=told.interpretation,
                anonymous=told.anonymous,
                **days,
            )
            # The day of a DateField comes from the machine's clock, which is not that of the story.
            FailureEvent.objects.filter(pk=event.pk).update(created_on=self.day(story.days_ago))
            event.refresh_from_db()
            if told.role:
                without_it, confidence = told.without
                event.judge(author, told.role, without_it=without_it, confidence=confidence)
        for who, category, verdict, reason in told.readings:
            moment = self.moment(max(story.days_ago - 1, 0), 14)
            with at(moment):
                coding.submit(event, self.people[who], category, verdict, reason=reason, now=moment)
        if number in story.decided:
            who, category, verdict, reason, dissent = story.decided[number]
            moment = self.moment(max(story.days_ago - 1, 0), 16)
            with at(moment):
                coding.adjudicate(event, self.people[who], category, verdict, reason, dissent, now=moment)
        if told.finding:
            with at(self.moment(max(story.days_ago - 1, 0), 17)):
                event.refresh_from_db()
                self.finding(told.finding, self.people[story.opener]).take(event, self.people[story.opener])

    def finding(self, key: str, by: User) -> Finding:
        if key not in self.findings:
            title, category, team = reviews.FINDINGS[key]
            self.findings[key] = Finding.open(self.teams[team], title, category, by)
        return self.findings[key]

    def team_of(self, key: str) -> Team:
        return Membership.objects.get(user=self.people[key]).team

    def waive(self) -> None:
        for key, (who, reason) in reviews.WAIVED.items():
            review = Review.objects.get(deal__external_id=key, deal__source=SOURCE)
            with at(self.moment(20)):
                review.waive(self.people[who], reason)

    def revise_a_definition(self) -> None:
        category, who, days_ago, changed, reason = reviews.REVISED
        moment = self.moment(days_ago)
        words = {name: str(getattr(BY_CODE[category], name)) for name in WORDS} | changed
        with at(moment):
            Definition.revise(category, self.people[who], seen=1, reason=reason, now=moment, **words)

    def open_lists(self) -> None:
        for key, (name, team, owner, sponsor, members, buy_in) in plans.LISTS.items():
            with at(self.moment(60)):
                # The meeting is always today, so that there is one to prepare on any day.
                made = ActionList.open(
                    self.people[owner],
                    name,
                    self.teams[team],
                    self.people[owner],
                    self.people[sponsor],
                    self.today.isoweekday(),
                    dt.time(15),
                    [self.people[member] for member in members],
                )
                if buy_in:
                    made.record_buy_in(self.people[owner], buy_in, self.day(60), how="person")
            self.lists[key] = made

    def act(self, plan: plans.Action) -> None:
        by = self.people[plan.by]
        with at(self.moment(plan.days_ago)):
            action = ActionItem.propose(
                by,
                self.lists[plan.list],
                plan.what,
                [self.findings[key] for key in plan.findings],
                type=plan.type,
                responsible=self.people.get(plan.responsible),
                no_steps_needed=plan.no_steps,
            )
            steps = [action.add_step(by, what) for what in plan.steps]
            stones = [
                action.add_milestone(by, stone.what, self.first_day(stone), today=self.day(plan.days_ago))
                for stone in plan.milestones
            ]
            for key in plan.helpers:
                action.add_helper(by, self.people[key])
            if plan.hours:
                action.size_up(by, plan.hours)
        self.actions[plan.key] = action
        if plan.committed_days_ago is not None:
            self.carry_out(plan, action, steps, stones)
        if plan.check and plan.check.came_back:
            self.finish(plan)
            proofs.come_back(self, plan)

    def put_in_order(self) -> None:
        for plan in plans.ACTIONS:
            if plan.after:
                with at(self.moment(min(plan.days_ago, 10))):
                    self.actions[plan.key].wait_for(self.people[plan.by], self.actions[plan.after])

    def first_day(self, stone: plans.Milestone) -> dt.date:
        return self.day(stone.moved[0][0] if stone.moved else stone.due_days_ago)

    def carry_out(self, plan: plans.Action, action: ActionItem, steps: list, stones: list) -> None:
        responsible = self.people[plan.responsible]
        with at(self.moment(plan.committed_days_ago)):
            action.commit(self.people[plan.by])
            action.start(responsible)
        for step in steps[: plan.steps_done]:
            with at(self.moment(max(plan.committed_days_ago - 6, 1))):
                step.tick(responsible)
        for told, stone in zip(plan.milestones, stones, strict=True):
            for _first, reason in told.moved:
                with at(self.moment(3)):
                    stone.move(responsible, self.day(told.due_days_ago), reason, today=self.day(3))
        if plan.blocked_by:
            with at(self.moment(4)):
                action.block(responsible, plan.blocked_by)

    def finish(self, plan: plans.Action) -> None:
        """What was reached besides what the answers say, and what is claimed to be done."""
        action = self.actions[plan.key]
        responsible = self.people.get(plan.responsible)
        for told, stone in zip(plan.milestones, action.milestones.order_by("pk"), strict=True):
            if told.reached_days_ago is not None and not stone.reached_on:
                with at(self.moment(told.reached_days_ago)):
                    stone.reach(responsible, today=self.day(told.reached_days_ago), evidence=told.evidence)
            if told.file:
                name, text = told.file
                with at(self.moment(told.reached_days_ago)):
                    stone.add_file(responsible, SimpleUploadedFile(name, text.encode()))
        if plan.claimed_days_ago is not None:
            action.refresh_from_db()
            with at(self.moment(plan.claimed_days_ago)):
                action.claim_done(responsible)
        if plan.check:
            proofs.check(self, plan)

    def close_reviews(self) -> None:
        for story in reviews.STORIES:
            review = self.reviews[story.loss]
            review.refresh_from_db()
            opener = self.people[story.opener]
            if story.closed_days_ago is not None:
                moment = self.moment(story.closed_days_ago, 16)
                with at(moment):
                    closing.close(review, opener, story.lesson, moment)
            elif story.lesson:
                review.write_lesson(opener, story.lesson)

    def talk(self) -> None:
        for key, (by, person, days_ago, about) in plans.TALKS.items():
            moment = self.moment(days_ago, 14)
            with at(moment):
                self.talks[key] = CoachingTalk.write_down(
                    self.people[by], self.people[person], self.day(days_ago), about, now=moment
                )

    def promise(self, told: promises.Promise) -> None:
        person, asker = self.people[told.person], self.people.get(told.asker)
        moment = self.moment(told.agreed_days_ago, 15)
        fields = {
            "title": told.title,
            "with_whom": told.with_whom,
            "outcome_wanted": told.outcome,
            "agreed_where": told.where,
            "private": told.private,
        } | self.parent_of(told)
        with at(moment):
            if told.requested:
                fields.pop("agreed_where"), fields.pop("private")
                Commitment.request(asker, person, told.what, self.day(told.due_days_ago), now=moment, **fields)
                return
            made = Commitment.make(
                person, person, told.what, self.day(told.due_days_ago), now=moment, asked_by=asker, **fields
            )
        if told.answer:
            self.answer(made, told)
        if told.partner:
            asked.choose_partner(self, made, told.partner)
        if told.silent:
            asked.fall_silent(self, made)

    def parent_of(self, told: promises.Promise) -> dict:
        if told.milestone is not None:
            return {"milestone": self.actions[told.action].milestones.order_by("pk")[told.milestone]}
        if told.action:
            return {"action": self.actions[told.action]}
        if told.review:
            return {"review": self.reviews[told.review]}
        if told.talk:
            return {"talk": self.talks[told.talk]}
        return {}

    def answer(self, made: Commitment, told: promises.Promise) -> None:
        said = told.answer
        moment = self.moment(said.days_ago, 17)
        words = {"outcome": said.outcome, "learned": said.learned, "might_change": said.might_change}
        words |= {
            "reason": said.reason,
            "evidence": said.evidence,
            "next_what": said.next_what,
            "next_with": said.next_with,
        }
        for name, days_ago in (("new_on", said.new_days_ago), ("next_on", said.next_days_ago)):
            if days_ago is not None:
                words[name] = self.day(days_ago)
        with at(moment):
            given = answers.give(
                follow_ups.waiting_for(made), made.person, said.status, via="desk", now=moment, **words
            )
        if said.reply:
            later = self.moment(max(said.days_ago - 1, 0), 9)
            with at(later):
                given.reply(made.asked_by, said.reply, text=said.reply_text, now=later)

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
