from actions.models.action import ActionFinding, ActionItem
from actions.models.action_list import ActionList, ActionListPerson
from actions.models.answer import Answer, AskerReply, ReplyToken
from actions.models.calendar_feed import CalendarFeed
from actions.models.check import EffectivenessCheck
from actions.models.check_evidence import CheckNote, CheckValue
from actions.models.check_notice import CheckNotice
from actions.models.coaching_talk import CoachingTalk
from actions.models.commitment import Commitment, RequestToken
from actions.models.date_change import DateChange, DateToken
from actions.models.dependency import Dependency
from actions.models.drop import Drop
from actions.models.evidence import EvidenceFile
from actions.models.follow_up import AnswerToken, FollowUp
from actions.models.held import HeldToken
from actions.models.helping import ActionHelper
from actions.models.invitee import Invitee
from actions.models.meeting import Meeting
from actions.models.meeting_item import MeetingItem
from actions.models.meeting_person import MeetingPerson
from actions.models.meeting_series import MeetingSeries
from actions.models.milestone import Milestone
from actions.models.parking_lot import Parked
from actions.models.partner import Partner, PartnerNote, PartnerToken
from actions.models.recurrence import Recurrence
from actions.models.silence import SilenceStep
from actions.models.sponsor_request import LetterToken, SponsorRequest, SponsorToken
from actions.models.step import Step
from actions.models.stop_token import StopToken
from actions.models.update import Update

__all__ = [
    "ActionFinding",
    "ActionHelper",
    "ActionItem",
    "ActionList",
    "ActionListPerson",
    "Answer",
    "AnswerToken",
    "AskerReply",
    "CalendarFeed",
    "CheckNote",
    "CheckNotice",
    "CheckValue",
    "CoachingTalk",
    "Commitment",
    "DateChange",
    "DateToken",
    "Dependency",
    "Drop",
    "EffectivenessCheck",
    "EvidenceFile",
    "FollowUp",
    "HeldToken",
    "Invitee",
    "Meeting",
    "MeetingItem",
    "MeetingPerson",
    "MeetingSeries",
    "LetterToken",
    "Milestone",
    "Parked",
    "Partner",
    "PartnerNote",
    "PartnerToken",
    "Recurrence",
    "ReplyToken",
    "RequestToken",
    "SilenceStep",
    "SponsorRequest",
    "SponsorToken",
    "Step",
    "StopToken",
    "Update",
]
