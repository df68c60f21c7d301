"""What the words of a stage or a status say about a deal. No Django."""

OPEN, WON, LOST = "open", "won", "lost"
TO_COMPETITOR, TO_NO_DECISION, WITHDRAWN = "lost_to_competitor", "lost_to_no_decision", "withdrawn"
LOSSES = {LOST, TO_COMPETITOR, TO_NO_DECISION, WITHDRAWN}

WORDS = {
    WON: ["won", "closed won", "closedwon", "closed - won", "gewonnen", "abgeschlossen gewonnen"],
    LOST: ["lost", "closed lost", "closedlost", "closed - lost", "verloren", "abgeschlossen verloren"],
    TO_COMPETITOR: [
        "lost to competitor",
        "lost to a competitor",
        "competitor",
        "lost to competition",
        "an wettbewerber verloren",
    ],
    TO_NO_DECISION: ["lost to no decision", "no decision", "no decision / non-responsive", "keine entscheidung"],
    WITHDRAWN: ["withdrawn", "withdrew", "zurückgezogen"],
}
# Says only that it is not decided, which is no stage.
UNDECIDED = {"open", "offen"}
BY_WORD = {word: outcome for outcome, words in WORDS.items() for word in words}


def plain(word: str) -> str:
    return " ".join(word.casefold().split())


def outcome_of(word: str) -> str:
    """Whatever is not a closing word is the stage of an open deal."""
    return BY_WORD.get(plain(word), OPEN)


def is_stage(word: str) -> bool:
    return plain(word) not in UNDECIDED and plain(word) not in BY_WORD


def with_reason(outcome: str, reason: str) -> str:
    """A loss whose stated reason says to whom; other reasons leave it "not stated"."""
    stated = BY_WORD.get(plain(reason), LOST)
    return stated if outcome == LOST and stated in LOSSES else outcome
