import time

import pytest
from django.core.cache import cache
from django.test import RequestFactory
from redis.exceptions import ConnectionError as RedisConnectionError

from failforward import rates


@pytest.fixture(autouse=True)
def nothing_counted():
    cache.clear()


def test_what_is_beyond_the_limit_is_exceeded():
    assert [rates.exceeded("capture", "a", 3) for _try in range(5)] == [False, False, False, True, True]


def test_everybody_and_everything_is_counted_apart():
    assert not rates.exceeded("capture", "a", 1)
    assert not rates.exceeded("capture", "b", 1)
    assert not rates.exceeded("answer", "a", 1)
    assert rates.exceeded("capture", "a", 1)


def test_counts_that_cannot_be_kept_refuse_nobody(monkeypatch):
    def away(*args):
        raise RedisConnectionError

    monkeypatch.setattr(rates.cache, "add", away)
    assert not any(rates.exceeded("capture", "a", 1) for _try in range(3))


def test_a_window_ends():
    rates.exceeded("capture", "a", 1, seconds=1)
    assert rates.exceeded("capture", "a", 1, seconds=1)
    until = time.monotonic() + 10
    while rates.exceeded("capture", "a", 1, seconds=1):
        assert time.monotonic() < until
        time.sleep(0.1)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_neighbours_share_an_allowance(address, network):
    assert rates.network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == network


def test_a_forwarded_address_is_believed_behind_our_own_proxy_only(settings):
    request = RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="8.8.8.8, 203.0.113.7")

    settings.BEHIND_PROXY = False
    assert rates.address_of(request) == "10.0.0.1"
    settings.BEHIND_PROXY = True
    assert rates.address_of(request) == "203.0.113.7"
