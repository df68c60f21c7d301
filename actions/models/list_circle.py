from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from failforward.accounts.models import Membership, Role, User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.versions import hold


class Circle(models.Model):
    """Who is on a list or near it, who comes and who leaves."""

    class Meta:
        abstract = True

    def eligible(self) -> models.QuerySet:
        """Who can be made responsible: the owner, the members of the list, the members of its team."""
        return self.circle(Q(pk=self.owner_id))

    def witnesses(self) -> models.QuerySet:
        """Who can have seen a milestone reached: the sponsor too."""
        return self.circle(Q(pk__in=[self.owner_id, self.sponsor_id]))

    def readers(self) -> models.QuerySet:
        """Who reads the list: the same as `visible_to`, asked of the list."""
        members = self.persons.values("user")
        managed_from = Q(role=Role.MANAGER, team__in=[int(step) for step in self.team.path.strip("/").split("/")])
        leads = Membership.objects.filter(Q(role=Role.ADMIN) | managed_from).values("user")
        on_it = Q(pk__in=[self.owner_id, self.sponsor_id]) | Q(pk__in=members)
        return User.objects.filter(on_it | Q(pk__in=leads), is_active=True)

    def circle(self, named: Q) -> models.QuerySet:
        members = self.persons.values("user")
        team = Membership.objects.filter(team=self.team_id).values("user")
        return User.objects.named().filter(named | Q(pk__in=members) | Q(pk__in=team), is_active=True)

    # --- Verbs ----------------------------------------------------------------------------------

    def add_person(self, by: User, user: User) -> None:
        if not user.is_active or user.erased_at:
            raise Refused(_("This person is not here any more."), "person")
        with transaction.atomic():
            hold(self)
            if user.pk != self.owner_id and self.persons.get_or_create(user=user)[1]:
                record(self, "person_added", by, person=user)
                self.tell_invitees()

    def remove_person(self, by: User, user: User) -> None:
        with transaction.atomic():
            hold(self)
            if not self.persons.filter(user=user).exists():
                return
            self.check_free(user)
            self.persons.filter(user=user).delete()
            self.let_go(user)
            self.take_chair_from(user)
            record(self, "person_removed", by, person=user)
            self.tell_invitees()

    def let_go(self, user: User) -> None:
        """Whoever leaves a list helps with nothing on it any more, unless the team keeps them near it anyway."""
        from actions.models.helping import ActionHelper

        if not Membership.objects.filter(team=self.team_id, user=user).exists():
            ActionHelper.objects.filter(action__action_list=self, user=user).delete()

    def take_chair_from(self, user: User) -> None:
        """Whoever does not read a meeting any more neither has its chair nor keeps its notes."""
        if not self.readers().filter(pk=user.pk).exists():
            for meeting in self.meetings.still_open():
                meeting.action_list = self
                meeting.let_go(user)

    def check_free(self, user: User) -> None:
        """Somebody who answers for an action stays, unless the team keeps them near it anyway."""
        from actions.models.action_state import OPEN_STATES

        if Membership.objects.filter(team=self.team_id, user=user).exists():
            return
        count = self.actions.filter(responsible=user, state__in=OPEN_STATES).count()
        if count:
            raise Refused(
                ngettext(
                    "%(name)s is responsible for %(count)s open action here. Name somebody else for it first.",
                    "%(name)s is responsible for %(count)s open actions here. Name somebody else for them first.",
                    count,
                )
                % {"name": user.name, "count": count},
                "person",
            )
