"""Who gets what: the table of every URL × person × method.

A row says who may read a page and who may write through it. Whoever is not named gets 404, as if there were nothing;
somebody logged out is sent to the log-in page (`public` rows serve them too).
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from actions.evidence import store
from actions.models import (
    AnswerToken,
    CalendarFeed,
    DateToken,
    Drop,
    EffectivenessCheck,
    EvidenceFile,
    FollowUp,
    HeldToken,
    LetterToken,
    Meeting,
    Milestone,
    Partner,
    PartnerToken,
    Recurrence,
    ReplyToken,
    RequestToken,
    SponsorRequest,
    SponsorToken,
    Step,
    StopToken,
)
from failforward import testing
from failforward.accounts.models import Absence
from failforward.inbound.models import InboundMail
from failforward.outbox.models import Mail
from failforward.testing import Cast
from reviews.models import (
    CaptureToken,
    ClientQuestion,
    Debrief,
    HandOff,
    ImportJob,
    ReturningOneOffs,
    Session,
    ThanksToken,
)

EVERYBODY = "admin manager rep other_rep facilitator list_owner sponsor support partner outsider"
NORTH = "manager rep other_rep facilitator list_owner support"
# Of the action list of this world: who runs it, and who reads it besides.
LEADS_LIST = "admin manager list_owner"
ON_LIST = f"{LEADS_LIST} rep sponsor"
NO_MANAGER = "rep other_rep facilitator list_owner sponsor support partner"
NO_ADMIN = f"manager {NO_MANAGER} outsider"
NO_LIST = "rep other_rep facilitator sponsor support partner"
LOGGED_OUT = "anonymous"
# Who reads a promise of Ines's on Jonas's list, besides her.
READ_PROMISE = "admin manager list_owner sponsor"
MANAGERS = "admin manager"
MEMBERS = "rep other_rep facilitator list_owner support"
# Of the review that Ines, Farid and Mara are on, of its deal, and of the sealed one that Ines and Farid are on.
CODERS = "admin manager rep facilitator"
LEADERS = "admin manager facilitator"
DEAL_WRITERS = "admin manager rep"
# Of the hand-off from Ines to Priya.
HAND_OFF = "admin manager rep support"
ON_SEALED = "rep facilitator"
A_MONTH = dt.timedelta(days=30)
WHY_VERBS = ["why_edit", "why_out", "why_back", "why_aside"]


@dataclass
class World:
    """One of everything, all of it north's: Ines owns the deal, Farid facilitates, Jonas owns the list."""

    cast: Cast
    objects: dict = field(default_factory=dict)

    def __getattr__(self, name: str):
        return self.objects[name]


def build() -> World:
    world = World(testing.cast())
    for some in (reviews_of, deals_of, lists_of, promises_of, replies_of, links_of):
        world.objects |= some(world)
    return world


def reviews_of(world: World) -> dict:
    cast = world.cast
    on_review = (cast.rep, cast.facilitator, cast.manager)
    review = testing.review(cast, people=on_review, facilitator=cast.facilitator)
    sealed_deal = testing.deal(cast, owner=cast.other_rep)
    sealed = testing.review(
        cast, people=(cast.rep, cast.facilitator), deal=sealed_deal, visibility="sealed", facilitator=cast.facilitator
    )
    full = testing.review(cast, people=on_review, facilitator=cast.facilitator, depth="full")
    Session.begin(full, cast.facilitator, testing.NOW)
    event = testing.event(review, author=cast.rep)
    sealed_event = testing.event(sealed, author=cast.rep)
    taught = testing.review(cast, state="closed", closed_at=testing.NOW, lesson="Ask who signs.")
    fixed = testing.finding(cast, state="fixed", fixed_on=testing.TODAY)
    return {
        "deal": review.deal,
        "sealed_deal": sealed_deal,
        "review": review,
        "sealed": sealed,
        "full": full,
        "taught": taught,
        "put_up": put_up(taught),
        "pending": testing.review(cast, state="pending", opened_on=None),
        "win": testing.review(cast, people=on_review, kind="win", deal=testing.won(cast)),
        "event": event,
        "sealed_event": sealed_event,
        "debrief": debrief_of(review),
        "sealed_debrief": debrief_of(sealed),
        "why": testing.why(event),
        "sealed_why": testing.why(sealed_event),
        "finding": testing.finding(cast),
        "again": seen_again(event, fixed),
        "sealed_again": seen_again(sealed_event, fixed),
    }


