from django import forms
from django.utils.translation import gettext_lazy as _

from actions.forms.answer import LONG
from actions.models import Commitment
from actions.models.parents import PARENTS
from failforward.accounts.models import Membership, User
from failforward.accounts.reach import reach_of
from failforward.forms import Form
from failforward.ids import id_of
from failforward.widgets import DateInput, PickRadio, SegRadio

SAID, ASKED = "said", "asked"


class CommitmentForm(Form):
    what = forms.CharField(
        label=_("What will be done?"),
        max_length=LONG,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Say what is to be done.")},
    )
    outcome_wanted = forms.CharField(label=_("So that …"), max_length=300, required=False)
    with_whom = forms.CharField(label=_("With whom"), max_length=200, required=False)
    due_on = forms.DateField(label=_("By"), widget=DateInput, error_messages={"required": _("Say by which day.")})
    person = forms.ModelChoiceField(label=_("Who does it?"), queryset=User.objects.none(), empty_label=None)
    how = forms.ChoiceField(
        label=_("If somebody else does it"),
        choices=[(ASKED, _("ask them by mail")), (SAID, _("they said it aloud"))],
        initial=ASKED,
        required=False,
        widget=SegRadio,
        help_text=_("Asked by mail, they say yes, name another date or say no. Nobody is asked how it went before."),
    )
    agreed_where = forms.CharField(
        label=_("Where was it agreed?"), max_length=200, required=False, help_text=_("For instance: in the meeting.")
    )
    title = forms.CharField(
        label=_("Short title for the mail"),
        max_length=80,
        required=False,
        help_text=_("It stands in the subject. Leave the customer’s name out: subjects are read over shoulders."),
    )
    private = forms.BooleanField(
        label=_("Only I see it"), required=False, help_text=_("Then nobody else does, not even an admin.")
    )

    def __init__(self, *args, user: User, parent: dict, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people_near(user, parent)
        self.fields["person"].initial = user.pk
        self.fields["how"].quiet = True
        if any(kind in parent for kind in ("action", "step", "milestone")):
            del self.fields["private"]

    def clean_how(self) -> str:
        return self.cleaned_data["how"] or ASKED

    def save(self, user: User, parent: dict, now) -> Commitment:
        """Made or asked for; a guard's sentence comes as `Refused`."""
        said = dict(self.cleaned_data)
        person, how = said.pop("person"), said.pop("how")
        verb = Commitment.make if person == user or how == SAID else Commitment.request
        return verb(user, person, said.pop("what"), said.pop("due_on"), now=now, **said, **parent)


def people_near(user: User, parent: dict) -> "forms.models.QuerySet":
    """Oneself, the people of one's teams, and those on the list it belongs to; of a talk its two."""
    reach = reach_of(user)
    everybody = User.objects.filter(is_active=True).named()
    if talk := parent.get("talk"):
        return everybody.filter(pk__in=[talk.by_id, talk.person_id])
    if reach.is_admin:
        return everybody
    near = everybody.filter(pk=user.pk) | everybody.filter(
        pk__in=Membership.objects.filter(team__in=reach.own | reach.managed).values("user")
    )
    action = parent.get("action") or getattr(parent.get("milestone") or parent.get("step"), "action", None)
    return near | everybody.filter(pk__in=action.action_list.eligible().values("pk")) if action else near


class RequestAnswerForm(Form):
    """Yes, another date, or no."""

    CHOICES = [("accept", _("Yes")), ("redate", _("Another date")), ("decline", _("No"))]

    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=CHOICES,
        widget=PickRadio(
            icons={"accept": "done", "redate": "moved", "decline": "dropped"},
            hints={"accept": _("I take it on"), "redate": _("yes, but by then"), "decline": _("not I, or not this")},
        ),
        error_messages={"required": _("Choose one of the three.")},
    )
    due_on = forms.DateField(label=_("By which day?"), required=False, widget=DateInput({"class": "form-control"}))
    reason = forms.CharField(
        label=_("Why not?"), max_length=300, required=False, widget=forms.TextInput({"class": "form-control"})
    )

    def clean(self) -> dict:
        if self.cleaned_data.get("answer") == "redate" and not self.cleaned_data.get("due_on"):
            self.add_error("due_on", _("Say by which day."))
        return self.cleaned_data

    def carry_out(self, commitment: Commitment, by: User, now) -> None:
        said = self.cleaned_data
        if said["answer"] == "accept":
            commitment.accept(by, now=now)
        elif said["answer"] == "redate":
            commitment.redate(by, said["due_on"], now=now)
        else:
            commitment.decline(by, said["reason"], now=now)


class MoveForm(Form):
    due_on = forms.DateField(label=_("New date"), widget=DateInput)
    reason = forms.CharField(
        label=_("Why, in one line?"),
        max_length=300,
        error_messages={"required": _("Say why, in one line.")},
    )


class SnoozeForm(Form):
    """Not now: the question comes again another day, the date promised stays."""

    to_on = forms.DateField(
        label=_("Ask me again on"), widget=DateInput, error_messages={"required": _("Choose a day.")}
    )
    reason = forms.CharField(
        label=_("Why not now, in one line?"),
        max_length=300,
        error_messages={"required": _("Say in one line why it is put off.")},
    )


class DropForm(Form):
    reason = forms.CharField(
        label=_("Why is it dropped?"),
        max_length=300,
        error_messages={"required": _("Say why it is dropped.")},
    )


def parent_of(user: User, query) -> dict:
    """What the address says it hangs from, as far as `user` may see it; unknown and unseen are the same."""
    for kind in PARENTS:
        if pk := id_of(query.get(kind)):
            return found(user, kind, pk)
    return {}


def found(user: User, kind: str, pk: int) -> dict:
    model = Commitment._meta.get_field(kind).related_model
    if kind in ("step", "milestone"):
        actions = Commitment._meta.get_field("action").related_model.objects.visible_to(user)
        rows = model.objects.filter(action__in=actions).select_related("action__action_list__owner", "action__team")
    else:
        rows = model.objects.visible_to(user)
    parent = rows.filter(pk=pk).first()
    return {kind: parent} if parent is not None else {}
