"""The first line of an answer, read: a status only where nobody could mean anything else."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.inbound.parse import Absence, absence_in, absence_of, status_of
from actions.models.answer import Status
from actions.tests.inbound_samples import mail

FRIDAY = date(2026, 11, 20)
NEXT_FRIDAY = date(2026, 11, 27)

PLAIN = {
    "done": "Done|done.|DONE!|Finished|All done|It's done.|This is done|I have completed it|Yes, done.|Hi Jonas, done|"
    "✅ Done|Erledigt.|Fertig|Das ist erledigt, sie haben unterschrieben|Habe ich gemacht|Ja, erledigt|"
    "Hallo Jonas, erledigt|"
    "Fait|C'est fait !|Terminé|Oui, c’est fait|Bonjour, c'est fait|Hecho|Ya está hecho|Terminado|Sí, hecho|"
    "Hola, listo|"
    "Done. They did not object.|Done, I will call them on Monday|Done, they signed on Tuesday",
    "partly": "Partly|Partly: the letter is missing|Half done|Partially done|Teilweise|Zum Teil erledigt|En partie|"
    "Partiellement|Parcialmente|En parte",
    "stuck": "Stuck|Blocked by legal|Waiting for the bank|Blockiert|Hängt fest|Bloqué|En attente|Bloqueado|Atascado",
    "dropped": "Not doing it|Dropped|Cancelled, they merged|Gestrichen|Abandonné|Annulé|Cancelado|Descartado",
}
DATED = {
    "moved to Friday": NEXT_FRIDAY,
    "Moved to Monday.": date(2026, 11, 23),
    "verschoben auf Freitag": NEXT_FRIDAY,
    "Auf Freitag verschoben": NEXT_FRIDAY,
    "reporté à vendredi": NEXT_FRIDAY,
    "aplazado al viernes": NEXT_FRIDAY,
    "moved to Friday, 27 November": NEXT_FRIDAY,
    "moved from Tuesday to Friday": NEXT_FRIDAY,
    "moved to tomorrow": date(2026, 11, 21),
    "verschoben auf übermorgen": date(2026, 11, 22),
    "reporté à demain": date(2026, 11, 21),
    "aplazado a mañana": date(2026, 11, 21),
    "Moved to 8 May": date(2027, 5, 8),
    "Moved to May 8th, 2027": date(2027, 5, 8),
    "verschoben auf den 8. Mai": date(2027, 5, 8),
    "reporté au 8 mai 2027": date(2027, 5, 8),
    "aplazado al 8 de mayo": date(2027, 5, 8),
    "Verschoben auf 8.12.": date(2026, 12, 8),
    "Verschoben auf 08.12.26": date(2026, 12, 8),
    "moved to 2026-12-08": date(2026, 12, 8),
    "moved to 13/12/2026": date(2026, 12, 13),
    "moved to 12/13/2026": date(2026, 12, 13),
    "moved to the 8th": date(2026, 12, 8),
    "moved to 29 February": date(2028, 2, 29),
    "verschoben auf Monatsende": date(2026, 11, 30),
}
NEVER_DONE = (
    "not done|Not done yet|done? no|Done?|isn't done|It is not done|undone|never finished|nicht erledigt|"
    "noch nicht fertig|Nein, nicht erledigt|pas fait|Ce n'est pas fait|pas encore terminé|non, pas fait|"
    "no hecho|No está hecho|"
    "todavía no terminado|Almost done|fast fertig|presque fini|casi terminado|Done by Friday|Will be done|"
    "to be done|wird erledigt|"
    "Erledigt bis Freitag|En fait, ils hésitent|De hecho no|He asked whether it is done|"
    "The contract is complete nonsense|Done if the bank agrees|Done tomorrow|Done but not signed|👍|👎|✅|ok|yes|"
    "Thanks|?|...|Sent from my iPhone|> Done|"
    "The customer is done with us"
)


@pytest.mark.parametrize(
    ("status", "line"), [(code, line) for code, lines in PLAIN.items() for line in lines.split("|")]
)
def test_a_plain_word_is_read(status: str, line: str):
    reading = status_of(line, FRIDAY)
    assert (reading.status, reading.ambiguous, reading.on) == (status, False, None)


@pytest.mark.parametrize(("line", "on"), DATED.items())
def test_moved_with_its_day(line: str, on: date):
    reading = status_of(line, FRIDAY)
    assert (reading.status, reading.on, reading.ambiguous) == ("moved", on, False)


@pytest.mark.parametrize("line", NEVER_DONE.split("|"))
def test_doubt_is_held_and_never_read_as_done(line: str):
    reading = status_of(line, FRIDAY)
    assert reading.status != "done" and reading.ambiguous and reading.why


@pytest.mark.parametrize(
    ("line", "why", "on"),
    [
        ("moved", "no_date", None),
        ("moved to 31.02.", "no_such_day", None),
        ("moved to 30 February", "no_such_day", None),
        ("moved to 1 Nov 2026", "past", date(2026, 11, 1)),
        ("moved to Monday or Tuesday", "two_days", None),
        ("moved to next Monday", "unsure", date(2026, 11, 23)),
        ("moved to next week", "unsure", date(2026, 11, 23)),
        ("moved to 3/4", "unsure", date(2027, 4, 3)),
        ("moved to Friday?", "question", NEXT_FRIDAY),
        ("stuck, moved to Friday", "two_words", NEXT_FRIDAY),
    ],
)
def test_a_day_in_doubt_is_held(line: str, why: str, on: date | None):
    reading = status_of(line, FRIDAY)
    assert (reading.ambiguous, reading.why, reading.on) == (True, why, on)


def test_the_order_of_day_and_month_is_the_persons():
    assert status_of("moved to 3/4", FRIDAY, day_first=True).on == date(2027, 4, 3)
    assert status_of("moved to 3/4", FRIDAY, day_first=False).on == date(2027, 3, 4)
    assert not status_of("moved to 3/4", FRIDAY, day_first=False).ambiguous


def test_partly_may_name_the_day_of_the_rest():
    reading = status_of("Partly, moved the rest to Friday", FRIDAY)
    assert (reading.status, reading.on, reading.ambiguous) == ("partly", NEXT_FRIDAY, False)


def test_a_second_status_holds_the_first_as_a_suggestion():
    reading = status_of("Done, the second part is stuck", FRIDAY)
    assert (reading.status, reading.ambiguous, reading.why) == ("done", True, "two_words")


def test_the_greeting_line_is_not_the_first():
    assert status_of("Hi Jonas,\n\nerledigt.\n", FRIDAY).status == "done"
    assert status_of("> Done\n\nStuck.", FRIDAY).status == "stuck"


@pytest.mark.parametrize(
    "text",
    [
        "Done\n\nSorry, wrong one: this is not done yet.",
        "Done.\nActually no, they refused.",
        "Done. Actually no, they refused.",
        "Done.\n\nNo, wait.",
        "Done - not yet",
        "Done.\nI called them twice. It is not finished.",
        "Done.\nWell, not really.",
        "Erledigt.\n\nDoch nicht, Herr Weber hat abgesagt.",
        "Erledigt. Nein, noch nicht.",
        "Fait.\nEn fait, ils hésitent encore.",
        "Fait. Non, pas encore.",
        "Hecho.\nPerdón, era otro.",
        "Hecho.\nNo, espera.",
        "Drop\nNo wait, keep it",
        "Moved to Friday.\nScratch that.",
    ],
)
def test_what_a_later_sentence_takes_back_is_held(text: str):
    reading = status_of(text, FRIDAY)
    assert (reading.ambiguous, reading.why) == (True, "taken_back")
    assert reading.status != "done"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Done. No questions were left.", "done"),
        ("Done\n\nNo objections, they sign on Monday.", "done"),
        ("Done.\nNot a single complaint.", "done"),
        ("Done.\nSorry for the delay, I was ill.", "done"),
        ("Done.\nThey have not finished their own list.", "done"),
        ("Done.\nWait for their signature now.", "done"),
        ("Done.\nIn the end they said that the price of the second one was\nnot what they wanted.", "done"),
        ("Erledigt.\nNicht ein Einwand. Leider war Herr Weber krank.", "done"),
        ("Fait.\nPas de questions.", "done"),
        ("Hecho. No hubo preguntas.", "done"),
        ("Drop\nNot worth it, no budget.", "dropped"),
        ("Drop.\nSorry, they merged.", "dropped"),
        ("Stuck\nNo answer from legal.", "stuck"),
        ("Moved to Friday.\nSorry, I was ill.", "moved"),
    ],
)
def test_an_ordinary_sentence_below_it_is_not(text: str, status: str):
    reading = status_of(text, FRIDAY)
    assert (reading.status, reading.ambiguous) == (status, False)


def test_the_codes_are_those_of_an_answer():
    assert set(PLAIN) | {"moved"} == set(Status.values)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.dates())
def test_any_line_and_any_day(text: str, today: date):
    reading = status_of(text, min(today, date(9980, 1, 1)))
    assert reading.status in {"", *Status.values}
    assert reading.ambiguous or reading.status


def test_long_lines_take_no_time():
    for text in (
        "moved to " * 20_000,
        "1.1." * 50_000,
        "the " * 50_000,
        "from " * 50_000,
        "." * 200_000,
        "hi " * 90_000,
    ):
        assert status_of(text, FRIDAY).ambiguous


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("I am out of office until 3 December.", date(2026, 12, 3)),
        ("I am away and will be back on 3 December 2026. Please call Tom.", date(2026, 12, 2)),
        ("I am out of the office, returning on December 3rd.", date(2026, 12, 2)),
        ("Ich bin bis zum 3. Dezember nicht im Büro.", date(2026, 12, 3)),
        ("Ich bin im Urlaub und ab dem 3.12. wieder erreichbar.", date(2026, 12, 2)),
        ("Ich bin vom 20.11. bis 3.12.2026 im Urlaub.", date(2026, 12, 3)),
        ("Je suis absente jusqu'au 3 décembre.", date(2026, 12, 3)),
        ("Je suis en congés, de retour le 3 décembre.", date(2026, 12, 2)),
        ("Estoy fuera de la oficina hasta el 3 de diciembre.", date(2026, 12, 3)),
        ("Estoy de vacaciones, de vuelta el 3 de diciembre.", date(2026, 12, 2)),
        ("I am out of office. In urgent cases call Tom.", None),
        ("I am out of office until 31.02.", None),
        ("Hello,\n\nthank you for your message. Currently out of office until 3 December.\n\nInes", date(2026, 12, 3)),
    ],
)
def test_an_absence_note_offers_its_last_day(text: str, until: date | None):
    assert absence_of(mail(text, Auto_Submitted="auto-replied"), FRIDAY, day_first=True) == Absence(until)
    assert absence_in(text, FRIDAY, day_first=True) == Absence(until)


@pytest.mark.parametrize(
    "text",
    [
        "The buyer is on vacation until Monday, so nothing yet.",
        "Their CFO is out of the office until 12 May. I will call then.",
        "I was on leave last week, so I only got half way.",
        "I was out of office until 3 December 2020.",
        "I hear that he is on vacation until Monday.",
        "Herr Weber ist bis zum 3. Dezember im Urlaub.",
        "La cheffe est en congés jusqu'au 3 décembre.",
        "El comprador está de vacaciones hasta el 3 de diciembre.",
        "I am on vacation until Monday. They refused.",
        "I am on leave until Monday, the customer has signed.",
    ],
)
def test_words_about_somebody_else_or_about_more_are_no_absence(text: str):
    assert absence_in(text, FRIDAY) is None


def test_an_answer_is_no_absence():
    assert absence_in("Done. I am out of office until 3 December.", FRIDAY) is None
    assert absence_in("They want it until 3 December.", FRIDAY) is None
    assert absence_of(mail("I am out of office until 3 December"), FRIDAY) is None
    assert absence_of(b"", FRIDAY) is None
