"""Replies of an accountability partner: their yes or no, and then their notes. Never an answer to the question."""

import re

from actions.inbound.numbered import tokens_in
from actions.inbound.parser import parser
from actions.inbound.verdict import Case, Verdict
from actions.models import Partner, PartnerToken
from failforward.guards import Refused
from failforward.inbound.models import State
from failforward.outbox.models import Mail

LINK = re.compile(r"/p/([a-z2-7]{26})/")
# Who has ended it, or said no, gets no more mail about it: not even that a reply came too late.
ENDED = Verdict(State.NOTE, "late")


def answer_to_partner_request(case: Case) -> Verdict:
    partner = Partner.objects.select_related("commitment__review", "person").get(pk=case.asked.subject_id)
    if not partner.is_current:
        return ENDED
    if partner.state == Partner.State.AGREED:
        return noted(partner, case.text, case)
    said = parser().choice_of(case.text, case.today)
    if said.ambiguous or said.answer not in ("accept", "decline"):
        return Verdict(State.HELD, "unclear_yes", ("person",))
    answer = partner.agree if said.answer == "accept" else partner.decline
    answer(case.now)
    return Verdict(State.APPLIED)


def notes_of_partner(case: Case) -> Verdict:
    """Words to one commitment, or under the number of each."""
    partners = partners_in(case.asked)
    if len(partners) == 1:
        return noted(next(iter(partners.values())), case.text, case)
    given = parser().digest_answers(case.raw, case.sent, list(partners))
    for number, text in given.by_item.items():
        noted(partners[number], text, case)
    if given.unmarked.strip() or not given.by_item:
        case.text = given.unmarked.replace("\x00", "").strip()
        return Verdict(State.HELD, "several" if case.text else "empty", ("person",))
    return Verdict(State.APPLIED)


def noted(partner: Partner, text: str, case: Case) -> Verdict:
    if not partner.is_current:
        return ENDED
    if not text:
        return Verdict(State.HELD, "empty", ("person",))
    try:
        partner.leave_note(text.replace("\x00", ""), case.now)
    except Refused:
        return ENDED
    return Verdict(State.APPLIED)


def partners_in(mail: Mail) -> dict[int, Partner]:
    """By the numbers in the mail; bound to whom it was sent to."""
    tokens = tokens_in(mail, PartnerToken, LINK)
    found = Partner.objects.select_related("commitment__review", "person").filter(person=mail.recipient_id)
    by_pk = found.in_bulk([token.partner_id for token in tokens.values()])
    return {number: by_pk[token.partner_id] for number, token in tokens.items() if token.partner_id in by_pk}
