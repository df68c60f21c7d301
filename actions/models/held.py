from django.db import models

from failforward.inbound.models import InboundMail
from failforward.tokens import Token


class HeldToken(Token):
    """Lets the person say without a log-in what one reply of theirs meant."""

    reply = models.ForeignKey(InboundMail, models.PROTECT, related_name="held_tokens")
