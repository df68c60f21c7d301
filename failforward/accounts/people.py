"""Verbs on people and their teams: adding, placing, inviting, letting go."""

import uuid
from collections.abc import Callable

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from failforward.accounts import times
from failforward.accounts.models import Membership, Role, Team, User
from failforward.guards import Refused
from failforward.history import record
from failforward.links import absolute

# Apps that have something waiting for a person's address put their verb here when they are ready.
after_a_new_address: list[Callable[[User], object]] = []
# And here those that are under way to somebody.
after_leaving: list[Callable[[User], object]] = []
# And those that count on somebody's role: it is given the person, the team and the role that is gone.
after_losing_a_role: list[Callable[[User, Team, str], object]] = []


@transaction.atomic
def add_person(by: User, name: str, email: str | None, team: Team | None, role: str) -> User:
    person = come_in(email, name) or User.objects.create_user(email, name=name, **times.of_newcomer(team, by))
    if team:
        Membership.objects.create(user=person, team=team, role=role)
    record(person, "added", by, team=team.name if team else "")
    return person


def come_in(email: str | None, name: str) -> User | None:
    """Somebody from outside who works here from now on."""
    person = User.objects.filter(email=email, outside=True).first() if email else None
    if person is not None:
        person.name, person.outside = name, False
        person.save(update_fields=["name", "outside"])
    return person


def reached_at(email: str, name: str, by: User, batch_id: uuid.UUID | None = None) -> User:
    """Whoever has this address; nobody yet: somebody outside the company."""
    kept = {"name": name, "outside": True, "password": make_password(None), "language": by.language}
    kept |= {"batch_id": batch_id, **times.of_newcomer(None, by)}
    return User.objects.get_or_create(email=email.strip().lower(), defaults=kept)[0]


@transaction.atomic
def change_person(by: User, person: User, name: str, email: str | None) -> None:
    changed = {"name": [person.name, name]} if person.name != name else {}
    if person.email != email:
        changed["email"] = "changed"
    if changed:
        # The log-in library keeps a copy of the address, which would go on opening the door.
        EmailAddress.objects.filter(user=person, email=person.email or "").exclude(email=email or "").delete()
        person.name, person.email = name, email
        person.save(update_fields=["name", "email"])
        record(person, "changed", by, **changed)
        if "email" in changed:
            person.clear_trouble()
        for follow in after_a_new_address if "email" in changed else ():
            follow(person)


@transaction.atomic
def trust_address(by: User, person: User) -> None:
    """Somebody knows that mail arrives there after all."""
    if person.clear_trouble():
        record(person, "address_trusted", by)


@transaction.atomic
def place(by: User, person: User, team: Team, role: str) -> None:
    """Gives `person` a role in `team`, or another one than before."""
    refuse_last_admin(person, leaving=role != Role.ADMIN, team=team)
    before = Membership.objects.filter(user=person, team=team).exclude(role=role).values_list("role", flat=True).first()
    Membership.objects.update_or_create(user=person, team=team, defaults={"role": role})
    record(person, "placed", by, team=team.name, role=role)
    if before:
        role_is_gone(person, team, before)


@transaction.atomic
def leave(by: User, membership: Membership) -> None:
    refuse_last_admin(membership.user, leaving=True, team=membership.team)
    record(membership.user, "left", by, team=membership.team.name)
    membership.delete()
    role_is_gone(membership.user, membership.team, membership.role)


def role_is_gone(person: User, team: Team, role: str) -> None:
    for follow in after_losing_a_role:
        follow(person, team, role)


@transaction.atomic
def deactivate(by: User, person: User) -> None:
    refuse_last_admin(person, leaving=True)
    if person.is_active:
        person.is_active = False
        person.save(update_fields=["is_active"])
        record(person, "deactivated", by)
        for follow in after_leaving:
            follow(person)
    # They would come alive again with the person.
    for session in UserSession.objects.filter(user=person):
        session.end()


@transaction.atomic
def activate(by: User, person: User) -> None:
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active"])
        record(person, "activated", by)


def refuse_last_admin(person: User, leaving: bool, team: Team | None = None) -> None:
    """Holds the admins until the transaction ends: two of them cannot leave at once, each relying on the other."""
    if not leaving:
        return
    admins = (
        Membership.objects.select_for_update(no_key=True).filter(role=Role.ADMIN, user__is_active=True).order_by("pk")
    )
    staying = [one for one in admins if one.user_id != person.pk or team is not None and one.team_id != team.pk]
    if admins and not staying:
        raise Refused(_("Somebody has to stay admin. Make another person admin first."))


@transaction.atomic
def invite(by: User, person: User) -> None:
    """A mail with a link to set a password; the link lives as long as a reset link and works once."""
    if not person.email:
        raise Refused(_("Write down an e-mail address first: an invitation goes by mail."), "email")
    if not person.is_active:
        raise Refused(_("This person is not active. Activate them first."))
    token = default_token_generator.make_token(person)
    url = absolute("account_reset_password_from_key", user_pk_to_url_str(person), token)
    context = {"url": url, "person": person, "by": by}
    subject = " ".join(render_to_string("account/email/invitation_subject.txt", context).split())
    send_mail(subject, render_to_string("account/email/invitation_message.txt", context), None, [person.email])
    person.invited_at = timezone.now()
    person.save(update_fields=["invited_at"])
    record(person, "invited", by)
