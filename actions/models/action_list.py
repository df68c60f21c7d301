import uuid
from collections.abc import Iterable
from datetime import date, time
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from actions.models.list_circle import Circle
from actions.models.list_meets import Meets
from failforward.accounts.models import Team, User, check_zone
from failforward.accounts.reach import reach_of
from failforward.guards import Refused
from failforward.history.models import record
from failforward.scopes import Among
from failforward.versions import assign, hold, keep


class ActionListQuerySet(models.QuerySet):
    def visible_to(self, user: User) -> Self:
        if not user.is_authenticated:
            return self.none()
        reach = reach_of(user)
        if reach.is_admin:
            return self
        return self.filter(Q(on_list(user, "pk")) | Q(team__in=reach.managed))

    def editable_by(self, user: User) -> Self:
        """The lists on which `user` may propose and change actions."""
        reach = reach_of(user)
        return self if reach.is_admin else self.filter(Q(owner=user.pk) | Q(team__in=reach.managed))

    def of(self, user: User) -> Self:
        """The lists that `user` owns, sponsors or is a member of."""
        return self.filter(on_list(user, "pk"))

    def for_list(self) -> Self:
        return self.select_related("owner", "sponsor", "team", "buy_in_by")

    def for_rows(self) -> Self:
        """For the page of all lists, which shows little of each."""
        names = ["name", "owner__name", "sponsor__name", "team__name"]
        return self.select_related("owner", "sponsor", "team").only(*names)

    def with_dates_waiting(self) -> Self:
        """`dates_wait`: a date was asked for that the owner has to agree to."""
        from actions.models.date_change import DateChange

        waiting = DateChange.objects.asked_for().on_list(models.OuterRef("pk"))
        return self.annotate(dates_wait=models.Exists(waiting))

    def with_next_meeting(self) -> Self:
        """`meeting_ahead`, the id of the meeting that is planned or runs, and `meeting_ahead_at`."""
        from actions.models.meeting import Meeting

        ahead = Meeting.objects.still_open().filter(action_list=models.OuterRef("pk"))
        return self.annotate(
            meeting_ahead=models.Subquery(ahead.values("pk")[:1]),
            meeting_ahead_at=models.Subquery(ahead.values("starts_at")[:1]),
        )

    def with_meeting_ahead(self) -> Self:
        """The same with `meeting_ahead_runs`; `meets_weekly`: something on the list is still to be met about, and it is
        planned."""
        from actions.models.meeting import Meeting
        from actions.models.meeting_series import MeetingSeries
        from actions.models.meeting_state import State

        ahead = Meeting.objects.still_open().filter(action_list=models.OuterRef("pk"))
        weekly = MeetingSeries.objects.carried_on().filter(action_list=models.OuterRef("pk"))
        return self.with_next_meeting().annotate(
            meeting_ahead_runs=models.Exists(ahead.filter(state=State.RUNNING)),
            meets_weekly=models.Exists(weekly),
        )


def lists_of(user: User) -> models.QuerySet:
    """Ids of the lists that `user` owns, sponsors or is a member of."""
    on_them = Among("pk", ActionListPerson.objects.filter(user=user.pk).values("action_list"))
    return ActionList.objects.filter(Q(owner=user.pk) | Q(sponsor=user.pk) | Q(on_them)).order_by().values("pk")


def on_list(user: User, action_list: str = "action_list") -> Among:
    """What is on a list that `user` owns, sponsors or is a member of."""
    return Among(action_list, lists_of(user))


def list_scopes(user: User) -> list[Q]:
    reach = reach_of(user)
    if reach.is_admin:
        return [Q()]
    mine = Q(on_list(user, "pk"))
    return [mine, Q(team__in=reach.managed)] if reach.managed else [mine]


