"""What the history says of deals, reviews, events and findings, after the name of who did it."""

from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from failforward.history import words

# The columns whose values say something to a reader; of the others the name is enough.
SHOWN = {
    "name",
    "title",
    "product",
    "competitor",
    "lost_on",
    "stage_at_loss",
    "lead_source",
    "owner",
    "team",
    "category",
}
LABELS = {
    "name": _("the name"),
    "title": _("the weakness"),
    "description": _("the description"),
    "category": _("the category"),
    "product": _("the product"),
    "amount_minor": _("the amount"),
    "list_price_minor": _("the list price"),
    "currency": _("the currency"),
    "outcome": _("how it stands"),
    "lost_on": _("the day of the loss"),
    "closed_on": _("the closing day"),
    "opened_on": _("the opening day"),
    "stage": _("the stage"),
    "competitor": _("whom it was lost to"),
    "stage_at_loss": _("the stage"),
    "lead_source": _("the lead source"),
    "owner": _("the owner"),
    "team": _("the team"),
    "text": _("the answer"),
    "evidence": _("what shows it"),
    "assumed": _("whether it is assumed"),
    "ends_in_person": _("whether it ends in a person"),
    "aside_because": _("why it is not asked further"),
}


def changed(details: dict) -> str:
    """`{"changes": {field: [before, after]}, "reason": …}`."""
    parts = []
    for name, (before, after) in details.get("changes", {}).items():
        label = str(LABELS.get(name, name.replace("_", " ")))
        if name in SHOWN:
            label = say("%(what)s from “%(before)s” to “%(after)s”") % {
                "what": label,
                "before": words.in_words(before) or "–",
                "after": words.in_words(after) or "–",
            }
        parts.append(label)
    sentence = say("changed %(what)s") % {"what": ", ".join(parts)}
    return f"{sentence}: {details['reason']}" if details.get("reason") else sentence


def imported(details: dict) -> str:
    """`{"file": …, "fields": [name of a column, …]}`."""
    fields = [str(LABELS.get(name, name.replace("_", " "))) for name in details["fields"]]
    return say("changed %(what)s, from “%(file)s”") % {"what": ", ".join(fields), "file": details["file"]}


def took_in(details: dict) -> str:
    """`{"differs": how the two were read, "reason": why they are the same}`, both empty where nothing differs."""
    sentence = say("joined another to it that tells the same")
    if not details.get("reason"):
        return sentence
    return f"{sentence}, {details['differs']}: {details['reason']}"


def compared(details: dict) -> str:
    """`{"before": code of the last answer, "after": code of this one}`, empty where there is none."""
    said = {
        "yes": say("said that it was there too"),
        "no": say("said that it was not there"),
        "unknown": say("said that nobody can tell"),
        "unlike": say("found it not comparable"),
        "": say("took the answer back"),
    }
    return said.get(details.get("after", ""), "")


