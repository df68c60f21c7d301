import datetime as dt
import uuid
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from failforward import links, versions, working_days
from failforward.accounts.models import Team, User
from failforward.accounts.reach import reach_of
from failforward.guards import Conflict, Refused
from failforward.history.models import record
from reviews import permissions
from reviews.models.account import Account
from reviews.models.deal_clock import OnTheClock
from reviews.stalling import STILL_AFTER


class Outcome(models.TextChoices):
    OPEN = "open", _("open")
    WON = "won", _("won")
    LOST = "lost", _("lost, to whom is not stated")
    LOST_TO_COMPETITOR = "lost_to_competitor", _("lost to a competitor")
    LOST_TO_NO_DECISION = "lost_to_no_decision", _("lost to no decision")
    WITHDRAWN = "withdrawn", _("withdrawn")


LOSSES = [Outcome.LOST, Outcome.LOST_TO_COMPETITOR, Outcome.LOST_TO_NO_DECISION, Outcome.WITHDRAWN]


def deal_scopes(user: User) -> list[Q]:
    """Whose deals `user` reads, a condition for each reason; each alone is answered by an index in list order."""
    reach = reach_of(user)
    if reach.is_admin:
        return [Q()]
    on_a_review = Q(pk__in=models.Subquery(_deals_on_my_reviews(user)))
    return [Q(team__in=sorted(reach.managed)), Q(owner=user.pk), on_a_review]


def _deals_on_my_reviews(user: User) -> models.QuerySet:
    from reviews.models.review import Review

    # Whoever takes a won deal on in production needs its hand-off, and no more of the deal than stands there.
    return Review.objects.filter(people=user.pk).exclude(hand_off__production_lead=user.pk).values("deal")


def people_of(team: Team) -> models.QuerySet:
    """Whose deal one of the team may be: of the team itself or of one above it."""
    above = [int(step) for step in team.path.strip("/").split("/")]
    return User.objects.named().filter(is_active=True, memberships__team__in=above).distinct()


def still_since(day: dt.date, zone: str | None) -> Q:
    """No move of the buyer's after `day`, and open since before."""
    from reviews.models.activity import Activity
    from reviews.models.joint_milestone import JointMilestone

    today = day + STILL_AFTER
    moved = Activity.objects.filter(deal=models.OuterRef("pk"), direction="in", happened_on__range=(day + ONE, today))
    agreed = JointMilestone.objects.filter(deal=models.OuterRef("pk"), agreed_on__range=(day + ONE, today))
    tomorrow = working_days.instant(day + ONE, 0, zone or timezone.get_current_timezone_name())
    began = Q(opened_on__lte=day) | Q(opened_on=None, created_at__lt=tomorrow)
    return began & ~models.Exists(moved) & ~models.Exists(agreed.order_by())


ONE = dt.timedelta(1)
# What an owner may set on their own deal; a manager of its team may also move it.
OWN_FIELDS = [
    "name",
    "account",
    "product",
    "amount_minor",
    "list_price_minor",
    "currency",
    "outcome",
    "stage",
    "stage_at_loss",
    "opened_on",
    "closed_on",
    "lost_on",
    "competitor",
    "lead_source",
]
MOVE_FIELDS = ["team", "owner"]
# One says nothing without the others.
MONEY = {"amount_minor", "list_price_minor", "currency"}


# What a row of a list says of a deal.
LISTED = ["name", "account__name", "product", "competitor", "outcome", "currency"]
LISTED += ["value_minor", "amount_minor", "list_price_minor"]


class DealQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if not user.is_authenticated:
            return self.none()
        reach = reach_of(user)
        if reach.is_admin:
            return self
        return self.filter(Q(team__in=reach.managed) | Q(owner=user.pk) | Q(pk__in=_deals_on_my_reviews(user)))

    def lost(self) -> Self:
        return self.filter(outcome__in=LOSSES)

    def parked(self, today: dt.date) -> Self:
        return self.filter(outcome=Outcome.OPEN, parked_until__gt=today)

    def stalled(self, today: dt.date, zone: str | None = None) -> Self:
        """Open, not parked, and the buyer has not moved for two weeks; `stalling.BuyersClock` asked of many."""
        rows = self.filter(outcome=Outcome.OPEN).exclude(parked_until__gt=today)
        return rows.filter(still_since(today - STILL_AFTER, zone))

    def for_list(self) -> Self:
        return self.select_related("account", "owner").only(
            *LISTED, "closed_on", "lost_on", "sort_on", "owner__name", "parked_until", "team"
        )

    def for_detail(self) -> Self:
        return self.select_related("account", "owner", "team")