def deals_of(world: World) -> dict:
    cast = world.cast
    won = testing.deal(cast, outcome="won", lost_on=None)
    # Priya takes it on in production: she sees the hand-off, and not the deal.
    handed = HandOff.open(won, cast.manager, cast.rep, cast.support, testing.TODAY)
    open_deal = testing.deal(cast, outcome="open", lost_on=None, closed_on=None)
    return {
        "won": won,
        "hand_off": handed,
        "promise": handed.add_promise(cast.rep, "Delivered before Easter."),
        "open_deal": open_deal,
        "client_question": ClientQuestion.objects.create(
            deal=open_deal, question="What would move it?", asked_on=testing.TODAY
        ),
        "import_job": ImportJob.objects.create(
            file_name="deals.csv", source="csv", by=cast.admin, survey={"ask_dates": "Close date: 01/02/2026"}
        ),
    }


def lists_of(world: World) -> dict:
    cast = world.cast
    owned = testing.action_list(cast, people=(cast.rep, cast.list_owner))
    action = testing.action(cast, action_list=owned)
    milestone = Milestone.objects.create(
        action=action, what="A page on the site", due_on=testing.TODAY, first_due_on=testing.TODAY
    )
    meeting = Meeting.call(cast.list_owner, owned, now=timezone.now())
    held = testing.action_list(cast, people=(cast.rep,))
    running = Meeting.call(cast.list_owner, held, now=timezone.now())
    running.begin(cast.list_owner, [cast.rep.pk], now=timezone.now())
    return {
        "list": owned,
        "action": action,
        "milestone": milestone,
        "meeting": meeting,
        "running": running,
        "date_change": milestone.date_changes.create(
            from_on=testing.TODAY, to_on=testing.TODAY, reason="Later", by=cast.rep, state="asked_for"
        ),
        "step": Step.objects.create(action=action, position=1, what="Ask around"),
        "drop": Drop.objects.create(action=action, reason="No use", by=cast.rep, asked=cast.sponsor),
        "evidence": EvidenceFile.objects.create(
            milestone=milestone, name="a.pdf", kind="pdf", size=5, stored_as=store.put([b"%PDF-"]), by=cast.rep
        ),
        "check": EffectivenessCheck.objects.create(action=action, checker=cast.sponsor),
        "sponsor_request": SponsorRequest.objects.create(
            action_list=owned,
            sponsor=cast.sponsor,
            what="A second price reader",
            needed_by=testing.TODAY,
            asked_by=cast.list_owner,
            asked_on=testing.TODAY,
            asked_at=testing.NOW,
        ),
    }


def promises_of(world: World) -> dict:
    cast = world.cast
    commitment = testing.commitment(cast, action_list=world.list)
    away_on = (timezone.now() + A_MONTH).date()
    return {
        "commitment": commitment,
        "private": testing.commitment(cast, private=True, asked_by=None, team=None),
        "requested": testing.commitment(cast, state="requested", agreed_on=None),
        "partner": Partner.objects.create(
            commitment=commitment, person=cast.partner, state="agreed", asked_at=testing.NOW
        ),
        "follow_up": FollowUp.objects.create(
            commitment=commitment, due_on=testing.TODAY, hour=16, zone="Europe/Berlin", due_at=testing.NOW
        ),
        "talk": testing.talk(cast),
        "absence": Absence.objects.create(person=cast.rep, from_on=away_on, until_on=away_on, stand_in=cast.other_rep),
    }


def replies_of(world: World) -> dict:
    times = {"due_at": testing.NOW, "next_at": testing.NOW}
    question = Mail.objects.create(
        key="asked",
        kind="follow_up",
        subject_id=world.follow_up.pk,
        recipient=world.cast.rep,
        state="sent",
        **times,
    )
    dead = {"key": "dead", "kind": "message", "address": "old@firm.example", "state": "failed"}
    return {
        "held": inbound("a", text="Well …", answers=question, person=world.cast.rep),
        "nobodys": inbound("b", text="", answers=None, person=None),
        "mail": Mail.objects.create(**dead, **times),
    }


def links_of(world: World) -> dict:
    """What opens a page without a log-in."""
    cast, until = world.cast, timezone.now() + A_MONTH
    rep, by_then = {"person": cast.rep}, {"expires_at": until}
    return {
        "date_token": DateToken.issue(date_change=world.date_change, person=cast.list_owner, **by_then),
        "capture_token": CaptureToken.issue(review=world.review, **rep, **by_then),
        "thanks_token": ThanksToken.issue(review=world.review, person=cast.sponsor, **by_then),
        "answer_token": AnswerToken.issue(follow_up=world.follow_up, **rep, **by_then),
        "request_token": RequestToken.issue(commitment=world.requested, **rep, **by_then),
        "held_token": HeldToken.issue(reply=world.held, **rep, **by_then),
        "partner_token": PartnerToken.issue(partner=world.partner, person=cast.partner),
        "reply_token": "",
        "stop_token": StopToken.issue(**rep),
        "letter_token": LetterToken.issue(person=cast.sponsor),
        "sponsor_token": SponsorToken.issue(request=world.sponsor_request, person=cast.sponsor, **by_then),
        "calendar_token": CalendarFeed.issue(**rep),
        "list_calendar_token": CalendarFeed.issue(person=cast.manager, action_list=world.list),
    }


