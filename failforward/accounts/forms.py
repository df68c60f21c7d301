import zoneinfo
from functools import cache

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from failforward.accounts.models import Membership, Role, Team, User
from failforward.accounts.place_forms import PlaceMixin
from failforward.forms import Form, ModelForm
from failforward.money import decimal_of, minor_of

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


class CurrencyField(forms.RegexField):
    """Three letters, in capitals."""

    def __init__(self, **kwargs) -> None:
        told = {
            "label": _("Currency"),
            "max_length": 3,
            "help_text": _("Three letters, for instance EUR or USD."),
            "error_messages": {"invalid": _("Write the three letters of a currency, for instance EUR.")},
        }
        super().__init__("^[A-Za-z]{3}$", **told | kwargs)

    def to_python(self, value: str) -> str:
        return super().to_python(value).upper()


class EmailMixin:
    def clean_email(self) -> str | None:
        email = (self.cleaned_data["email"] or "").strip().lower()
        pk = getattr(self, "person_id", None)
        # Somebody from outside can come in, but is not another one who is here.
        others = User.objects.exclude(pk=pk) if pk else User.objects.filter(outside=False)
        if email and others.filter(email=email).exists():
            raise forms.ValidationError(_("Somebody here has this address already."))
        return email or None


class FirstRunForm(EmailMixin, Form):
    name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        error_messages={"required": _("Write your name.")},
    )
    email = forms.EmailField(label=_("Your e-mail"), max_length=254)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("Eight characters or more. A sentence is good."),
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )
    company = forms.CharField(
        label=_("Your company or team"),
        max_length=150,
        help_text=_("You can add teams below it later."),
        error_messages={"required": _("Name your company or team.")},
    )
    currency = CurrencyField(initial="EUR")
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, initial="Europe/Berlin")

    def clean(self) -> dict:
        data = super().clean()
        if data.get("password"):
            try:
                validate_password(data["password"], User(name=data.get("name", ""), email=data.get("email")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data


class ProfileForm(PlaceMixin, ModelForm):
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
        fields = ["name", "time_zone", "ask_hour", "country", "nudges", "letters"]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"days": list(self.instance.work_days), "region": self.instance.region}
        self.offer_regions(self.initial["country"])
        self.order_fields(["name", "time_zone", "ask_hour", "country", "region", "days", "nudges", "letters"])


class PersonForm(EmailMixin, Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        error_messages={"required": _("Write their name.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("Without one they can be named, but not asked and not invited."),
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("No team yet")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role, initial=Role.REP)

    def __init__(self, *args, person: User | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.person_id = person.pk if person else None
        self.fields["team"].queryset = Team.objects.order_by("path")


class MembershipForm(ModelForm):
    class Meta:
        model = Membership
        fields = ["team", "role"]


class TeamForm(ModelForm):
    currency = CurrencyField(initial="EUR")
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones, initial="Europe/Berlin")

    class Meta:
        model = Team
        fields = ["name", "parent", "currency", "time_zone"]
        labels = {"parent": _("Part of")}


class TeamRulesForm(PlaceMixin, Form):
    """What an admin may set for a team. The amount is in whole units here, in minor units from `clean` on."""

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        error_messages={"required": _("Give the team a name.")},
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zones)
    default_sponsor = forms.ModelChoiceField(
        label=_("Sponsor"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Asked for resources; may have a closed review of this team reopened."),
    )
    readers_per_event = forms.TypedChoiceField(
        label=_("Who reads an event"),
        choices=[
            ("", _("One person; two once the team has six people")),
            ("1", _("One person")),
            ("2", _("Two people")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )
    review_from = forms.DecimalField(
        label=_("Review every loss from"),
        required=False,
        min_value=0,
        max_value=10**12,
        decimal_places=3,
        help_text=_("An amount in the team’s currency. Such losses are marked in the list of new losses."),
    )
    review_every_nth = forms.IntegerField(
        label=_("And of those below, every"),
        required=False,
        min_value=1,
        max_value=1_000,
        help_text=_("5 marks every fifth loss. Empty: none."),
    )
    stages = forms.CharField(
        label=_("Chance of winning by stage"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("A stage a line with its percent, for instance: Proposal 40. Empty: counted from your own deals."),
    )
    caused_weight = forms.IntegerField(
        label=_("An event that caused a loss bears"),
        required=False,
        min_value=0,
        max_value=100,
        help_text=_("Parts of what the loss cost; 3 to 1 unless you say otherwise."),
    )
    contributed_weight = forms.IntegerField(
        label=_("One that contributed bears"), required=False, min_value=0, max_value=100
    )
    neutral_subject = forms.BooleanField(
        label=_("Neutral mail subjects"),
        required=False,
        help_text=_("Mails name neither the deal nor the customer in their subject."),
    )

    def __init__(self, *args, team: Team, **kwargs) -> None:
        same = ["name", "time_zone", "country", "region", "readers_per_event", "review_every_nth", "neutral_subject"]
        same += ["caused_weight", "contributed_weight"]
        initial = {name: getattr(team, name) for name in same} | {
            "default_sponsor": team.default_sponsor_id,
            "review_from": decimal_of(team.review_from_minor, team.currency),
            "stages": "\n".join(f"{stage} {percent}" for stage, percent in team.stage_chances),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.currency = team.currency
        self.fields["country"].help_text = _("Whoever has the place of the team moves with it; others keep their own.")
        self.offer_regions(team.country)
        self.order_fields(["name", "time_zone", "country", "region"])
        here = User.objects.named().filter(is_active=True)
        self.fields["default_sponsor"].queryset = here | User.objects.filter(pk=team.default_sponsor_id)

    def clean_stages(self) -> list[list]:
        """Pairs of stage and percent."""
        table, seen = [], set()
        for line in filter(None, map(str.strip, self.cleaned_data["stages"].splitlines())):
            stage, _space, percent = line.rstrip(" %").rpartition(" ")
            stage = stage.strip(" :;,\t")
            if not (stage and percent.isascii() and percent.isdigit() and int(percent) <= 100):
                raise forms.ValidationError(
                    _("Write a stage and its percent, for instance: Proposal 40. This is neither: %(line)s")
                    % {"line": line[:60]}
                )
            if stage.casefold() in seen:
                raise forms.ValidationError(_("%(stage)s is there twice. Keep one.") % {"stage": stage[:60]})
            seen.add(stage.casefold())
            table.append([stage, int(percent)])
        return table

    def clean(self) -> dict:
        said = super().clean()
        said["stage_chances"] = said.pop("stages", [])
        for name, usual in (("caused_weight", 3), ("contributed_weight", 1)):
            if said.get(name) is None:
                said[name] = usual
        said["review_from_minor"] = minor_of(said.pop("review_from", None), self.currency)
        return said
