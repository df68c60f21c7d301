from datetime import date

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Absence, Membership, User
from failforward.accounts.reach import reach_of
from failforward.forms import Form
from failforward.widgets import DateInput


class AbsenceForm(Form):
    person = forms.ModelChoiceField(label=_("Who is away?"), queryset=User.objects.none(), empty_label=None)
    from_on = forms.DateField(label=_("First day away"), widget=DateInput)
    until_on = forms.DateField(label=_("Last day away"), widget=DateInput)
    stand_in = forms.ModelChoiceField(
        label=_("Who stands in?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Named to whoever waits for an answer. Nobody is asked about a promise of somebody else."),
    )

    def __init__(self, *args, user: User, about: Absence | None = None, today: date, **kwargs) -> None:
        given = {name: getattr(about, name) for name in ("from_on", "until_on", "stand_in")} if about else {}
        super().__init__(*args, initial=given or {"from_on": today, "person": user.pk}, **kwargs)
        self.user, self.about, self.today = user, about, today
        kept = User.objects.filter(pk=about.stand_in_id if about else None)
        self.fields["stand_in"].queryset = near(user) | kept
        self.fields["person"].queryset = led_by(user)
        if about is not None or not reach_of(user).is_manager:
            del self.fields["person"]

    def save(self) -> Absence:
        """A guard's sentence comes as `Refused`."""
        said = dict(self.cleaned_data)
        person = said.pop("person", self.user)
        if self.about is None:
            return Absence.plan(self.user, person, **said, today=self.today)
        self.about.change(self.user, **said, today=self.today)
        return self.about


def here() -> "forms.models.QuerySet":
    return User.objects.named().filter(is_active=True)


def near(user: User) -> "forms.models.QuerySet":
    """The people of one's teams, of those above and of those one manages."""
    reach = reach_of(user)
    if reach.is_admin:
        return here()
    return here().filter(pk__in=Membership.objects.filter(team__in=reach.own | reach.managed).values("user"))


def led_by(user: User) -> "forms.models.QuerySet":
    """Oneself, and whom one may say it for."""
    reach = reach_of(user)
    if reach.is_admin:
        return here()
    managed = Membership.objects.filter(team__in=reach.managed).values("user")
    return here().filter(Q(pk=user.pk) | Q(pk__in=managed))