def put_up(review) -> ReturningOneOffs:
    """Three one-offs of a closed review, to be looked at again."""
    settled = {"category": "planning", "verdict": "one_off", "settled_at": testing.NOW, "readings": 1}
    day = timezone.localdate()
    events = [testing.event(review, happened_on=day, causal_role="caused", **settled) for _number in range(3)]
    ids = [event.pk for event in events]
    return ReturningOneOffs.objects.create(team=review.team, category="planning", events=ids, put_up_at=testing.NOW)


def seen_again(event, finding) -> Recurrence:
    return Recurrence.objects.create(event=event, finding=finding, because="quote", proposed_at=testing.NOW)


def debrief_of(review, said: str = "You were too late.", **fields) -> Debrief:
    fields = {"who": "Anna Berg", "said_on": testing.TODAY, "channel": "phone", "added_by": review.owner} | fields
    debrief = Debrief.objects.create(review=review, **fields)
    debrief.keep_reasons([said])
    return debrief


def inbound(digest: str, **fields) -> InboundMail:
    """A reply that waits for a person."""
    fields = {"state": "held", "why": "unclear", "raw": b"Subject: x\n\ny", "size": 13, "channel": "pipe"} | fields
    return InboundMail.objects.create(sha256=digest * 64, received_at=testing.NOW, next_at=testing.NOW, **fields)


@dataclass(frozen=True)
class Row:
    """`get` and `post` name who is served; `get_403` and `post_403` who reads the object but may not do this.

    `post` None means that the URL takes no POST, `absent` that nobody finds it in this world; `status` is the answer
    of a GET that is served.
    """

    name: str
    args: Callable[[World], tuple] = lambda world: ()
    get: str | None = None
    get_403: str = ""
    post: str | None = None
    post_403: str = ""
    public: bool = False
    absent: bool = False
    status: int = 200
    label: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.label}".strip()


# Pages of django-allauth: it decides who reaches them; the test asks only that they never fail and never change data.
LIBRARY = "allauth.urls"

