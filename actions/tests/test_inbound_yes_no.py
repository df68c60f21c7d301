"""Yes, no or another day by the first line, in four languages; what leaves a doubt is for a person."""

import datetime as dt

import pytest

from actions.inbound.parse import Choice, choice_of

TODAY = dt.date(2026, 5, 4)  # a Monday
FRIDAY = dt.date(2026, 5, 8)

YES = (
    "Yes",
    "yes, of course.",
    "OK",
    "Sure!",
    "Will do.",
    "No problem",
    "👍",
    "Hi Ann,\nyes",
    "Ja, gerne",
    "Mache ich",
)
YES += ("Kein Problem", "Einverstanden.", "Oui", "D'accord !", "Je m'en occupe", "Sí", "Vale.", "De acuerdo", "Acepto")
NO = ("No", "No, I have no time.", "Sorry, I can't", "Nein", "Leider nein, zu viel zu tun", "Geht nicht.", "Non merci")
NO += ("Je ne peux pas", "No puedo", "No, gracias", "Hello Ann,\n\nno.\nAsk Tom.")
FRIDAYS = ("Yes, by Friday", "on Friday", "Friday 8 May", "Ja, aber erst am 8. Mai", "bis Freitag", "Oui, le 8 mai")
FRIDAYS += ("Plutôt vendredi", "Sí, pero el viernes", "Yes, but I can do it by Friday.")
DOUBTS = (
    "",
    "Yes?",
    "yes, if the budget is there",
    "ok once they have signed",
    "Maybe",
    "No idea yet",
    "No, but by Friday",
)
DOUBTS += ("I am not sure", "Ja, wenn Tom hilft", "Oui, mais pas seul", "Sí, si hay tiempo", "Who else is on it?")
DOUBTS += ("Yes, they told me on Friday that they sign", "Friday or Tuesday", "yes, by 31.02.", "yes, next Friday")
DOUBTS += ("Yes.\nBut only with Tom.", "Not by Friday", "yes, by 1 May 2026", "yesterday")

DOUBTS += ("Ok\n\nNot me, ask Tom instead", "Sure. Never mind, I can't.", "Yes. I decline.", "Yes\n\nDeclined by Tom")
DOUBTS += ("Ja. Geht leider doch nicht.", "Yes, let me check with Tom first", "Ok, noted. I'll come back to you")
DOUBTS += ("Happy to pass on this one", "Oui. En fait, pas moi.", "Sí. Perdón, no puedo.", "Ok\n\nHey not me.", "Ok 👎")
DOUBTS += ("Yes, by Friday\n\nNot me, ask Tom instead", "No.\nActually yes, I will do it.", "Ok\n\nAsk Tom")
YES += ("Yes, no problem, thanks for asking!", "Yes.\n\nBest regards\nInes Baker", "Ja, mache ich. Viele Grüße\nInes")
YES += ("Oui, avec plaisir. Merci !", "Sí, por supuesto. Saludos, \nInés", "Ok 👍", "Yes, I will do it.\n\nInes")
NO += ("No.\nSorry, too much to do.", "No, thanks.\nAsk Tom, he knows them. I will be in Porto.")
FRIDAYS += ("Yes, by Friday.\n\nThanks\nInes",)


@pytest.mark.parametrize("text", YES)
def test_yes(text: str):
    assert choice_of(text, TODAY) == Choice("accept", None, False)


@pytest.mark.parametrize("text", NO)
def test_no(text: str):
    assert choice_of(text, TODAY) == Choice("decline", None, False)


@pytest.mark.parametrize("text", FRIDAYS)
def test_yes_by_another_day(text: str):
    assert choice_of(text, TODAY) == Choice("redate", FRIDAY, False)


@pytest.mark.parametrize("text", DOUBTS)
def test_what_leaves_a_doubt_is_for_a_person(text: str):
    assert choice_of(text, TODAY).ambiguous
