from failforward.tokens import Token


class StopToken(Token):
    """Lets a person switch their reminders off, without logging in and, for their mail program, without a look."""
