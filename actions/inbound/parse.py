"""What a mail says: the stable front of inbound parsing. Pure functions: bytes and text in, plain values out.

No database, no settings, no clock (`today` is an argument). No function here raises on bad input, with two exceptions
named below. Whoever stores, matches and applies mail builds on these names; the modules behind them may change.

Order of use for one message:

1. Store the raw bytes first. Nothing here needs them to be anything but bytes.
2. `kind(raw)`: what it is.
   `reply`       an ordinary message: go on with 3.
   `auto_reply`  a robot of a person (vacation, calendar answer) or a mail of our own that came back: never an answer,
                 never answered. `absence_of(raw, today)` may offer an absence.
   `bounce`      `bounce_of(raw)`: only `.failed` says that the address was refused; delayed, relayed, expanded and
                 delivered are notes. Trust it only if `.original_message_id` is one of ours.
   `complaint`   `complaint_of(raw)`: somebody pressed "spam"; stop mailing, tell the operator.
   `receipt`     a read receipt: ignored.
   `unreadable`  kept raw, not applied; `unreadable_because(raw)` gives the reason as a code
                 (`too_big too_many_parts too_deep too_much_work no_message encrypted winmail`).
3. `reply_text(raw, sent)`: what the person typed, without quote, signature, footer and banner. `sent` is the stored
   mail it answers: always pass it when known, for then every block of our own words is quote, in any language.
   "" means: nothing was said (empty, signature only, quote only, attachment only); hold it.
4. `status_of(text, today, …)` reads the first line: a status, a date or None, and whether a person must look.
   Only an unambiguous reading may be applied. `absence_in(text, today)` finds "I am out of office until 3 May" in a
   mail that no header marks; show it as a question, do not apply it, send no mail.
   For a digest: `digest_answers(raw, sent, items)`, items being the numbers shown as `item_mark(n)` in our mail; the
   text of each item goes through `status_of` like a reply; what stands under no mark is in `unmarked` and held.
   For a request: `choice_of(text, today)`: yes, no or another day; again only what is not ambiguous may be applied.

What our own mails must do for this: put `ANSWER_ABOVE` (in the reader's language) on a line of its own above the text,
and in a digest `item_mark(n)` at the beginning of each item's first line. `[1]` survives quoting, HTML and translation.

`reply_text` and `digest_answers` raise `Unreadable` (with `.reason`) exactly where `kind` answers `unreadable`.
Doubt is settled by keeping: a text may come with a closing line too many, not with a sentence too few.
Limits: 10 MB, 200 parts, depth 20; 250,000 characters of text. Time grows with the bytes, never with their pattern.
"""

from actions.inbound.absences import Absence, absence_in, absence_of
from actions.inbound.answers import reply_text, strip_html, strip_text
from actions.inbound.bounces import Bounce, Complaint, bounce_of, complaint_of
from actions.inbound.decoding import Unreadable
from actions.inbound.digests import DigestAnswers, digest_answers, item_mark
from actions.inbound.kinds import calendars_in, kind, unreadable_because
from actions.inbound.statuses import Reading, status_of
from actions.inbound.yes_no import Choice, choice_of, says_yes_to_a_day

# In the reader's language: the parser knows its English, German, French and Spanish.
ANSWER_ABOVE = "Write your answer above this line"

__all__ = [
    "ANSWER_ABOVE",
    "Absence",
    "Bounce",
    "Choice",
    "Complaint",
    "DigestAnswers",
    "Reading",
    "Unreadable",
    "absence_in",
    "absence_of",
    "calendars_in",
    "bounce_of",
    "choice_of",
    "complaint_of",
    "digest_answers",
    "item_mark",
    "kind",
    "reply_text",
    "says_yes_to_a_day",
    "status_of",
    "strip_html",
    "strip_text",
    "unreadable_because",
]
