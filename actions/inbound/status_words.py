"""The words of four languages for the five answers.

To add a reply word: its line in `WORDS`, its sentence in the tests.
"""

import re

DONE, PARTLY, MOVED, STUCK, DROPPED = "done", "partly", "moved", "stuck", "dropped"
WORDS = {
    DROPPED: (
        *(
            "not doing it",
            "won't do it",
            "will not do it",
            "dropped",
            "drop it",
            "drop",
            "cancelled",
            "canceled",
            "given up",
            "abandoned",
        ),
        *(
            "gestrichen",
            "abgesagt",
            "aufgegeben",
            "hinfällig",
            "fallen gelassen",
            "mache ich nicht",
            "machen wir nicht",
        ),
        *("abandonné", "abandonnée", "annulé", "annulée", "laissé tomber", "on laisse tomber"),
        *("cancelado", "cancelada", "abandonado", "abandonada", "descartado", "descartada", "anulado", "anulada"),
    ),
    PARTLY: (
        *("partly done", "partially done", "half done", "partly", "partially", "in part", "done in part"),
        *("teilweise erledigt", "zum teil erledigt", "teilweise", "zum teil", "teils", "halb fertig", "halb"),
        *("en partie fait", "fait en partie", "en partie", "partiellement", "à moitié"),
        *("parcialmente hecho", "hecho en parte", "hecho parcialmente", "parcialmente", "en parte", "a medias"),
    ),
    MOVED: (
        *(
            "moved",
            "postponed",
            "rescheduled",
            "pushed back",
            "pushed",
            "put off",
            "shifted",
            "delayed",
            "move it",
            "move",
        ),
        *("verschoben", "vertagt", "verlegt", "verschieben", "verschiebt sich"),
        *(
            "reporté",
            "reportée",
            "déplacé",
            "déplacée",
            "décalé",
            "décalée",
            "repoussé",
            "repoussée",
            "remis",
            "reporter",
        ),
        *(
            "aplazado",
            "aplazada",
            "pospuesto",
            "pospuesta",
            "movido",
            "movida",
            "trasladado",
            "trasladada",
            "retrasado",
        ),
    ),
    STUCK: (
        *("stuck", "blocked", "waiting for", "waiting on", "on hold", "still waiting"),
        *(
            "blockiert",
            "hängt fest",
            "hänge fest",
            "steckt fest",
            "stecke fest",
            "hängt",
            "warte auf",
            "wartet auf",
            "festgefahren",
        ),
        *("bloqué", "bloquée", "coincé", "coincée", "en attente", "j'attends"),
        *("bloqueado", "bloqueada", "atascado", "atascada", "estancado", "estancada", "a la espera", "esperando"),
    ),
    DONE: (
        *("done", "all done", "finished", "completed", "complete", "did it", "accomplished"),
        *("erledigt", "fertig", "gemacht", "getan", "abgeschlossen", "geschafft"),
        *("fait", "faite", "terminé", "terminée", "fini", "finie", "réglé", "réglée"),
        *("hecho", "hecha", "terminado", "terminada", "listo", "lista", "completado", "completada", "acabado"),
    ),
}
MEANT = {word: status for status, words in WORDS.items() for word in words}
WORD = re.compile(
    r"(?<![^\W_'’-])(?:"
    + "|".join(re.escape(word) for word in sorted(MEANT, key=len, reverse=True))
    + r")(?![^\W_'’]|-\w)"
)
