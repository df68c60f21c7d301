"""The steps together, one query each."""

from django.db.models import Model

from actions.chain.events import add_events
from actions.chain.findings import add_questions, findings_on
from actions.chain.fixes import add_actions, add_checks, add_promises
from actions.chain.told import ALONE, AMONG_OTHERS, MOST_WEAKNESSES, Chain, Strand
from actions.chain.ways import way_through
from failforward.accounts.models import User


def chain_of(kind: str, start: Model, user: User) -> Chain:
    way = way_through(kind, start)
    findings = findings_on(user, way.pk, by=way.by)
    chain = Chain([Strand(one) for one in findings[:MOST_WEAKNESSES]], len(findings) > MOST_WEAKNESSES)
    strands = {strand.finding.pk: strand for strand in chain.strands}
    room = ALONE if len(strands) < 2 else AMONG_OTHERS
    add_events(chain, strands, way, room, user)
    fixes = add_actions(strands, way, room, user)
    add_promises(chain, fixes, way, room, user)
    add_checks(fixes)
    add_questions(strands, room, user)
    return chain
