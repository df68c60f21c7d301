from reviews.models.account import Account
from reviews.models.activity import Activity
from reviews.models.addendum import Addendum
from reviews.models.capture_token import CaptureToken
from reviews.models.client_question import ClientQuestion
from reviews.models.coding import Adjudication, Coding, Hat
from reviews.models.comparison import Comparison
from reviews.models.deal import Deal, Outcome
from reviews.models.debrief import Debrief, DebriefReason
from reviews.models.definition import Definition
from reviews.models.direct_cost import DirectCost
from reviews.models.event import FailureEvent, Verdict
from reviews.models.finding import Finding
from reviews.models.half_reading import HalfReading
from reviews.models.hand_off import HandOff, HandOffAnswer, Promise
from reviews.models.import_job import ImportFile, ImportJob, ImportRow
from reviews.models.joint_milestone import JointMilestone
from reviews.models.lesson import LessonSetAside
from reviews.models.loose_end import LooseEnd
from reviews.models.own_part import OwnPart
from reviews.models.returning import ReturningOneOffs
from reviews.models.review import Review, Visibility
from reviews.models.review_person import ReviewPerson
from reviews.models.review_thanks import ThanksToken
from reviews.models.session import Session
from reviews.models.summary import Contribution, Summary
from reviews.models.why import Why

__all__ = [
    "Account",
    "Activity",
    "Addendum",
    "Adjudication",
    "CaptureToken",
    "ClientQuestion",
    "Coding",
    "Comparison",
    "Contribution",
    "Deal",
    "Debrief",
    "DebriefReason",
    "Definition",
    "DirectCost",
    "FailureEvent",
    "Finding",
    "HalfReading",
    "HandOff",
    "HandOffAnswer",
    "Hat",
    "ImportFile",
    "ImportJob",
    "ImportRow",
    "JointMilestone",
    "LessonSetAside",
    "LooseEnd",
    "Outcome",
    "OwnPart",
    "Promise",
    "ReturningOneOffs",
    "Review",
    "ReviewPerson",
    "Session",
    "Summary",
    "ThanksToken",
    "Verdict",
    "Visibility",
    "Why",
]
