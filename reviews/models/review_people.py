from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Membership, Role, User
from failforward.guards import Refused
from failforward.history.models import Change, record
from reviews.models.deal import Deal
from reviews.models.review_person import ReviewPerson
from reviews.models.review_state import Visibility


class Peopled(models.Model):
    """Who is on the review, who leads it, and who reads it."""

    class Meta:
        abstract = True

    # Who is on it, where a page has read them as rows.
    persons_read = None

    @property
    def crew(self) -> Iterable[ReviewPerson]:
        return self.persons.all() if self.persons_read is None else self.persons_read

    def add_person(self, by: User | None, user: User) -> bool:
        if not user.is_active or user.erased_at:
            raise Refused(_("This person is no longer here. Choose somebody else."), field="user")
        with transaction.atomic():
            person, created = ReviewPerson.objects.get_or_create(
                review=self, user=user, defaults={"batch_id": self.batch_id}
            )
            if created:
                record(self, "person_added", by, person=user)
        return created

    def remove_person(self, by: User, user: User) -> bool:
        with transaction.atomic():
            self.lock()
            self.must_not_be_closed()
            if not self.persons.filter(user=user).exists():
                return False
            if self.visibility != Visibility.STANDARD and self.persons.count() == 1:
                raise Refused(_("Nobody could read this review any more. Add somebody else first."))
            self.persons.filter(user=user).delete()
            if self.facilitator_id == user.pk:
                self.facilitator, self.self_facilitated = None, False
                self.save(update_fields=["facilitator", "self_facilitated"])
            record(self, "person_removed", by, person=user)
            self.weigh_again()
        return True

    def bring_person_back(self, by: User, user: User, *, facilitates: bool = False) -> bool:
        """Takes it back that somebody was taken off."""
        with transaction.atomic():
            self.lock()
            self.must_not_be_closed()
            if not Change.objects.about(self).filter(verb="person_removed", details__person=str(user)).exists():
                raise Refused(_("Nobody took this person off. Add them instead."))
            return self.let_facilitate(by, user) if facilitates else self.add_person(by, user)

    def let_facilitate(self, by: User, user: User) -> bool:
        """The deal's owner facilitates only where nobody else could, and then the record says so."""
        alone = user.pk == self.owner_id
        if alone and self.could_facilitate().exists():
            names = ", ".join(self.could_facilitate().values_list("name", flat=True)[:3])
            raise Refused(
                _("Somebody other than the deal’s owner facilitates. %(names)s could.") % {"names": names}, field="user"
            )
        with transaction.atomic():
            self.lock()
            if self.facilitator_id == user.pk:
                return False
            self.add_person(by, user)
            self.facilitator, self.self_facilitated = user, alone
            self.save(update_fields=["facilitator", "self_facilitated"])
            record(self, "facilitator_named", by, person=user, self_facilitated=alone)
        return True

    def could_facilitate(self) -> models.QuerySet:
        """Whoever is on the review or works in the team or leads one above it, but for the deal's owner."""
        above = [int(step) for step in self.team.path.strip("/").split("/")]
        leads = Membership.objects.filter(team__in=above, role__in=[Role.MANAGER, Role.ADMIN]).values("user")
        works = Membership.objects.filter(team=self.team_id).exclude(role=Role.SUPPORT).values("user")
        on_it = self.persons.values("user")
        eligible = User.objects.named().filter(is_active=True).exclude(pk=self.owner_id or 0)
        return eligible.filter(Q(pk__in=leads) | Q(pk__in=works) | Q(pk__in=on_it))

    def change_visibility(self, by: User, visibility: str) -> bool:
        """Whoever hides a review stays on it: nobody locks a review away from themselves."""
        if visibility not in Visibility.values:
            raise Refused(_("Choose who reads it: standard, named or sealed."), field="visibility")
        with transaction.atomic():
            # Two reviews of one deal may both be opened to all at once: the deal is held, so that one sees the other.
            Deal.objects.select_for_update(no_key=True).get(pk=self.deal_id)
            self.lock()
            before = self.visibility
            if before == visibility:
                return False
            others = type(self).objects.filter(deal=self.deal_id, kind=self.kind, visibility=Visibility.STANDARD)
            if visibility == Visibility.STANDARD and others.exists():
                raise Refused(_("This deal has a standard review already. An admin may join the two."))
            if visibility != Visibility.STANDARD:
                self.add_person(by, by)
                self.capture_tokens.exclude(person__in=self.persons.values("user")).filter(revoked_at=None).update(
                    revoked_at=timezone.now()
                )
            self.visibility = visibility
            self.save(update_fields=["visibility"])
            self.count_anew()
            record(self, "visibility_changed", by, before=before, after=visibility)
            self.weigh_again()
        return True
