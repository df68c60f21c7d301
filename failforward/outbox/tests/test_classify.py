import datetime as dt

import pytest

from failforward.outbox import retrying
from failforward.outbox.retrying import Stage, Verdict, classify

LATER, GREY, CROWDED = Verdict.LATER, Verdict.GREYLISTED, Verdict.CROWDED
ADDRESS, MESSAGE, CHANNEL = Verdict.ADDRESS_REFUSED, Verdict.MESSAGE_REFUSED, Verdict.CHANNEL_BROKEN


@pytest.mark.parametrize(
    ("code", "text", "stage", "verdict"),
    [
        (None, "Connection refused", Stage.CONNECT, LATER),
        (None, "timed out", Stage.MESSAGE, LATER),
        (None, "certificate verify failed", Stage.TLS, CHANNEL),
        (None, "STARTTLS extension not supported by server.", Stage.TLS, CHANNEL),
        (None, "SMTP AUTH extension not supported by server.", Stage.LOGIN, CHANNEL),
        (421, "4.3.2 shutting down", Stage.CONNECT, LATER),
        (554, "5.7.1 your address is blocked", Stage.CONNECT, CHANNEL),
        (454, "4.7.0 TLS not available", Stage.TLS, LATER),
        (454, "4.7.0 temporary authentication failure", Stage.LOGIN, LATER),
        (535, "5.7.8 bad credentials", Stage.LOGIN, CHANNEL),
        (534, "5.7.9 mechanism too weak", Stage.LOGIN, CHANNEL),
        (530, "5.7.0 must issue STARTTLS first", Stage.SENDER, CHANNEL),
        (530, "5.7.1 authentication required", Stage.RECIPIENT, CHANNEL),
        (550, "5.7.60 not allowed to send as this sender", Stage.SENDER, CHANNEL),
        (450, "sender rate", Stage.SENDER, LATER),
        (421, "4.7.0 too many errors", Stage.RECIPIENT, LATER),
        (450, "4.2.0 greylisted", Stage.RECIPIENT, GREY),
        (451, "4.7.1 greylisting in action", Stage.RECIPIENT, GREY),
        (452, "4.2.2 mailbox full", Stage.RECIPIENT, LATER),
        (432, "4.3.2 concurrent connections limit exceeded", Stage.SENDER, CROWDED),
        (432, "4.3.2 STOREDRV; sender thread limit exceeded", Stage.MESSAGE, CROWDED),
        (451, "4.3.0 try again", Stage.MESSAGE, LATER),
        (550, "5.1.1 no such user", Stage.RECIPIENT, ADDRESS),
        (550, "no such user", Stage.RECIPIENT, ADDRESS),
        (553, "5.1.3 bad address syntax", Stage.RECIPIENT, ADDRESS),
        (550, "5.2.1 mailbox disabled", Stage.RECIPIENT, ADDRESS),
        (552, "5.2.2 mailbox full", Stage.RECIPIENT, MESSAGE),
        (554, "5.7.1 relay access denied", Stage.RECIPIENT, MESSAGE),
        (552, "5.3.4 message too big", Stage.MESSAGE, MESSAGE),
        (554, "5.7.1 looks like spam", Stage.MESSAGE, MESSAGE),
    ],
)
def test_what_an_answer_means(code, text, stage, verdict):
    assert classify(code, text, stage) == verdict


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [(LATER, [30, 60, 300, 900, 1800, 3600, 3600]), (GREY, [300, 600, 1200, 2400, 3600, 3600])],
)
def test_the_pauses_grow_to_an_hour_and_vary_by_a_fifth(verdict, expected):
    for tries, seconds in enumerate(expected, start=1):
        pauses = {retrying.pause(tries, verdict) for _ in range(200)}
        assert seconds * 0.8 <= min(pauses) < seconds < max(pauses) <= seconds * 1.2


def test_what_was_too_much_is_spread_over_ten_minutes():
    pauses = [retrying.pause(1, CROWDED) for _ in range(500)]
    assert 60 <= min(pauses) < 120
    assert 480 < max(pauses) <= 600


@pytest.mark.parametrize(("first", "until"), [((2026, 11, 20), (2026, 11, 25)), ((2026, 11, 23), (2026, 11, 26))])
def test_after_three_working_days_it_gives_up(first, until):
    first, until = (dt.datetime(*day, 9, tzinfo=dt.UTC) for day in (first, until))
    assert retrying.next_try(50, first, until - dt.timedelta(hours=2)) is not None
    assert retrying.next_try(50, first, until) is None
