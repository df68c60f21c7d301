from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.answer import LONG
from actions.forms.commitment import people_near
from actions.forms.verb_form import VerbForm
from actions.models import CoachingTalk, Commitment
from failforward.accounts.models import User
from failforward.forms import Form
from failforward.widgets import DateInput, SegRadio


def held_on_field() -> forms.DateField:
    return forms.DateField(label=_("When?"), widget=DateInput)


def about_field() -> forms.CharField:
    return forms.CharField(
        label=_("What did you talk about?"),
        max_length=LONG,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("What happened, what was seen, what shall go better. Only the two of you read it."),
        error_messages={"required": _("Say what you talked about.")},
    )


class TalkForm(Form):
    person = forms.ModelChoiceField(label=_("With whom?"), queryset=User.objects.none())
    held_on = held_on_field()
    about = about_field()

    def __init__(self, *args, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_near(user, {}).exclude(pk=user.pk).distinct()


class TalkChangeForm(VerbForm):
    kept = ("held_on", "about")
    held_on = held_on_field()
    about = about_field()


class TalkPromiseForm(Form):
    """What one of the two will do: asked of the other, or taken on at once."""

    what = forms.CharField(
        label=_("What will be done?"),
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Say what is to be done.")},
    )
    outcome_wanted = forms.CharField(label=_("So that …"), max_length=300, required=False)
    due_on = forms.DateField(label=_("By"), widget=DateInput, error_messages={"required": _("Say by which day.")})
    person = forms.TypedChoiceField(
        label=_("Who does it?"),
        coerce=int,
        widget=SegRadio,
        help_text=_("Who is asked by mail says yes, names another date or says no. Only then we ask how it went."),
    )
    private = forms.BooleanField(
        label=_("Only I see it"), required=False, help_text=_("For what you take on yourself.")
    )

    def __init__(self, *args, talk: CoachingTalk, user: User, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.two = {one.pk: one for one in talk.two}
        names = {user.pk: _("I do it"), talk.other_than(user).pk: talk.other_than(user).name}
        self.fields["person"].choices = [(pk, names[pk]) for pk in self.two]
        self.fields["person"].initial = talk.person_id

    def save(self, talk: CoachingTalk, user: User, now: datetime) -> Commitment:
        said = dict(self.cleaned_data)
        person = self.two[said.pop("person")]
        return Commitment.request(user, person, said.pop("what"), said.pop("due_on"), now=now, talk=talk, **said)