WORDS: dict[str, dict[str, words.Phrase]] = {
    "reviews.deal": {
        "record loss": _("told of the loss"),
        "change": changed,
        "come in": _("brought it in from “%(file)s”"),
        "import": imported,
        "add activity": _("added “%(subject)s” of %(happened_on)s"),
        "remove activity": _("took back “%(subject)s” of %(happened_on)s"),
        "park": _("parked it until %(until)s: %(reason)s"),
        "take up": _("took it up again"),
        "agree milestone": _("wrote down what %(with_whom)s agreed to, by %(due_on)s: %(what)s"),
        "remove milestone": _("took back what %(with_whom)s agreed to: %(what)s"),
        "remove question": _("took back a question to the client: %(question)s"),
        "remove client said": _("took back what the client said: %(said)s"),
        "ask client": _("asked the client: %(question)s"),
        "client said": _("wrote down what the client said: %(said)s"),
    },
    "reviews.definition": {"revise": _("changed what it means: %(reason)s")},
    "reviews.finding": {
        "open": _("found it"),
        "change": changed,
        "take event": _("joined an event to it"),
        "release event": _("took an event out"),
        "weigh": _("weighed whether it is worth fixing"),
        "accept": _("accepted it as not worth fixing: %(reason)s"),
        "reopen": _("opened it again: %(reason)s"),
        "being fixed": _("began to fix it"),
        "fixed": _("proved that it is fixed"),
        "merge into": _("merged it into “%(finding)s”"),
        "take in": _("merged “%(finding)s” into it"),
        "separate": _("took it apart from “%(finding)s” again"),
        "let out": _("took “%(finding)s” apart from it again"),
        "split off": _("split “%(finding)s” off"),
        "split from": _("split it off from “%(finding)s”"),
        "came back": _("said that it came back"),
        "not come back": _("said that a new event is something else: %(reason)s"),
    },
    "reviews.review": {
        "opened": _("opened the review"),
        "chosen": _("chose it for review"),
        "depth_changed": _("changed how deep it goes"),
        "waived": _("left it unreviewed: %(reason)s"),
        "put_back": _("put it back among the losses to choose"),
        "person_added": _("added %(person)s"),
        "person_removed": _("took %(person)s off"),
        "facilitator_named": _("let %(person)s facilitate"),
        "readers_asked": _("changed how many read each event: %(before)s, now %(after)s"),
        "visibility_changed": _("changed who reads it: %(before)s, now %(after)s"),
        "debrief_added": _("wrote down what %(who)s said"),
        "debrief_changed": _("changed what %(who)s said"),
        "part_shared": _("shared what they did or left undone"),
        "told": _("said that this is all they know"),
        "owner_asked": _("asked %(person)s what happened"),
        "captured": _("told what happened"),
        "lesson_written": _("wrote the lesson"),
        "end_settled": _("settled a loose end: %(what)s"),
        "end_opened": _("took back: %(what)s"),
        "target_set": _("set the day by which it is to be closed: %(after)s, before: %(before)s"),
        "thanks_suggested": _("wrote what to thank for: %(names)s"),
        "thanks_asked": _("asked %(person)s to say thank you"),
        "thanked": _("thanked %(names)s"),
        "hand_off_opened": _("opened the hand-off from %(sales_lead)s to %(production_lead)s"),
        "hand_off_answered": _("answered: %(questions)s"),
        "hand_off_accepted": _("accepted it: kick-off %(kick_off)s, delivery %(delivery)s"),
        "promise_added": _("wrote down a promise"),
        "promise_noted": _("changed a line of the ledger"),
        "cost_stated": _("said what it cost"),
        "closed": _("closed the review"),
        "reopened": _("reopened it: %(reason)s"),
        "addendum_added": _("added a dated note"),
        "session_begun": _("began a session"),
        "session_ended": _("ended the session"),
    },
    "reviews.session": {
        "moved_on": _("went on to %(step)s"),
        "given": _("gave the step %(minutes)s minutes"),
        "opened": _("opened what was gathered"),
        "handed_over": _("gave the lead to %(person)s"),
    },
    "reviews.failureevent": {
        "added": _("wrote down what happened"),
        "edited": _("changed the words"),
        "merged": _("joined it to another that tells the same"),
        "took_in": took_in,
        "separated": _("let it stand by itself again"),
        "let_out": _("took apart what was joined to it"),
        "judged": _("said what it did to the outcome"),
        "read": _("read it"),
        "settle": _("settled category and verdict"),
        "differ": _("found that the readings differ"),
        "adjudicate": _("decided how it is read: %(reason)s"),
        "ask again": _("asked for a new reading: %(reason)s"),
        "take finding": _("joined it to “%(finding)s”"),
        "release finding": _("took it out of “%(finding)s”"),
    },
    "reviews.comparison": {"compared": compared},
    "reviews.why": {
        "answered": _("said why"),
        "changed": changed,
        "put aside": _("asked no further: %(reason)s"),
        "taken out": _("took the answer out"),
        "brought back": _("brought the answer back"),
    },
}


def register() -> None:
    for subject, phrases in WORDS.items():
        words.register(subject, phrases)
