import zoneinfo
from functools import cache

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Membership, Role, Team, User

WEEKDAYS = [
    ("1", _("Mon")),
    ("2", _("Tue")),
    ("3", _("Wed")),
    ("4", _("Thu")),
    ("5", _("Fri")),
    ("6", _("Sat")),
    ("7", _("Sun")),
]


@cache
def zones() -> list[tuple[str, str]]:
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class EmailMixin:
    def clean_email(self) -> str | None:
        email = (self.cleaned_data["email"] or "").strip().lower()
        if email and User.objects.exclude(pk=getattr(self, "person_id", None)).filter(email=email).exists():
            raise forms.ValidationError(_("Somebody here has this address already."))
        return email or None


class FirstRunForm(EmailMixin, forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=150)
    email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("Eight characters or more. A sentence is good."),
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"}),
    )
    company = forms.CharField(
        label=_("Your company or team"), max_length=150, help_text=_("You can add teams below it later.")
    )
    currency = forms.RegexField(
        r"^[A-Za-z]{3}$",
        label=_("Currency"),
        initial="EUR",
        help_text=_("Three letters, for instance EUR or USD."),
        error_messages={"invalid": _("Write the three letters of a currency, for instance EUR.")},
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, initial="Europe/Berlin")

    def clean_currency(self) -> str:
        return self.cleaned_data["currency"].upper()

    def clean(self) -> dict:
        data = super().clean()
        if data.get("password"):
            try:
                validate_password(data["password"], User(name=data.get("name", ""), email=data.get("email")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class ProfileForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    ask_hour = forms.TypedChoiceField(
        label=_("Ask me at"),
        coerce=int,
        choices=[(hour, f"{hour}:00") for hour in range(24)],
        help_text=_("“How did it go?” comes at this hour of your day, on the day you promised."),
    )
    days = forms.MultipleChoiceField(
        label=_("My working days"),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("A question that falls on another day comes on the next of these."),
    )

    class Meta:
        model = User
        fields = ["name", "time_zone", "ask_hour"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["days"] = list(self.instance.work_days)


class PersonForm(EmailMixin, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=150)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("Without one they can be named, but not asked and not invited."),
    )
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.REP)

    def __init__(self, *args, person: User | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.person_id = person.pk if person else None
        self.fields["team"].queryset = Team.objects.order_by("path")


class MembershipForm(forms.ModelForm):
    class Meta:
        model = Membership
        fields = ["team", "role"]


class TeamForm(forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, initial="Europe/Berlin")

    class Meta:
        model = Team
        fields = ["name", "parent", "currency", "time_zone"]
        labels = {"parent": _("Part of")}
