"""Whether a later sentence takes back what the first line said: "Done. Actually no, they refused"."""

import re

from actions.inbound.first_line import NO, later_sentences
from actions.inbound.phrases import names, words
from actions.inbound.status_words import DONE, MEANT, WORD

# Nobody begins an ordinary outcome or reason with these.
TURNING = """
actually|wait|no wait|hold on|hang on|never mind|nevermind|scratch that|strike that|ignore that|ignore this|forget it|
forget that|disregard|oops|whoops|on second thought|on second thoughts|in fact|i take that back|i take it back|
my mistake|correction|i mean|i meant|wrong|rather not|doch nicht|doch noch|leider doch|moment|stopp|halt|warte|
eigentlich|quatsch|
irrtum|korrektur|vergiss|ach nein|falsch|ich meine|ich meinte|en fait|attends|attendez|erreur|oups|pardon|
au temps pour moi|finalement non|finalement pas|je voulais dire|espera|en realidad|de hecho|mejor dicho|corrijo|olvida|
olvídalo|me equivoqué|perdón|perdona|quiero decir
"""
# "No, they refused", but not "No questions were left": a sentence of its own, or about the thing itself.
NAY = (
    r"(?:no|nope|non|nein|nee)(?:\s*(?:[,.!;:–…-]|$)|"
    r"\s+(?:wait|sorry|actually|not|it|i|we|they|he|she|don't|nein|doch)\b)"
)
OPENING = r"(?:(?:oh|ah|hm+|well|ach|äh|ps|p\.s\.|edit|update|and|but|und|aber|et|mais|y|pero)[,.:!… ]+){0,2}"
# "Wait for their answer", "Moment of truth", "Sorry for the delay": these go on as ordinary sentences.
GOES_ON = r"(?!\s+(?:for|until|till|of|auf|bis|à|de|por|pour|du|como|así|lo que)\b)"
TURNS = re.compile(f"{OPENING}(?:{words(TURNING)})(?![^\\W_]){GOES_ON}")
TAKES_BACK = re.compile(f"{OPENING}(?:{NAY}|(?:{words(TURNING)})(?![^\\W_]){GOES_ON})")
# After "done" only; after "drop" they begin its reason: "Not worth it", "Sorry, I was ill".
DENIES = re.compile(
    OPENING + r"(?:(?:not|nicht|pas)"
    r"(?!\s+(?:an?|one|any|only|bad|easy|much|ein\w{0,2}|nur|schlecht|leicht|un|une|de|mal)\b)"
    r"(?![^\W_])|(?:sorry|apologies|entschuldigung|tut mir leid|désolée?|disculpa|lo siento)"
    r"(?!,?\s+(?:for|about|that|this|it|i'm|i am|again|late|für|wegen|dass|hat|es|pour|du|de|por|la|el)\b)"
    r"|(?:unfortunately|leider|malheureusement) (?:not|nicht|pas))(?![^\W_])"
)
# "It is not done yet": the same word again, with a no before it and nothing else that it could be about.
ITSELF = names("""
it|it's|its|is|this|that|that's|i|i've|have|has|we|are|was|all|really|quite|at|completely|das|ist|es|habe|ich|wir|
noch|ganz|c'est|ce|n'est|est|encore|tout|j'ai|todavía|aún|está|lo|he|esto|eso|yet|still
""")


def takes_back(text: str, status: str) -> bool:
    for sentence in later_sentences(text):
        if TAKES_BACK.match(sentence) or status == DONE and (DENIES.match(sentence) or denies_done(sentence)):
            return True
    return False


def denies_done(sentence: str) -> bool:
    for clause in re.split(r"[,;:]\s", sentence):
        found = WORD.search(clause)
        if found and MEANT[found[0]] == DONE and NO.search(clause[: found.start()]):
            before = [word.strip("()\"'*") for word in clause[: found.start()].split()]
            if all(word in ITSELF or NO.fullmatch(word) for word in before):
                return True
    return False
