"""Dates as people type them in English, German, French and Spanish, seen from `today`. Nothing is guessed silently."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

WEEKDAYS = (
    ("monday", "mon", "montag", "mo", "lundi", "lun", "lunes"),
    ("tuesday", "tue", "tues", "dienstag", "di", "mardi", "martes"),
    ("wednesday", "wed", "mittwoch", "mi", "mercredi", "mer", "miércoles", "miercoles"),
    ("thursday", "thu", "thur", "thurs", "donnerstag", "do", "jeudi", "jeu", "jueves"),
    ("friday", "fri", "freitag", "fr", "vendredi", "ven", "viernes"),
    ("saturday", "sat", "samstag", "sonnabend", "sa", "samedi", "sam", "sábado", "sabado"),
    ("sunday", "sun", "sonntag", "so", "dimanche", "dim", "domingo"),
)
# Also a German or French word for something else: a weekday only with a full stop or a number behind it.
TOO_SHORT = {
    "mo",
    "di",
    "mi",
    "do",
    "fr",
    "sa",
    "so",
    "lun",
    "mer",
    "jeu",
    "ven",
    "sam",
    "dim",
    "mon",
    "sun",
    "sat",
    "wed",
}
MONTHS = (
    ("january", "jan", "januar", "jänner", "janvier", "janv", "enero", "ene"),
    ("february", "feb", "februar", "février", "fevrier", "févr", "febrero"),
    ("march", "mar", "märz", "maerz", "mär", "mars", "marzo"),
    ("april", "apr", "avril", "avr", "abril", "abr"),
    ("may", "mai", "mayo"),
    ("june", "jun", "juni", "juin", "junio"),
    ("july", "jul", "juli", "juillet", "juil", "julio"),
    ("august", "aug", "août", "aout", "agosto", "ago"),
    ("september", "sep", "sept", "septembre", "septiembre"),
    ("october", "oct", "oktober", "okt", "octobre", "octubre"),
    ("november", "nov", "novembre", "noviembre"),
    ("december", "dec", "dezember", "dez", "décembre", "decembre", "déc", "diciembre", "dic"),
)
WEEKDAY_OF = {name: index for index, names in enumerate(WEEKDAYS) for name in names if name not in TOO_SHORT}
MONTH_OF = {name: index for index, names in enumerate(MONTHS, 1) for name in names}
NUMBER_OF = {
    name: number
    for number, names in enumerate(
        (
            ("a", "one", "ein", "einem", "einer", "un", "une", "una"),
            ("two", "zwei", "deux", "dos"),
            ("three", "drei", "trois", "tres"),
            ("four", "vier", "quatre", "cuatro"),
        ),
        1,
    )
    for name in names
}


def either(names) -> str:
    return "|".join(sorted(names, key=lambda name: (-len(name), name)))


WORD = r"(?<![^\W_])"
END = r"(?![^\W_])"
PATTERNS = {
    "iso": re.compile(r"(?<![\d-])(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?![\d-])"),
    "dotted": re.compile(
        r"(?<![\d.])(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?:\s?(?P<year>\d{4}|\d{2}(?![\d.:])))?(?!\d)"
    ),
    "slashed": re.compile(
        r"(?<![\d/-])(?P<first>\d{1,2})(?P<mark>[/-])(?P<second>\d{1,2})(?:(?P=mark)(?P<year>\d{4}|\d{2}))?(?![\d/])"
    ),
    "day month": re.compile(
        rf"(?<![\d.])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s{{0,2}}(?:of |de "
        rf")?(?P<month>{either(MONTH_OF)}){END}\.?"
        r"(?:,?\s{1,2}(?:de |del )?(?P<year>\d{4}))?"
    ),
    "month day": re.compile(
        rf"{WORD}(?P<month>{either(MONTH_OF)})\.?\s{{1,2}}(?P<day>\d{{1,2}})(?:st|nd|rd|"
        rf"th)?(?![\d.:])(?:,?\s{{1,2}}(?P<year>\d{{4}}))?"
    ),
    "relative": re.compile(
        rf"{WORD}(?P<relative>today|tomorrow|day after tomorrow|heute|übermorgen|morgen|aujourd['’]hui|"
        rf"après-demain|demain|"
        rf"hoy|pasado mañana|mañana){END}"
    ),
    "in": re.compile(
        rf"{WORD}(?:in|dans|en|within)\s(?P<count>\d{{1,3}}|{either(NUMBER_OF)})\s"
        r"(?P<unit>days?|weeks?|months?|tag(?:en|e)?|wochen?|monat(?:en|e)?|jours?|semaines?|mois|días?|semanas?|"
        r"mes(?:es)?)" + END
    ),
    "month end": re.compile(
        r"(?:end of (?:the |this )?month|monatsende|ende (?:des monats|diesen monats)|(?:la )?fin d[ue] mois|"
        r"(?:el )?(?:fin|final) de mes)" + END
    ),
    "next week": re.compile(
        r"(?:next week|nächste[rn]? woche|kommende[rn]? woche|(?:la )?semaine prochaine|(?:la )?(?:próxima|"
        r"proxima) semana|(?:la )?semana que viene|next month|nächste[nr]? monat|(?:le )?mois prochain|"
        r"(?:el )?(?:próximo|"
        r"proximo) mes)" + END
    ),
    "weekday": re.compile(
        rf"{WORD}(?P<next>next |nächste[nrm]? |kommende[nrm]? |(?:el )?pr[óo]ximo "
        rf")?(?P<weekday>{either(WEEKDAY_OF)}){END}"
        r"(?P<after> prochain| que viene| next week| nächster woche)?"
    ),
    "day": re.compile(
        r"(?:(?:the|am|den|zum|le|au|el|al|el día) )(?P<day>\d{1,2})(?P<mark>st|nd|rd|th|er|\.)?(?![\d:/.]|"
        r"\s?(?:%|uhr|h\b|am\b|pm\b|€))"
    ),
}
AHEAD = {
    **dict.fromkeys(("today", "heute", "hoy"), 0),
    **dict.fromkeys(("tomorrow", "morgen", "demain", "mañana"), 1),
    **dict.fromkeys(("day after tomorrow", "übermorgen", "après-demain", "pasado mañana"), 2),
}


@dataclass(frozen=True)
class Typed:
    """A date found at `start:end` of the text in lower case. `on` is None for a day that does not exist (31.02.).

    `sure` is False where people mean different days by it: "next Friday", "next week", 3/4 without a known order.
    `relative` is a day ahead by its own words: nobody says "tomorrow" of the past.
    """

    start: int
    end: int
    on: date | None
    sure: bool = True
    relative: bool = False


def dates_in(text: str, today: date, day_first: bool | None = None) -> list[Typed]:
    """All dates of the text (at most 500 characters are read), from left to right, none inside another.

    `day_first` is the person's order of 3/4; None when it is not known.
    """
    text = text[:500].casefold()
    taken: list[Typed] = []
    for name, pattern in PATTERNS.items():
        for found in pattern.finditer(text):
            if not any(found.start() < each.end and each.start < found.end() for each in taken):
                taken.append(read(name, found, today, day_first))
    return without_weekdays(sorted(taken, key=lambda each: each.start), text)


def read(name: str, found: re.Match[str], today: date, day_first: bool | None) -> Typed:
    on, sure = READERS[name](found, today, day_first)
    return Typed(found.start(), found.end(), on, sure, name in ("relative", "in", "next week", "month end"))


def without_weekdays(dates: list[Typed], text: str) -> list[Typed]:
    """ "Friday, 8 May" is one date: the exact one."""
    kept: list[Typed] = []
    for each in dates:
        if (
            kept
            and is_weekday(text, kept[-1])
            and text[kept[-1].end : each.start].strip(" ,.") in ("", "the", "den", "le", "el", "der")
        ):
            kept.pop()
        kept.append(each)
    return kept


def is_weekday(text: str, typed: Typed) -> bool:
    return PATTERNS["weekday"].fullmatch(text[typed.start : typed.end]) is not None


def numbered(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    month = found["month"]
    return dated(found["year"], int(month) if month.isdigit() else MONTH_OF[month], int(found["day"]), today), True


def slashed(found: re.Match[str], today: date, day_first: bool | None) -> tuple[date | None, bool]:
    first, second = int(found["first"]), int(found["second"])
    if first > 12 or second > 12:
        day, month = (first, second) if first > 12 else (second, first)
        return dated(found["year"], month, day, today), True
    day, month = (second, first) if day_first is False else (first, second)
    return dated(found["year"], month, day, today), day_first is not None or first == second


def relative(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    return today + timedelta(AHEAD[found["relative"].replace("’", "'")] if found["relative"] in AHEAD else 0), True


def ahead(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    count = int(found["count"]) if found["count"].isdigit() else NUMBER_OF[found["count"]]
    unit = found["unit"]
    if unit.startswith(("mo", "mes")):
        month = today.month - 1 + count
        year, month = today.year + month // 12, month % 12 + 1
        return date(year, month, min(today.day, calendar.monthrange(year, month)[1])), True
    return today + timedelta(count * (7 if unit.startswith(("w", "sem")) else 1)), True


def month_end(_found, today: date, _day_first) -> tuple[date | None, bool]:
    return today.replace(day=calendar.monthrange(today.year, today.month)[1]), True


def next_week(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    if "mo" in found[0] and "semana" not in found[0] or "mes" in found[0].split():
        return (today.replace(day=28) + timedelta(4)).replace(day=1), False
    return today + timedelta(7 - today.weekday()), False


def weekday(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    """The next one after today: on a Friday, "Friday" is in a week. "Next Friday" is not said for the same by all."""
    days = (WEEKDAY_OF[found["weekday"]] - today.weekday() - 1) % 7 + 1
    vague = found["next"] or found["after"]
    return today + timedelta(days), days == 7 or not vague


def day_alone(found: re.Match[str], today: date, _day_first) -> tuple[date | None, bool]:
    day = int(found["day"])
    for month in range(today.month, today.month + 13):
        year, month = today.year + (month - 1) // 12, (month - 1) % 12 + 1
        if 1 <= day <= calendar.monthrange(year, month)[1] and date(year, month, day) >= today:
            return date(year, month, day), found["mark"] is not None
    return None, False


READERS = {
    "iso": numbered,
    "dotted": numbered,
    "slashed": slashed,
    "day month": numbered,
    "month day": numbered,
    "relative": relative,
    "in": ahead,
    "month end": month_end,
    "next week": next_week,
    "weekday": weekday,
    "day": day_alone,
}


def dated(year: str | None, month: int, day: int, today: date) -> date | None:
    """Without a year, the next such day; 29 February waits for its year. None when there is no such day."""
    years: Iterator[int] | list[int]
    if year:
        years = [int(year) + (2000 if len(year) == 2 else 0)]
    else:
        years = range(today.year, today.year + (9 if (month, day) == (2, 29) else 2))
    for each in years:
        try:
            on = date(each, month, day)
        except ValueError:
            continue
        if year or on >= today:
            return on
    return None
