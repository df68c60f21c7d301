"""Whether what stands beside a yes leaves it a yes: thanks, closings and more of the same, in four languages."""

import re

from actions.inbound.first_line import ALMOST, BUT, IF, LATER, NO
from actions.inbound.phrases import names

LONGEST = 400
FIXED = re.compile(
    r"(?<![^\W_])(?:no problem|no worries|kein problem|pas de problème|sans problème|sin problema)(?![^\W_])"
)
# A longer text of these words alone is still a yes. Nothing that can turn one belongs here: no "not", "pass", "check".
AFFIRMING = names("""
yes|yep|yeah|ok|okay|sure|of|course|i|i'll|i'm|we|we'll|will|do|it|that|this|is|fine|works|for|me|with|pleasure|happy|
glad|gladly|to|help|accept|accepted|agreed|agree|absolutely|certainly|definitely|great|good|perfect|take|on|count|
please|thanks|thank|you|very|much|many|so|asking|best|kind|warm|regards|wishes|cheers|sincerely|yours|
ja|gerne|gern|klar|natürlich|selbstverständlich|sicher|in|ordnung|einverstanden|angenommen|zugesagt|mache|mach|ich|wir|
machen|das|es|übernehme|passt|wird|gemacht|alles|gut|prima|super|danke|vielen|dank|herzlichen|sehr|freude|viele|liebe|
beste|schöne|freundliche|freundlichen|herzliche|grüße|grüßen|gruß|mit|lg|vg|mfg|
oui|bien|sûr|d'accord|avec|plaisir|accepté|j'accepte|entendu|volontiers|je|m'en|occupe|le|ferai|c'est|bon|ça|marche|
parfait|merci|beaucoup|cordialement|bonne|journée|salutations|
sí|claro|vale|de|acuerdo|acepto|aceptado|lo|hago|haré|me|encargo|gusto|con|por|supuesto|perfecto|gracias|muchas|saludos|un|
saludo|cordial|encantado|encantada|genial
""")
CLOSING = re.compile(
    r"(?:regards|wishes|cheers|thanks|sincerely|grüssen?|gruss|dank|danke|cordialement|merci|saludos?|gracias)[,.!]?"
)
MARKS = ".,;:!…–—-()*_\"'👍✅🙂😊😀🙏💪🎉👌"
DOUBTS = (NO, BUT, IF, ALMOST, LATER)


def affirms(text: str) -> bool:
    """`text` as it was typed, the yes among it. Any other word is for a person."""
    if len(text) > LONGEST:
        return False
    plain = FIXED.sub(" ", without_name(text).casefold().replace("’", "'"))
    return all(word.strip(MARKS) in AFFIRMING or not word.strip(MARKS) for word in plain.split())


def without_name(text: str) -> str:
    """A first name on the last line, or up to three names below a closing."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    parts = lines[-1].lstrip("-–/ ").split() if len(lines) > 1 else []
    closed = bool(parts) and CLOSING.search(lines[-2].casefold()[-14:]) is not None
    is_name = 0 < len(parts) <= (3 if closed else 1) and all(part.isalpha() and part.istitle() for part in parts)
    if is_name and not any(doubt.search(lines[-1].casefold()) for doubt in DOUBTS):
        return "\n".join(lines[:-1])
    return text
