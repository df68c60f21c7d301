from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import models, transaction
from django.utils.translation import gettext as _

from failforward import outbox
from failforward.accounts.models import Absence, Membership, Role, User
from failforward.guards import Refused
from failforward.history.models import record
from failforward.tokens import Token

ASKED, GIVEN = "thanks_asked", "thanks"
LONGEST = 500


class Thanking(models.Model):
    """Thanks by name. Whoever leads the review says for what; the sponsor is asked, and the thanks are theirs."""

    class Meta:
        abstract = True

    def suggest_thanks(self, by: User, words: Mapping[int, str]) -> bool:
        """`words` by person; an empty text takes the suggestion back. What was sent stays."""
        with transaction.atomic():
            self.lock()
            self.must_not_be_closed()
            changed = []
            for person in self.persons.filter(user__in=words, thanked_at=None).select_related("user"):
                text = words[person.user_id].strip()[:LONGEST]
                if text != person.thanked_for:
                    person.thanked_for = text
                    person.save(update_fields=["thanked_for"])
                    changed.append(person.user.name)
            if changed:
                record(self, "thanks_suggested", by, names=", ".join(changed))
        return bool(changed)

    def to_thank(self) -> models.QuerySet:
        """Those for whom words of thanks wait to be sent."""
        return self.persons.filter(thanked_at=None).exclude(thanked_for="").select_related("user").order_by("pk")

    def pass_on_thanks(self, by: User, now: datetime, today: date) -> None:
        """At closing: the thanker is asked by mail; one's own thanks go out at once."""
        if not self.to_thank().exists():
            return
        thanker = self.thanker(today) or by
        if not self.to_thank().exclude(user=thanker).exists():
            return
        if thanker == by:
            self.send_thanks(by, now)
            return
        key = f"{ASKED}:{self.pk}:{now.isoformat()}"
        outbox.plan(key, ASKED, thanker, now, subject_id=self.pk, batch_id=self.batch_id)
        record(self, "thanks_asked", by, person=thanker)

    def send_thanks(self, by: User, now: datetime, words: Mapping[int, str] | None = None) -> list[User]:
        """A mail to each, in the name of `by`; `words` are theirs where they wrote their own, empty ones are left
        out. Nobody thanks themselves."""
        with transaction.atomic():
            self.lock()
            return self._give_thanks(self.to_thank().exclude(user=by), words or {}, by, now)

    def _give_thanks(self, persons: Iterable, words: Mapping[int, str], by: User, now: datetime) -> list[User]:
        thanked = []
        for person in persons:
            text = words.get(person.user_id, person.thanked_for).strip()[:LONGEST]
            if not text:
                continue
            person.thanked_for, person.thanked_by, person.thanked_at = text, by, now
            person.save(update_fields=["thanked_for", "thanked_by", "thanked_at"])
            outbox.plan(f"{GIVEN}:{person.pk}", GIVEN, person.user, now, subject_id=person.pk, batch_id=self.batch_id)
            thanked.append(person.user)
        if thanked:
            record(self, "thanked", by, names=", ".join(user.name for user in thanked))
        return thanked

    def thank(self, by: User, user: User, text: str, now: datetime) -> bool:
        """One person, without waiting for the end. Thanked twice is once; nobody thanks themselves."""
        text = text.strip()[:LONGEST]
        if not text:
            raise Refused(_("Say what for, in a sentence they will like to read."), "words")
        with transaction.atomic():
            self.lock()
            person = self.persons.filter(user=user, thanked_at=None).exclude(user=by).first()
            if person is None:
                return False
            return bool(self._give_thanks([person], {user.pk: text}, by, now))

    def thanker(self, today: date) -> User | None:
        """The sponsor, this review's or the team's; without one who is here the nearest manager. Of a review that few
        may read, only somebody who is on it."""
        for person in self._thankers():
            reachable = person is not None and person.is_active and bool(person.email)
            if reachable and not Absence.objects.on(today).filter(person=person).exists():
                return person
        return None

    def _thankers(self) -> list[User]:
        above = [int(step) for step in self.team.path.strip("/").split("/")]
        leads = Membership.objects.filter(team__in=above, role=Role.MANAGER).order_by("-team__path", "pk")
        managers = [membership.user for membership in leads.select_related("user")]
        thankers = [self.sponsor or self.team.default_sponsor, *managers]
        if self.is_standard:
            return thankers
        on_it = set(self.persons.values_list("user", flat=True))
        return [person for person in thankers if person is not None and person.pk in on_it]


class ThanksToken(Token):
    """Lets the sponsor thank people without logging in."""

    review = models.ForeignKey("reviews.Review", models.PROTECT, related_name="thanks_tokens")
