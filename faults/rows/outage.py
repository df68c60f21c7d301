"""Everything was down for hours, days, a month: nobody is forgotten, flooded or blamed."""

from collections.abc import Iterator

from django.db.models import Count, Max
from django.utils import timezone

from failforward.outbox.models import Mail
from failforward.outbox.run import strike
from faults.registry import fault
from faults.table import Result
from faults.world import ASKS, World

PEOPLE, EACH = 50, 20
DONE_WITHIN = 10 * 60


@fault(17, "everything down", minutes=20)
def down(world: World) -> Iterator[Result]:
    yield after(world, "everything down for 3 hours", hours=3)
    yield after(world, "everything down for 3 days", most_each=1, days=3)
    yield after(world, "everything down for 30 days", most_each=1, days=30)


def after(world: World, name: str, most_each: int = 0, **outage: float) -> Result:
    before = Mail.objects.aggregate(last=Max("pk"))["last"] or 0
    world.promise(PEOPLE * EACH, people=PEOPLE, shares=(EACH,))
    strike(timezone.now())
    world.shift(**outage)
    world.start()
    took = world.wait_until_sent(DONE_WITHIN)
    world.crew.stop()
    result = world.judge(name, injected=PEOPLE * EACH)
    accepted = {one.message_id for one in world.sink.read().accepted}
    sent = Mail.objects.filter(pk__gt=before, message_id__in=accepted)
    most = max(sent.values("recipient").annotate(mails=Count("pk")).values_list("mails", flat=True))
    if most_each and most > most_each:
        result.wrong.append(f"somebody got {most} mails instead of one digest")
    if escalated := sent.exclude(kind__in=ASKS).count():
        result.wrong.append(f"{escalated} reminders or calls for help because of the outage")
    result.notes.append(f"done in {took:.0f} s, at most {most} mails for one person")
    return result