class ActionList(Circle, Meets, models.Model):
    """One list, one owner, one weekly meeting."""

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("Monday")
        TUESDAY = 2, _("Tuesday")
        WEDNESDAY = 3, _("Wednesday")
        THURSDAY = 4, _("Thursday")
        FRIDAY = 5, _("Friday")
        SATURDAY = 6, _("Saturday")
        SUNDAY = 7, _("Sunday")

    class Told(models.TextChoices):
        """By what the sponsor said yes."""

        PERSON = "person", _("face to face")
        MEETING = "meeting", _("in a meeting")
        CALL = "call", _("on the telephone")
        MAIL = "mail", _("in writing")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=150)
    team = models.ForeignKey(Team, models.PROTECT, related_name="action_lists")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_lists")
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="sponsored_lists"
    )
    buy_in = models.TextField(_("what the sponsor agreed to"), blank=True)
    buy_in_on = models.DateField(null=True, blank=True)
    buy_in_how = models.CharField(_("how they said it"), max_length=8, choices=Told, blank=True, db_default="")
    buy_in_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sponsor_step = models.BooleanField(_("ask the sponsor to help when nobody answers"), default=False)
    meeting_weekday = models.PositiveSmallIntegerField(_("meets on"), choices=Weekday, default=Weekday.WEDNESDAY)
    meeting_time = models.TimeField(_("at"), default="15:00")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[check_zone])
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="ActionListPerson", related_name="action_lists")
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    objects = ActionListQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "name"],
                name="list_name_once_in_a_team",
                violation_error_message=_("This team has a list of that name already."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    # --- Verbs ----------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        by: User,
        name: str,
        team: Team,
        owner: User,
        sponsor: User | None = None,
        weekday: int = Weekday.WEDNESDAY,
        time: time = time(15),
        people: Iterable[User] = (),
        buy_in: str = "",
        buy_in_how: str = "",
        today: date | None = None,
    ) -> "ActionList":
        """Begins with the sponsor's word, where they have given it already."""
        with transaction.atomic():
            check_name(name, team)
            made = cls.objects.create(
                name=name.strip(),
                team=team,
                owner=owner,
                sponsor=sponsor,
                meeting_weekday=weekday,
                meeting_time=time,
                time_zone=team.time_zone,
            )
            ActionListPerson.objects.bulk_create(
                ActionListPerson(action_list=made, user=user) for user in dict.fromkeys(people) if user != owner
            )
            record(made, "opened", by)
            if buy_in.strip():
                made.record_buy_in(by, buy_in, today or timezone.localdate(), how=buy_in_how)
        return made

    def change(self, by: User, seen: int | None = None, **values) -> None:
        """`name`, `owner`, `sponsor`, `meeting_weekday`, `meeting_time`, `time_zone`. `seen` is the version looked at.

        Buy-in is one sponsor's: it goes with them and stays in the history.
        """
        with transaction.atomic():
            hold(self, seen)
            if "name" in values:
                values["name"] = values["name"].strip()
                check_name(values["name"], self.team, self.pk)
            if "sponsor" in values and values["sponsor"] != self.sponsor:
                values |= {"buy_in": "", "buy_in_on": None, "buy_in_how": "", "buy_in_by": None}
            changes = assign(self, values)
            if changes:
                keep(self, *changes)
                record(self, "changed", by, **changes)
            if "owner" in changes:
                self.hand_over_dates()
                self.hand_over_meetings()
                self.tell_invitees()
            if changes.keys() & {"meeting_weekday", "meeting_time", "time_zone"}:
                self.move_meetings()
            if "sponsor" in changes and self.sponsor is not None:
                self.hand_over_requests()

    def hand_over_dates(self) -> None:
        """Dates that wait for the owner wait for the new one."""
        from actions.models.date_change import DateChange

        for change in DateChange.objects.asked_for().on_list(self.pk).for_list():
            change.ask_owner(timezone.now())

    def hand_over_requests(self) -> None:
        """What the sponsor before left unanswered is put to the new one."""
        for asked in self.sponsor_requests.unanswered().for_list():
            asked.hand_to(self.sponsor, timezone.now())

    def record_buy_in(self, by: User, text: str, on: date, seen: int | None = None, how: str = "") -> None:
        """What the sponsor agreed to, in words, when, and by what they said so; who writes it down stands beside it."""
        if not text.strip():
            raise Refused(_("Say what the sponsor agreed to."), "buy_in")
        with transaction.atomic():
            hold(self, seen)
            if self.sponsor_id is None:
                raise Refused(_("This list has no sponsor yet. Name one first."), "sponsor")
            changes = assign(self, {"buy_in": text.strip(), "buy_in_on": on, "buy_in_how": how})
            if changes:
                self.buy_in_by = by
                keep(self, *changes, "buy_in_by")
                record(self, "buy_in_recorded", by, **changes)


def check_name(name: str, team: Team, own_pk: int | None = None) -> None:
    if not name.strip():
        raise Refused(_("Give the list a name."), "name")
    if ActionList.objects.filter(team=team, name=name.strip()).exclude(pk=own_pk).exists():
        raise Refused(say("%(team)s has a list of that name already.") % {"team": team.name}, "name")


class ActionListPerson(models.Model):
    """A member of the list: reads its actions and the answers shared on it."""

    action_list = models.ForeignKey(ActionList, models.PROTECT, related_name="persons")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    batch_id = models.UUIDField(null=True, blank=True, db_index=True, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "action_list"], name="once_on_a_list")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.action_list_id}"