class Deal(OnTheClock, models.Model):
    """An opportunity from the CRM. `lost_on` is a date of its own: editing a deal never moves a loss."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.CharField(max_length=50, default="form")
    external_id = models.CharField(max_length=100, blank=True)
    name = models.CharField(_("deal"), max_length=200)
    account = models.ForeignKey(Account, models.PROTECT, null=True, blank=True, related_name="deals")
    product = models.CharField(_("product"), max_length=200, blank=True)
    amount_minor = models.BigIntegerField(_("amount"), null=True, blank=True)
    list_price_minor = models.BigIntegerField(_("list price"), null=True, blank=True)
    value_minor = models.GeneratedField(
        expression=Coalesce("amount_minor", "list_price_minor"),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, default=Outcome.OPEN)
    stage = models.CharField(_("stage"), max_length=100, blank=True)
    stage_at_loss = models.CharField(_("stage when it was lost"), max_length=100, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    lost_on = models.DateField(_("lost on"), null=True, blank=True)
    competitor = models.CharField(_("lost to"), max_length=200, blank=True)
    lead_source = models.CharField(_("lead source"), max_length=100, blank=True)
    # The list indexes below begin with team and owner; one more of each would only mislead the planner.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="deals", db_index=False
    )
    team = models.ForeignKey(Team, models.PROTECT, related_name="deals", db_index=False)
    # The day lists are ordered by; never empty, because empty values have no place in a key.
    sort_on = models.GeneratedField(
        expression=Coalesce("lost_on", "closed_on", "opened_on", models.Value(dt.date(1, 1, 1))),
        output_field=models.DateField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = DealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="one_deal_for_an_id_of_a_source"
            ),
            models.CheckConstraint(
                condition=~Q(outcome__in=LOSSES) | Q(lost_on__isnull=False),
                name="a_loss_has_its_day",
                violation_error_message=_("Say on which day the deal was lost."),
            ),
            models.CheckConstraint(
                condition=Q(parked_until=None, parked_because="")
                | Q(parked_until__isnull=False) & ~Q(parked_because=""),
                name="parked_with_a_reason",
                violation_error_message=_("Say why it rests, and until when."),
            ),
            models.CheckConstraint(
                condition=Q(amount_minor=None) | Q(amount_minor__gte=0),
                name="amount_is_not_negative",
                violation_error_message=_("An amount is zero or more."),
            ),
        ]
        indexes = [
            # With all that losses are counted by, so that the rows themselves need not be read.
            models.Index(fields=["-sort_on", "-id", "outcome", "team", "owner"], name="deals_by_day_and_end"),
            models.Index(fields=["team", "-sort_on", "-id"], name="deals_of_team_by_day"),
            models.Index(fields=["owner", "-sort_on", "-id"], name="deals_of_owner_by_day"),
            # Of a million deals some thousands are open.
            models.Index(fields=["-sort_on", "-id"], name="open_deals_by_day", condition=Q(outcome=Outcome.OPEN)),
            models.Index(
                fields=["team", "-sort_on", "-id"], name="open_deals_of_team", condition=Q(outcome=Outcome.OPEN)
            ),
            models.Index(
                fields=["owner", "-sort_on", "-id"], name="open_deals_of_owner", condition=Q(outcome=Outcome.OPEN)
            ),
            # Where a loss is compared with wins, the many others are not walked.
            models.Index(fields=["-sort_on", "-id"], name="wins_by_day", condition=Q(outcome=Outcome.WON)),
            models.Index(
                fields=["team", "-sort_on", "-id"], name="wins_of_team_by_day", condition=Q(outcome=Outcome.WON)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}, {self.name}" if self.account_id else self.name

    def get_absolute_url(self) -> str:
        return links.address_of("deal_detail", self.pk)

    @classmethod
    @transaction.atomic
    def record_loss(cls, team: Team, by: User, *, name: str, outcome: str, lost_on, today, **fields) -> Self:
        """A loss told by a person; imports write theirs in bulk under the same constraints."""
        if not permissions.can_record_loss(by, team):
            raise Refused(_("Choose a team that you belong to."), "team")
        owner = fields.get("owner") or by
        if owner != by and not (permissions.manages(by, team.pk) and people_of(team).filter(pk=owner.pk).exists()):
            raise Refused(_("Choose somebody of this team, which you manage."), "owner")
        deal = cls(
            team=team, name=name.strip(), outcome=outcome, lost_on=lost_on, **{"currency": team.currency} | fields
        )
        if outcome not in LOSSES:
            raise Refused(_("Say to whom the deal was lost, or that it was withdrawn."), "outcome")
        deal._check(today)
        deal.closed_on = deal.closed_on or lost_on
        deal.save()
        deal.refresh_from_db(fields=["value_minor", "sort_on"])
        record(deal, "record loss", by)
        return deal

    @transaction.atomic
    def change(self, by: User, *, today, reason: str = "", was: dict[str, str] | None = None, **fields) -> bool:
        """Sets fields, and the copies that reviews keep of them. The day of a loss moves only by itself and with a
        reason: no other edit carries a loss into another month. `was`, where it is known, is what was `held` when the
        edit began: two conflict only where both changed the same."""
        if unknown := set(fields) - {*OWN_FIELDS, *MOVE_FIELDS}:
            raise TypeError(f"no field of a deal that may be changed: {sorted(unknown)}")
        # With its key: a review that is being opened copies these fields, and is waited for so that it is kept in step.
        self.refresh_from_db(from_queryset=Deal.objects.select_for_update())
        if was is not None and self._changed_since(was, fields):
            raise Conflict(versions.MEANWHILE, self)
        if not permissions.can_write_deal(by, self):
            raise Refused(_("A deal is changed by its owner and the managers of its team."))
        had_a_day, may_move = self.lost_on is not None, permissions.can_move_deal(by, self)
        changes = versions.assign(self, fields)
        if not changes:
            return False
        if changes.keys() & set(MOVE_FIELDS) and not may_move:
            raise Refused(_("A deal is given to another team or owner by a manager of its team."))
        if "team" in changes and not permissions.can_move_deal(by, self):
            raise Refused(_("Choose a team that you manage."), "team")
        if "lost_on" in changes and had_a_day and not reason.strip():
            raise Refused(_("Say why the day of the loss moves: it may move the loss to another month."), "reason")
        self._check(today)
        self.save(update_fields=list(changes))
        self.refresh_from_db(fields=["value_minor", "sort_on"])
        self._keep_reviews_in_step()
        if "team" in changes:
            from reviews import weighing

            weighing.follow_deals([self.pk])
        record(self, "change", by, reason=reason.strip(), changes=changes)
        return True

    def _check(self, today) -> None:
        if not self.name.strip():
            raise Refused(_("Give the deal a name."), "name")
        if self.is_lost and self.lost_on is None:
            raise Refused(_("Say on which day the deal was lost."), "lost_on")
        if self.lost_on and self.lost_on > today:
            raise Refused(_("The day of the loss lies ahead. Choose today or an earlier day."), "lost_on")
        for field in ("amount_minor", "list_price_minor"):
            if (getattr(self, field) or 0) < 0:
                raise Refused(_("An amount is zero or more."), field)

    def _keep_reviews_in_step(self) -> None:
        copies = {"team": self.team_id, "owner": self.owner_id, "value_minor": self.value_minor}
        if day := self.lost_on or self.closed_on:
            copies["lost_on"] = day
        self.reviews.update(**copies)
        from reviews import summaries

        summaries.count_anew(self.reviews.values_list("pk", flat=True))

    @property
    def held(self) -> dict[str, str]:
        """What people and imports, which count no versions, may change; fit for a form that is sent back."""
        return {name: str(self.serializable_value(name)) for name in [*OWN_FIELDS, *MOVE_FIELDS]}

    def _changed_since(self, was: dict[str, str], fields: dict) -> bool:
        """Whether something else stands now where `fields` are to go."""
        concerned = {name for name, value in fields.items() if getattr(self, name) != value}
        if concerned & MONEY:
            concerned |= MONEY
        held = self.held
        return any(held[name] != was.get(name) for name in concerned & held.keys())

    @property
    def is_lost(self) -> bool:
        return self.outcome in LOSSES

    @property
    def value_is_list_price(self) -> bool:
        return self.amount_minor is None and self.list_price_minor is not None
