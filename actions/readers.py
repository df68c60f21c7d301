"""Who reads an answer besides the person: said above Send and in the mail, before anything is written."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from actions.models import ActionList, Commitment
from failforward.accounts.models import User


def seen_by(commitment: Commitment) -> str:
    if commitment.private:
        return _("you alone")
    if commitment.action_list:
        number = people_of(commitment.action_list).count()
        return ngettext("this list (%(number)s person)", "this list (%(number)s people)", number) % {"number": number}
    names = [commitment.asked_by.name] if commitment.asked_by else []
    if commitment.team:
        names.append(_("who manages %(team)s") % {"team": commitment.team})
    return _(" and ").join(names) or _("you alone")


def people_of(action_list: ActionList) -> "User.objects.__class__":
    named = Q(pk__in=[action_list.owner_id, action_list.sponsor_id])
    return User.objects.filter(named | Q(pk__in=action_list.persons.values("user")))
