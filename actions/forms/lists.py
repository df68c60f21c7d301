from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from actions.forms.actions import hand
from actions.forms.verb_form import VerbForm, offer
from actions.models import ActionList
from failforward.accounts.models import Membership, Team, User
from failforward.accounts.reach import reach_of
from failforward.forms import Form
from failforward.widgets import DateInput, TimeInput


def near(user: User) -> QuerySet:
    """Who can be named by `user`: everybody of the teams they belong to or manage, and sponsors of those."""
    reach = reach_of(user)
    people = User.objects.named().filter(is_active=True)
    if reach.is_admin:
        return people
    members = Membership.objects.filter(team__in=reach.own).values("user")
    sponsors = Team.objects.filter(pk__in=reach.own).values("default_sponsor")
    return people.filter(Q(pk__in=members) | Q(pk__in=sponsors))


class ListForm(Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        help_text=_("For instance “Quotes and follow-through”."),
        error_messages={"required": _("Give the list a name.")},
    )
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)
    owner = forms.ModelChoiceField(
        label=_("Who owns it?"),
        queryset=User.objects.none(),
        help_text=_("Runs the meeting, sees every answer, agrees to a third date."),
    )
    sponsor = forms.ModelChoiceField(
        label=_("Who sponsors it?"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("Somebody senior: actions take time and money that nobody planned for."),
    )
    buy_in = forms.CharField(
        label=_("What has the sponsor agreed to?"),
        required=False,
        widget=hand(2),
        help_text=_("Time, money, a decision. A list that starts with the sponsor’s word gets further."),
    )
    buy_in_how = forms.ChoiceField(
        label=_("How did they say it?"), choices=[("", _("not said")), *ActionList.Told.choices], required=False
    )
    weekday = forms.TypedChoiceField(
        label=_("Meets on"), coerce=int, choices=ActionList.Weekday, initial=ActionList.Weekday.WEDNESDAY
    )
    time = forms.TimeField(label=_("At"), widget=TimeInput(), initial="15:00")
    people = forms.ModelMultipleChoiceField(
        label=_("Who is on it?"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Besides the owner. Members read the list’s actions and the answers given on it."),
    )

    def __init__(self, data=None, *, user: User) -> None:
        reach = reach_of(user)
        teams = Team.objects.order_by("path")
        teams = teams if reach.is_admin else teams.filter(pk__in=reach.managed)
        first = teams.first()
        super().__init__(data, initial={"owner": user.pk, "sponsor": first and first.default_sponsor_id})
        self.fields["team"].queryset = teams
        people = near(user)
        offer(self.fields["owner"], people)
        offer(self.fields["sponsor"], people, _("Nobody yet"))
        self.fields["people"].queryset = people


class ListChangeForm(VerbForm):
    kept = ("name", "owner", "sponsor", "sponsor_step", "meeting_weekday", "meeting_time")
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        error_messages={"required": _("Give the list a name.")},
    )
    owner = forms.ModelChoiceField(label=_("Who owns it?"), queryset=User.objects.none())
    sponsor = forms.ModelChoiceField(
        label=_("Who sponsors it?"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("What one sponsor agreed to is not the next one’s word: it moves into the history."),
    )
    sponsor_step = forms.BooleanField(
        label=_("Ask the sponsor to help when nobody answers"),
        required=False,
        help_text=_("After a reminder, a word to the owner and the meeting. Every question on this list says so."),
    )
    meeting_weekday = forms.TypedChoiceField(label=_("Meets on"), coerce=int, choices=ActionList.Weekday)
    meeting_time = forms.TimeField(label=_("At"), widget=TimeInput())

    def for_user(self, user: User) -> None:
        """Who stands there now can stay, whoever edits."""
        now = [self.about.owner_id, self.about.sponsor_id]
        people = User.objects.filter(Q(pk__in=near(user).values("pk")) | Q(pk__in=now))
        offer(self.fields["owner"], people)
        offer(self.fields["sponsor"], people, _("Nobody yet"))


class BuyInForm(VerbForm):
    kept = ("buy_in", "buy_in_on", "buy_in_how")
    buy_in = forms.CharField(
        label=_("What did the sponsor agree to?"),
        widget=hand(3),
        help_text=_("Time, money, a decision: in their words, if you have them."),
        error_messages={"required": _("Say what the sponsor agreed to.")},
    )
    buy_in_on = forms.DateField(label=_("When?"), widget=DateInput)
    buy_in_how = forms.ChoiceField(
        label=_("How did they say it?"), choices=[("", _("not said")), *ActionList.Told.choices], required=False
    )


class PersonForm(VerbForm):
    person = forms.ModelChoiceField(label=_("Who joins?"), queryset=User.objects.none())

    def for_user(self, user: User) -> None:
        on_it = self.about.persons.values("user")
        offer(self.fields["person"], near(user).exclude(pk__in=on_it).exclude(pk=self.about.owner_id))
