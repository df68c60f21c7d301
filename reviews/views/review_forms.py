"""The forms of a review's page that stand open when they are asked for."""

from django.forms import Form

from failforward.accounts.models import User
from failforward.ids import id_of
from reviews import loss_costs, permissions
from reviews.forms.closing import TargetForm
from reviews.forms.coding import ReadersForm
from reviews.forms.cost import DirectCostForm
from reviews.forms.event import NewEventForm, SortForm
from reviews.forms.gathering import OwnPartForm
from reviews.forms.hand_off import ChecklistForm, LedgerForm, PromiseForm
from reviews.forms.review import PersonForm, VisibilityForm
from reviews.models import Promise, Review
from reviews.review_page import Page


def opened(user: User, page: Page, do: str) -> dict[str, Form]:
    """The part that was asked for, where this person may change it."""
    review = page.review
    is_hand_off = review.kind == Review.Kind.HAND_OFF and permissions.can_edit_review(user, review)
    if is_hand_off and (forms := hand_off_opened(review, do)):
        return forms
    if do == "event" and permissions.can_edit_review(user, review):
        return {"event_form": NewEventForm(prefix="new", name=user.name)}
    if do == "part" and page.own_part and permissions.can_edit_review(user, review):
        return {"part_form": OwnPartForm(initial={"text": page.own_part.text})}
    if do == "cost" and permissions.can_state_cost(user, review):
        direct = loss_costs.direct_of(review)
        return {"cost_form": DirectCostForm(currency=review.deal.currency, direct=direct)}
    if do == "person" and permissions.can_add_people(user, review):
        return {"person_form": PersonForm(review=review, auto_id="id_person_%s")}
    if do == "coders" and permissions.can_ask_readers(user, review):
        return {"readers_form": ReadersForm(initial={"readers_per_event": review.readers_per_event})}
    if do == "target" and permissions.can_close(user, review):
        return {"target_form": TargetForm(initial={"target_close_on": review.target_close_on})}
    if do == "readers" and permissions.can_change_visibility(user, review):
        return {"visibility_form": VisibilityForm(initial={"visibility": review.visibility})}
    return {}


def hand_off_opened(review: Review, do: str) -> dict:
    part, _dot, pk = do.partition(".")
    if part == "checklist":
        return {"checklist_form": ChecklistForm(initial=ChecklistForm.initial_of(review.hand_off))}
    if part == "promise" and not pk:
        return {"promise_form": PromiseForm()}
    line = Promise.objects.filter(hand_off__review=review, pk=id_of(pk)).first() if part == "promise" else None
    return {"ledger_line": line, "ledger_form": LedgerForm(initial=LedgerForm.initial_of(line))} if line else {}


def sort_form(page: Page, data=None) -> SortForm:
    event = page.open_event
    return SortForm(
        data,
        event=event,
        findings=page.findings,
        may_join=page.may_join,
        asks_finding=page.review.seen_in.startswith("session.findings"),
        initial={
            "version": event.version,
            "seen": event.finding_id or 0,
            "causal_role": event.causal_role,
            "category": event.category or page.own_reading[0],
            "verdict": event.verdict or page.own_reading[1],
            "finding": event.finding_id,
        },
    )
