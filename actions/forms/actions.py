from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from actions.forms.verb_form import VerbForm, offer
from actions.kind_hints import HINTS
from actions.models import ActionItem, ActionList
from actions.models.action_answers import ANSWERABLE
from failforward.accounts.models import User
from failforward.forms import Form
from failforward.ids import id_of
from failforward.widgets import PickRadio
from reviews.models import Finding


def hand(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def answerable(user: User) -> QuerySet:
    return Finding.objects.visible_to(user).filter(state__in=ANSWERABLE).order_by("-pk")


class ProposeForm(Form):
    finding = forms.ModelChoiceField(
        label=_("Which weakness does it answer?"),
        queryset=Finding.objects.none(),
        empty_label=_("Choose a finding"),
        help_text=_("Another one can join on the next page."),
    )
    action_list = forms.ModelChoiceField(
        label=_("On which list?"), queryset=ActionList.objects.none(), empty_label=_("Choose a list")
    )
    what = forms.CharField(
        label=_("What is to be done?"),
        max_length=300,
        widget=hand(2),
        help_text=_("One thing, begun with a verb: “Write the next step into each quote.”"),
        error_messages={"required": _("Say what is to be done.")},
    )
    type = forms.ChoiceField(
        label=_("What kind of action is it?"),
        choices=ActionItem.Type,
        initial=ActionItem.Type.PROCEDURE,
        widget=PickRadio(hints=HINTS),
    )
    done_criterion = forms.CharField(
        label=_("How will we know that it is fixed?"),
        required=False,
        widget=hand(3),
        help_text=_("Left empty, it takes the usual words for the finding’s category. You can change them later."),
    )
    responsible = forms.ModelChoiceField(
        label=_("Who is responsible?"), queryset=User.objects.none(), required=False, empty_label=_("Not said yet")
    )

    def __init__(self, data=None, *, user: User, initial: dict) -> None:
        super().__init__(data, initial=initial)
        lists = ActionList.objects.editable_by(user).order_by("name", "pk")
        self.fields["finding"].queryset = answerable(user)
        self.fields["action_list"].queryset = lists
        known = self.list_known(lists)
        if known is None:
            del self.fields["responsible"]
        else:
            self.fields["responsible"].queryset = known.eligible()

    def list_known(self, lists: QuerySet) -> ActionList | None:
        """Who can be responsible depends on the list; before it is chosen the question waits for the next page."""
        chosen = self.data.get("action_list") if self.is_bound else self.initial.get("action_list")
        return lists.filter(pk=id_of(str(getattr(chosen, "pk", chosen)))).first()


class WhatForm(VerbForm):
    kept = ("what", "type")
    what = forms.CharField(
        label=_("What is to be done?"),
        max_length=300,
        widget=hand(2),
        error_messages={"required": _("Say what is to be done.")},
    )
    type = forms.ChoiceField(
        label=_("What kind of action is it?"), choices=ActionItem.Type, widget=PickRadio(hints=HINTS)
    )


class CriterionForm(VerbForm):
    kept = quiet = ("done_criterion",)
    done_criterion = forms.CharField(
        label=_("How will we know that it is fixed?"),
        required=False,
        widget=hand(3),
        help_text=_("Something that somebody else can see: how often, in how many, by when."),
    )


class WhoForm(VerbForm):
    kept = quiet = ("responsible",)
    responsible = forms.ModelChoiceField(
        label=_("Who is responsible?"),
        queryset=User.objects.none(),
        required=False,
        help_text=_("One person of the list or its team. They need not do it all themselves."),
    )

    def prepare(self) -> None:
        offer(self.fields["responsible"], self.about.action_list.eligible(), _("Not said yet"))


class StepForm(VerbForm):
    what = forms.CharField(
        label=_("Next step"),
        max_length=300,
        error_messages={"required": _("Say what the next step is.")},
    )


class StepEditForm(VerbForm):
    kept = ("what",)
    what = forms.CharField(
        label=_("Step"),
        max_length=300,
        error_messages={"required": _("Say what the step is.")},
    )


class FindingForm(VerbForm):
    finding = forms.ModelChoiceField(
        label=_("Which other weakness does it answer?"),
        queryset=Finding.objects.none(),
        empty_label=_("Choose a finding"),
    )

    def for_user(self, user: User) -> None:
        self.fields["finding"].queryset = answerable(user).exclude(actions=self.about)
