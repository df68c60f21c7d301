from django.db import models

from failforward.tokens import Token


class CaptureToken(Token):
    """Lets the owner of a lost deal say what happened without logging in."""

    review = models.ForeignKey("reviews.Review", models.PROTECT, related_name="capture_tokens")
