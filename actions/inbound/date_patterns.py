"""How people write days in English, German, French and Spanish: names, numbers, and the shapes they make."""

import re

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
