"""What is asked when an action waits, is dropped, or gets help."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from actions.forms.verb_form import VerbForm, offer
from actions.models import ActionItem
from actions.models.action_state import OPEN_STATES
from actions.models.helping import MOST_HOURS, Size
from failforward.accounts.models import User

MOST_OFFERED = 200


class BlockForm(VerbForm):
    quiet = ("blocked_by", "person", "action")
    blocked_by = forms.CharField(
        label=_("What does it wait for?"),
        max_length=300,
        required=False,
        help_text=_("In your own words. Or choose a person or another action below; one is enough."),
    )
    person = forms.ModelChoiceField(
        label=_("Whom does it wait for?"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("They are told by mail."),
    )
    action = forms.ModelChoiceField(
        label=_("Which other action has to be done first?"),
        queryset=ActionItem.objects.none(),
        required=False,
        help_text=_("You are told when that one is done."),
    )

    def prepare(self) -> None:
        about = self.about
        offer(self.fields["person"], about.action_list.witnesses().exclude(pk=about.responsible_id), _("Nobody"))
        self.initial = {
            "blocked_by": about.blocked_by,
            "person": about.blocked_by_person_id,
            "action": about.blocked_by_action_id,
        }

    def for_user(self, user: User) -> None:
        offer_actions(self.fields["action"], others(self.about, user), _("None"))


class WaitForm(VerbForm):
    other = forms.ModelChoiceField(
        label=_("After which other action does it come?"),
        queryset=ActionItem.objects.none(),
        help_text=_("It cannot be done before that one is. Whoever answers for it is told when that is done."),
    )

    def for_user(self, user: User) -> None:
        offer_actions(self.fields["other"], others(self.about, user).exclude(dependants__action=self.about))


class WaitNoMoreForm(VerbForm):
    """A button beside each."""

    other = forms.ModelChoiceField(label=_("Which one?"), queryset=ActionItem.objects.none())

    def prepare(self) -> None:
        self.fields["other"].queryset = ActionItem.objects.filter(dependants__action=self.about)


class DropForm(VerbForm):
    reason = forms.CharField(
        label=_("Why is it dropped?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say in a few words why it is dropped.")},
    )
    asked = forms.ModelChoiceField(
        label=_("Who is to agree?"),
        queryset=User.objects.none(),
        help_text=_("Dropping takes two. They are asked by mail; until they agree it goes on as it is."),
        error_messages={"required": _("A second person has to agree. Say who.")},
    )

    def for_user(self, user: User) -> None:
        """Where nobody else is there, nobody is asked."""
        offer(self.fields["asked"], self.about.who_may_agree(user))
        self.is_alone = len(self.fields["asked"].choices) == 1
        if self.is_alone:
            del self.fields["asked"]


class HelperForm(VerbForm):
    person = forms.ModelChoiceField(
        label=_("Who helps?"),
        queryset=User.objects.none(),
        help_text=_("Somebody of the list or its team. They read the action and are told by mail."),
    )

    def prepare(self) -> None:
        helping = self.about.helpers.values("user")
        free = self.about.action_list.eligible().exclude(pk=self.about.responsible_id).exclude(pk__in=helping)
        offer(self.fields["person"], free)


class NoHelperForm(VerbForm):
    """A button beside each."""

    person = forms.ModelChoiceField(label=_("Who?"), queryset=User.objects.none())

    def prepare(self) -> None:
        self.fields["person"].queryset = User.objects.filter(pk__in=self.about.helpers.values("user"))


class EffortForm(VerbForm):
    kept = quiet = ("effort_hours", "effort_size")
    effort_hours = forms.IntegerField(
        label=_("How many hours of work, for all who do it?"), required=False, min_value=1, max_value=MOST_HOURS
    )
    effort_size = forms.ChoiceField(
        label=_("Or roughly?"), required=False, choices=[("", _("Not stated")), *Size.choices]
    )


def others(action: ActionItem, user: User) -> QuerySet:
    """What it could wait for, as far as `user` reads it."""
    open_ones = ActionItem.objects.visible_to(user).filter(state__in=OPEN_STATES).exclude(pk=action.pk)
    return open_ones.select_related("action_list").only("what", "action_list__name")


def offer_actions(field: forms.ModelChoiceField, actions: QuerySet, empty: str = "") -> None:
    """By list and name; of very many, the latest."""
    field.queryset = actions
    shown = sorted(actions.order_by("-pk")[:MOST_OFFERED], key=lambda one: (one.action_list.name, one.what))
    named = [(one.pk, f"{one.what[:90]} ({one.action_list.name})") for one in shown]
    field.choices = [("", empty or _("Choose")), *named]
