"""One sitting at the coding queue: what was sent and what was left for later today, kept in the session."""

from datetime import date

from django.http import HttpRequest

from reviews.models import Hat

KEY = "sitting"
MOST_LEFT = 500


class Sitting:
    def __init__(self, request: HttpRequest, today: date) -> None:
        self.session = request.session
        kept = self.session.get(KEY) or {}
        if kept.get("day") != today.isoformat():
            kept = {"day": today.isoformat(), "sent": 0, "later": []}
        self.kept = kept

    @property
    def sent(self) -> int:
        return self.kept["sent"]

    @property
    def later(self) -> list[int]:
        return self.kept["later"]

    def add_sent(self, event_id: int) -> None:
        later = [pk for pk in self.later if pk != event_id]
        self._keep(sent=self.sent + 1, later=later)

    def leave(self, event_id: int) -> None:
        self._keep(later=[*self.later, event_id][-MOST_LEFT:])

    def take_up(self) -> None:
        self._keep(later=[])

    def _keep(self, **changes) -> None:
        self.kept = self.kept | changes
        self.session[KEY] = self.kept


def hat_of(request: HttpRequest) -> str:
    asked = request.POST.get("hat") or request.GET.get("hat", "")
    return asked if asked in Hat.values else Hat.LUMPER
