from actions.models.action import ActionFinding, ActionItem, DateChange, Milestone, Step
from actions.models.action_list import ActionList, ActionListPerson
from actions.models.answer import Answer, AskerReply, ReplyToken
from actions.models.commitment import Commitment, RequestToken
from actions.models.follow_up import AnswerToken, FollowUp

__all__ = [
    "ActionFinding",
    "ActionItem",
    "ActionList",
    "ActionListPerson",
    "Answer",
    "AnswerToken",
    "AskerReply",
    "Commitment",
    "DateChange",
    "FollowUp",
    "Milestone",
    "ReplyToken",
    "RequestToken",
    "Step",
]