ROWS: list[Row] = [
    Row("categories", get=EVERYBODY),
    Row("category", lambda w: ("planning",), get=EVERYBODY),
    Row("category_edit", lambda w: ("planning",), get="admin", get_403=NO_ADMIN, post="admin", post_403=NO_ADMIN),
    Row("one_offs", lambda w: ("planning", w.put_up.pk), post=MANAGERS),
    Row("coding", get=EVERYBODY),
    Row("coding_cards", get=EVERYBODY, post=EVERYBODY),
    Row("coding_verdicts", get=EVERYBODY, post=EVERYBODY),
    Row("coding_disputes", get=EVERYBODY),
    Row("coding_disputes_list", get=EVERYBODY),
    Row("coding_take_up", post=EVERYBODY),
    Row("coding_event", lambda w: (w.event.pk,), get=CODERS, post=CODERS),
    Row("coding_event", lambda w: (w.sealed_event.pk,), get=ON_SEALED, post=ON_SEALED, label="sealed"),
    Row("coding_later", lambda w: (w.event.pk,), post=CODERS),
    Row("coding_later", lambda w: (w.sealed_event.pk,), post=ON_SEALED, label="sealed"),
    # Before both readings are sent there is nothing to see: the page leads back to the queue.
    Row("adjudicate", lambda w: (w.event.pk,), get=LEADERS, get_403="rep", post=LEADERS, post_403="rep", status=302),
    Row(
        "adjudicate",
        lambda w: (w.sealed_event.pk,),
        get="facilitator",
        get_403="rep",
        post="facilitator",
        post_403="rep",
        status=302,
        label="sealed",
    ),
    Row("deal_list", get=EVERYBODY),
    Row("deal_detail", lambda w: (w.deal.pk,), get=CODERS),
    Row(
        "deal_edit",
        lambda w: (w.deal.pk,),
        get=DEAL_WRITERS,
        get_403="facilitator",
        post=DEAL_WRITERS,
        post_403="facilitator",
    ),
    Row("activity_new", lambda w: (w.deal.pk,), post=DEAL_WRITERS, post_403="facilitator"),
    # Of a deal that is closed there is nothing to wait for: the page leads to the deal.
    Row("deal_buyer", lambda w: (w.deal.pk,), get=CODERS, status=302),
    Row("deal_buyer", lambda w: (w.open_deal.pk,), get=DEAL_WRITERS, label="open"),
    Row("deal_buyer_verb", lambda w: (w.deal.pk, "move"), post=DEAL_WRITERS, post_403="facilitator"),
    Row("deal_move_back", lambda w: (w.open_deal.pk, 1), post=DEAL_WRITERS),
    Row("deal_agreed_back", lambda w: (w.open_deal.pk, 1), post=DEAL_WRITERS),
    Row("client_question_back", lambda w: (w.client_question.pk,), post=DEAL_WRITERS),
    Row("client_question", lambda w: (w.client_question.pk,), get=DEAL_WRITERS, post=DEAL_WRITERS),
    Row("deal_review", lambda w: (w.deal.pk,), post=DEAL_WRITERS, post_403="facilitator"),
    Row("deal_detail", lambda w: (w.won.pk,), get=DEAL_WRITERS, label="won"),
    Row("hand_off_new", lambda w: (w.won.pk,), get=DEAL_WRITERS, post=DEAL_WRITERS),
    Row("review_detail", lambda w: (w.hand_off.review_id,), get=HAND_OFF, label="hand-off"),
    Row("hand_off_checklist", lambda w: (w.hand_off.review_id,), post=HAND_OFF),
    Row("hand_off_thank", lambda w: (w.hand_off.review_id,), post=HAND_OFF),
    Row("promise_add", lambda w: (w.hand_off.review_id,), post=HAND_OFF),
    Row("promise", lambda w: (w.promise.pk,), get=HAND_OFF, post=HAND_OFF, status=302),
    Row("promise_event", lambda w: (w.promise.pk,), post=HAND_OFF),
    Row("hand_off_accept", lambda w: (w.hand_off.review_id,), post="support", post_403="admin manager rep"),
    Row("lesson_list", get=EVERYBODY),
    Row("lesson_set_aside", lambda w: (w.open_deal.pk, w.taught.pk), post=DEAL_WRITERS),
    Row("lesson_set_aside", lambda w: (w.open_deal.pk, w.sealed.pk), post="", label="sealed"),
    Row("lesson_offer_again", lambda w: (w.open_deal.pk,), post=DEAL_WRITERS),
    Row("finding_list", get=EVERYBODY),
    Row("finding_detail", lambda w: (w.finding.pk,), get=f"admin {NORTH}"),
    Row("finding_edit", lambda w: (w.finding.pk,), get=MANAGERS, get_403=MEMBERS, post=MANAGERS, post_403=MEMBERS),
    Row("finding_merge", lambda w: (w.finding.pk,), get=MANAGERS, get_403=MEMBERS, post=MANAGERS, post_403=MEMBERS),
    Row("finding_split", lambda w: (w.finding.pk,), get=MANAGERS, get_403=MEMBERS, post=MANAGERS, post_403=MEMBERS),
    Row("finding_apart", lambda w: (w.finding.pk,), post=MANAGERS, post_403=MEMBERS),
    Row("finding_weigh", lambda w: (w.finding.pk,), post=MANAGERS, post_403=MEMBERS),
    Row("finding_accept", lambda w: (w.finding.pk,), post=MANAGERS, post_403=MEMBERS),
    Row("finding_reopen", lambda w: (w.finding.pk,), post=MANAGERS, post_403=MEMBERS),
    Row("review_list", get=EVERYBODY),
    Row("healthz", get=EVERYBODY, public=True),
    # No clock has struck in the test; `test_health.py` has the rest.
    Row("readyz", get=EVERYBODY, public=True, status=503),
    Row("desk", get=EVERYBODY),
    # Closed as soon as there is an admin; `test_first_run.py` has the rest.
    Row("setup", get="", post="", absent=True),
    Row("profile", get=EVERYBODY, post=EVERYBODY),
    Row("absence_list", get=EVERYBODY, post=EVERYBODY),
    Row("absence", lambda w: (w.absence.pk,), get="admin manager rep", post="admin manager rep"),
    Row("absence_verb", lambda w: (w.absence.pk, "end"), post="admin manager rep"),
    # There is no demo in this world; `test_demo.py` has the rest.
    Row("start_for_real", get="", post=""),
    Row("remove_demo", post=""),
    Row("people", get="admin", post="admin"),
    Row("team_new", get="admin", post="admin"),
    Row("team", lambda w: (w.cast.north.pk,), get="admin", post="admin"),
    Row("person", lambda w: (w.cast.rep.pk,), get="admin", post="admin"),
    Row("person_verb", lambda w: (w.cast.rep.pk, "invite"), post="admin"),
    Row("import_list", get="admin", post="admin"),
    Row("import_detail", lambda w: (w.import_job.pk,), get="admin"),
    Row("import_dates", lambda w: (w.import_job.pk,), post="admin"),
    Row("import_start", lambda w: (w.import_job.pk,), post="admin"),
    Row("import_cancel", lambda w: (w.import_job.pk,), post="admin"),
    Row("import_errors", lambda w: (w.import_job.pk,), get="admin"),
    Row("triage", get=EVERYBODY, post=EVERYBODY),
    Row("review_new", get=EVERYBODY, post=EVERYBODY),
    Row("review_detail", lambda w: (w.review.pk,), get="admin manager rep facilitator"),
    Row("review_detail", lambda w: (w.pending.pk,), get="admin manager rep", label="pending"),
    Row("review_detail", lambda w: (w.sealed.pk,), get="rep facilitator", label="sealed"),
    Row("review_choose", lambda w: (w.pending.pk,), post="admin manager rep"),
    Row("review_waive", lambda w: (w.pending.pk,), post="admin manager", post_403="rep"),
    Row("review_add_person", lambda w: (w.review.pk,), post="admin manager facilitator", post_403="rep"),
    Row("review_change_person", lambda w: (w.review.pk,), post="admin manager facilitator", post_403="rep"),
    Row("review_change_person", lambda w: (w.sealed.pk,), post="facilitator", post_403="rep", label="sealed"),
    Row("review_visibility", lambda w: (w.review.pk,), post="admin manager facilitator", post_403="rep"),
    Row("review_cost", lambda w: (w.review.pk,), post=CODERS),
    Row("review_cost", lambda w: (w.sealed.pk,), post=ON_SEALED, label="sealed"),
    Row("review_ask", lambda w: (w.review.pk,), post="admin manager facilitator", post_403="rep"),
    Row("review_reopen", lambda w: (w.review.pk,), post="admin manager", post_403="rep facilitator"),
    Row("review_target", lambda w: (w.review.pk,), post="admin manager facilitator", post_403="rep"),
    Row("review_readers", lambda w: (w.review.pk,), post="admin manager facilitator", post_403="rep"),
    Row("review_thank", lambda w: (w.review.pk,), post="admin manager facilitator", post_403="rep"),
    Row("thanks", lambda w: (w.thanks_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    Row("review_addendum", lambda w: (w.review.pk,), post="admin manager rep facilitator"),
    Row("review_close", lambda w: (w.review.pk,), post="admin manager facilitator", post_403="rep"),
    # Of the sealed review nobody else learns anything, through whichever door they knock.
    *(
        Row(name, lambda w: (w.sealed.pk,), post="facilitator", post_403="rep", label="sealed")
        for name in (
            *("review_add_person", "review_visibility", "review_ask", "review_close"),
            *("review_target", "review_thank", "review_readers"),
        )
    ),
    *(
        Row(name, lambda w: (w.sealed.pk,), post="", post_403=ON_SEALED, label="sealed")
        for name in ("review_choose", "review_waive", "review_reopen")
    ),
    *(Row(name, lambda w: (w.sealed.pk,), post=ON_SEALED, label="sealed") for name in ("review_addendum", "event_add")),
    Row("event_edit", lambda w: (w.sealed_event.pk,), get=ON_SEALED, post=ON_SEALED, label="sealed"),
    Row(
        "capture_own", lambda w: (w.sealed.pk,), get="", get_403=ON_SEALED, post="", post_403=ON_SEALED, label="sealed"
    ),
    Row(
        "capture_own",
        lambda w: (w.pending.pk,),
        get="rep",
        get_403="admin manager",
        post="rep",
        post_403="admin manager",
    ),
    Row("event_add", lambda w: (w.review.pk,), post="admin manager rep facilitator"),
    Row("event_wins", lambda w: (w.event.pk,), get=CODERS, post=CODERS),
    Row("event_wins", lambda w: (w.sealed_event.pk,), get=ON_SEALED, post=ON_SEALED, label="sealed"),
    Row("event_whys", lambda w: (w.event.pk,), get=CODERS, post=CODERS),
    Row("event_whys", lambda w: (w.sealed_event.pk,), get=ON_SEALED, post=ON_SEALED, label="sealed"),
    *[Row(verb, lambda w: (w.why.pk,), post=CODERS) for verb in WHY_VERBS],
    *[Row(verb, lambda w: (w.sealed_why.pk,), post=ON_SEALED, label="sealed") for verb in WHY_VERBS],
    Row("review_detail", lambda w: (w.win.pk,), get=CODERS, label="win"),
    Row("review_board", lambda w: (w.win.pk,), get=CODERS, post=CODERS, label="win"),
    Row("review_board", lambda w: (w.review.pk,), get=CODERS, post=CODERS),
    Row("review_board", lambda w: (w.sealed.pk,), get=ON_SEALED, post=ON_SEALED, label="sealed"),
    Row("session", lambda w: (w.review.pk,), get=CODERS),
    Row("session", lambda w: (w.full.pk,), get=CODERS, label="held"),
    Row("session", lambda w: (w.sealed.pk,), get=ON_SEALED, label="sealed"),
    Row("session_live", lambda w: (w.review.pk,), get=CODERS),
    Row("session_live", lambda w: (w.full.pk,), get=CODERS, label="held"),
    Row("session_live", lambda w: (w.sealed.pk,), get=ON_SEALED, label="sealed"),
    Row("session_verb", lambda w: (w.review.pk, "begin"), post=LEADERS, post_403="rep"),
    Row("session_verb", lambda w: (w.sealed.pk, "begin"), post="facilitator", post_403="rep", label="sealed"),
    Row("session_verb", lambda w: (w.full.pk, "step"), post=LEADERS, post_403="rep", label="held"),
    Row("session_verb", lambda w: (w.full.pk, "projector"), post=CODERS, label="projector"),
    Row("event_merge", lambda w: (w.event.pk,), get=CODERS, post=CODERS),
    Row("event_merge", lambda w: (w.sealed_event.pk,), get=ON_SEALED, post=ON_SEALED, label="sealed"),
    Row("event_home", lambda w: (w.event.pk,), get=LEADERS, get_403="rep", post=LEADERS, post_403="rep"),
    Row(
        "event_home",
        lambda w: (w.sealed_event.pk,),
        get="facilitator",
        get_403="rep",
        post="facilitator",
        post_403="rep",
        label="sealed",
    ),
    Row("event_separate", lambda w: (w.event.pk,), post=CODERS),
    Row("event_separate", lambda w: (w.sealed_event.pk,), post=ON_SEALED, label="sealed"),
    Row("debrief_new", lambda w: (w.review.pk,), get=CODERS, post=CODERS),
    Row("debrief_edit", lambda w: (w.debrief.pk,), get=CODERS, post=CODERS),
    # The form names no reason.
    Row("debrief_event", lambda w: (w.debrief.pk,), post=""),
    Row("debrief_new", lambda w: (w.sealed.pk,), get=ON_SEALED, post=ON_SEALED, label="sealed"),
    Row("debrief_edit", lambda w: (w.sealed_debrief.pk,), get=ON_SEALED, post=ON_SEALED, label="sealed"),
    *(Row(name, lambda w: (w.review.pk,), post=CODERS) for name in ("own_part", "review_told")),
    *(Row(name, lambda w: (w.sealed.pk,), post=ON_SEALED, label="sealed") for name in ("own_part", "review_told")),
    Row("review_detail", lambda w: (w.full.pk,), get=CODERS, label="full"),
    Row("event_save", lambda w: (w.event.pk,), get=CODERS, post=CODERS, status=302),
    Row("event_save", lambda w: (w.sealed_event.pk,), get=ON_SEALED, post=ON_SEALED, status=302, label="sealed"),
    Row(
        "event_edit",
        lambda w: (w.event.pk,),
        get="admin manager rep facilitator",
        post="admin manager rep facilitator",
    ),
    Row("capture", lambda w: (w.capture_token,), get="", post="", public=True),
    Row("more", get=EVERYBODY),
    Row("new", get=EVERYBODY),
    Row("keys", get=EVERYBODY, post=EVERYBODY),
    Row("theme", post=EVERYBODY, public=True),
    Row("commitment_list", get=EVERYBODY),
    Row("commitment_new", get=EVERYBODY, post=EVERYBODY),
    Row("commitment_detail", lambda w: (w.commitment.pk,), get=f"rep {READ_PROMISE}"),
    Row("commitment_detail", lambda w: (w.private.pk,), get="rep", label="private"),
    Row(
        "commitment_answer",
        lambda w: (w.commitment.pk,),
        get="rep",
        get_403=READ_PROMISE,
        post="rep",
        post_403=READ_PROMISE,
    ),
    # Planted without a question, so there is nothing to answer yet.
    Row("commitment_answer", lambda w: (w.private.pk,), get="rep", post="rep", status=302, label="private"),
    Row(
        "commitment_verb",
        lambda w: (w.commitment.pk, "move"),
        post="rep admin manager list_owner",
        post_403="sponsor",
    ),
    Row("commitment_verb", lambda w: (w.private.pk, "drop"), post="rep", label="private"),
    Row(
        "commitment_verb",
        lambda w: (w.requested.pk, "answer_request"),
        post="rep",
        post_403="admin manager",
        label="requested",
    ),
    Row("partner_ask", lambda w: (w.commitment.pk,), post="rep", post_403=READ_PROMISE),
    Row("partner_ask", lambda w: (w.private.pk,), post="rep", label="private"),
    Row("partner_end", lambda w: (w.requested.pk,), post="rep", post_403="admin manager"),
    Row("partner", lambda w: (w.partner_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    Row("talk_list", get=EVERYBODY),
    Row("talk_new", get=EVERYBODY, post=EVERYBODY),
    # Read by its two people; to everybody else, managers above and admins too, there is nothing.
    Row("talk_detail", lambda w: (w.talk.pk,), get="manager rep"),
    Row("talk_edit", lambda w: (w.talk.pk,), get="manager", get_403="rep", post="manager", post_403="rep"),
    Row("talk_promise", lambda w: (w.talk.pk,), post="manager rep"),
    Row("answer_reply", lambda w: (w.answer.pk,), post="manager", post_403="rep admin list_owner sponsor"),
    # A link of a mail is its own permission, whoever opens it.
    Row("answer", lambda w: (w.answer_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    Row("date_answer", lambda w: (w.date_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    Row("request_answer", lambda w: (w.request_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    Row("asker_reply", lambda w: (w.reply_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    Row("calendars", get=EVERYBODY),
    Row("calendar_verb", lambda w: ("make",), post=EVERYBODY),
    Row("calendar", lambda w: (w.calendar_token,), get=EVERYBODY, public=True),
    Row("calendar", lambda w: (w.list_calendar_token,), get=EVERYBODY, public=True, label="list"),
    Row("sponsor_answer", lambda w: (w.sponsor_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    Row("stop_letters", lambda w: (w.letter_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    Row(
        "sponsor_request",
        lambda w: (w.sponsor_request.pk,),
        get=ON_LIST,
        post="sponsor",
        post_403=f"{LEADS_LIST} rep",
    ),
    Row("sponsor_withdraw", lambda w: (w.sponsor_request.pk,), post=LEADS_LIST, post_403="rep sponsor"),
    Row("stop_reminders", lambda w: (w.stop_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    Row("post_office", get="admin"),
    Row("mail_probe", post="admin"),
    Row("mail_let_go", post="admin"),
    Row("mail_verb", lambda w: (w.mail.pk, "drop"), post="admin"),
    # No mail service is set up in this world; `outbox/tests/test_providers.py` has the rest.
    Row("mail_events", lambda w: ("postmark",), get="", post="", public=True, absent=True),
    # Mail is really sent here; `test_mailbox.py` has an install that captures it.
    Row("mailbox", get="", absent=True),
    Row("mailbox_mail", lambda w: (1,), get="", absent=True),
    Row("mailbox_html", lambda w: (1,), get="", absent=True),
    Row("mailbox_press", lambda w: (1,), post="", absent=True),
    Row("mailbox_reply", lambda w: (1,), post="", absent=True),
    Row("held_list", get=EVERYBODY),
    Row("held_reply_desk", lambda w: (w.held.pk,), get="rep", post="rep"),
    Row(
        "held_reply_desk",
        lambda w: (w.nobodys.pk,),
        get="",
        get_403="admin",
        post="",
        post_403="admin",
        label="nobody's",
    ),
    Row("held_unclaimed", lambda w: (w.nobodys.pk,), post="admin"),
    Row("held_unclaimed", lambda w: (w.held.pk,), post="", label="somebody's"),
    Row("held_reply", lambda w: (w.held_token,), get=EVERYBODY, post=EVERYBODY, public=True),
    # For a mail service with the secret that is not set here; `test_hook.py` has the rest.
    Row("inbound_hook", post="", public=True, absent=True),
    Row("inbound_service", lambda w: ("postmark",), get="", post="", public=True, absent=True),
    Row("list_list", get=EVERYBODY),
    Row(
        "list_new", get="admin manager outsider", get_403=NO_MANAGER, post="admin manager outsider", post_403=NO_MANAGER
    ),
    Row("list_detail", lambda w: (w.list.pk,), get=ON_LIST),
    Row("list_verb", lambda w: (w.list.pk, "buy-in"), post=LEADS_LIST, post_403="rep sponsor"),
    Row("list_verb", lambda w: (w.list.pk, "send-again"), post=LEADS_LIST, post_403="rep sponsor", label="mail"),
    Row("list_verb", lambda w: (w.list.pk, "remove-person"), post=LEADS_LIST, post_403="rep sponsor", label="people"),
    Row("meeting_list", get=EVERYBODY),
    Row("meeting_call", lambda w: (w.list.pk,), post=LEADS_LIST, post_403="rep sponsor"),
    Row(
        "meeting_plan",
        lambda w: (w.list.pk,),
        get=LEADS_LIST,
        get_403="rep sponsor",
        post=LEADS_LIST,
        post_403="rep sponsor",
    ),
    Row("meeting_detail", lambda w: (w.meeting.pk,), get=ON_LIST),
    Row("meeting_detail", lambda w: (w.running.pk,), get=ON_LIST, label="running"),
    Row("meeting_live", lambda w: (w.meeting.pk,), get=ON_LIST),
    Row("meeting_live", lambda w: (w.running.pk,), get=ON_LIST, label="running"),
    Row("meeting_verb", lambda w: (w.meeting.pk, "begin"), post=LEADS_LIST, post_403="rep sponsor"),
    Row("meeting_verb", lambda w: (w.running.pk, "close"), post=LEADS_LIST, post_403="rep sponsor", label="close"),
    Row("meeting_verb", lambda w: (w.running.pk, "park"), post=ON_LIST, label="park"),
    Row("meeting_verb", lambda w: (w.meeting.pk, "projector"), post=ON_LIST, label="projector"),
    Row("action_list", get=EVERYBODY),
    Row(
        "action_new",
        get="admin manager list_owner outsider",
        get_403=NO_LIST,
        post="admin manager list_owner outsider",
        post_403=NO_LIST,
    ),
    Row("action_detail", lambda w: (w.action.pk,), get=ON_LIST),
    Row("action_verb", lambda w: (w.action.pk, "who"), post=LEADS_LIST, post_403="rep sponsor"),
    Row("action_verb", lambda w: (w.action.pk, "step"), post=f"{LEADS_LIST} rep", post_403="sponsor", label="step"),
    Row("drop_verb", lambda w: (w.drop.pk, "agree"), post=f"{LEADS_LIST} sponsor", post_403="rep"),
    Row("evidence", lambda w: (w.evidence.pk,), get=ON_LIST),
    Row("evidence_take_out", lambda w: (w.evidence.pk,), post=f"{LEADS_LIST} rep", post_403="sponsor"),
    Row("action_verb", lambda w: (w.action.pk, "drop"), post=f"{LEADS_LIST} rep", post_403="sponsor", label="drop"),
    Row("action_verb", lambda w: (w.action.pk, "helper"), post=LEADS_LIST, post_403="rep sponsor", label="helper"),
    Row("action_verb", lambda w: (w.action.pk, "check"), post=LEADS_LIST, post_403="rep sponsor", label="check"),
    Row("check_detail", lambda w: (w.check.pk,), get=ON_LIST),
    Row("loop", get=EVERYBODY),
    # From each the whole chain, for whoever reads that one thing.
    Row("chain", lambda w: ("deal", w.deal.pk), get=CODERS, label="deal"),
    Row("chain", lambda w: ("review", w.review.pk), get=CODERS, label="review"),
    Row("chain", lambda w: ("event", w.event.pk), get=CODERS, label="event"),
    Row("chain", lambda w: ("finding", w.finding.pk), get=f"admin {NORTH}", label="finding"),
    Row("chain", lambda w: ("action", w.action.pk), get=ON_LIST, label="action"),
    Row("chain", lambda w: ("commitment", w.commitment.pk), get=f"rep {READ_PROMISE}", label="commitment"),
    Row("chain", lambda w: ("check", w.check.pk), get=ON_LIST, label="check"),
    Row("chain", lambda w: ("review", w.sealed.pk), get=ON_SEALED, label="sealed"),
    Row("chain", lambda w: ("event", w.sealed_event.pk), get=ON_SEALED, label="sealed event"),
    Row("chain", lambda w: ("commitment", w.private.pk), get="rep", label="private"),
    Row("chain", lambda w: ("mailbox", w.mail.pk), get="", label="no kind"),
    # Sofia checks it; whoever leads the list may call it off and does not decide in her place.
    Row("check_verb", lambda w: (w.check.pk, "begin"), post="sponsor", post_403=f"{LEADS_LIST} rep"),
    Row("check_verb", lambda w: (w.check.pk, "series"), post="sponsor", post_403=f"{LEADS_LIST} rep", label="series"),
    Row("check_verb", lambda w: (w.check.pk, "retire"), post=LEADS_LIST, post_403="rep sponsor", label="off"),
    Row("recurrence_detail", lambda w: (w.again.pk,), get=CODERS),
    Row("recurrence_verb", lambda w: (w.again.pk, "reject"), post=LEADERS, post_403="rep"),
    # Nobody is asked about an event that few may read, not even those few.
    Row("recurrence_detail", lambda w: (w.sealed_again.pk,), get="", label="sealed"),
    Row("recurrence_verb", lambda w: (w.sealed_again.pk, "accept"), post="", label="sealed"),
    Row("step_verb", lambda w: (w.step.pk, "tick"), post=f"{LEADS_LIST} rep", post_403="sponsor"),
    Row("milestone_verb", lambda w: (w.milestone.pk, "reach"), post=f"{LEADS_LIST} rep", post_403="sponsor"),
    Row("milestone_verb", lambda w: (w.milestone.pk, "call-off"), post=LEADS_LIST, post_403="rep sponsor", label="off"),
    Row("date_verb", lambda w: (w.date_change.pk, "agree"), post="admin list_owner", post_403="manager rep sponsor"),
]


def add_reply_token(world: World) -> None:
    """An answer of Ines's, so that its asker has something to reply to."""
    from actions.models import Answer

    answer = Answer.objects.create(
        follow_up=world.follow_up, status="done", outcome="It went well.", by=world.cast.rep, answered_at=testing.NOW
    )
    world.objects["answer"] = answer
    world.objects["reply_token"] = ReplyToken.issue(answer=answer, person=world.cast.manager)
