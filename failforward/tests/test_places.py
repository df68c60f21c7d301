import datetime as dt
import subprocess
import sys

import pytest
from django.conf import settings

from failforward import places


def test_countries_have_names():
    assert len(places.countries()) == 249
    assert [places.countries()[code] for code in ("DE", "GB", "US")] == ["Germany", "Britain (UK)", "United States"]


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Berlin", "DE"), ("Asia/Riyadh", "SA"), ("America/New_York", "US"), ("UTC", ""), ("Nowhere/Else", "")],
)
def test_a_zone_lies_in_a_country(zone, country):
    assert places.country_of_zone(zone) == country


@pytest.mark.parametrize(
    ("country", "week"), [("DE", "12345"), ("SA", "12347"), ("IL", "12347"), ("IR", "123467"), ("", "12345")]
)
def test_the_weekend_is_the_country_s(country, week):
    assert places.usual_week(country) == week


def test_regions_go_by_their_names():
    assert places.regions("GB") == {"ENG": "England", "NIR": "Northern Ireland", "SCT": "Scotland", "WLS": "Wales"}
    assert places.regions("CH")["GR"] == "Graubünden"
    assert places.regions("SE") == {}
    assert places.regions("XX") == {}


def test_the_next_holidays_cross_the_year():
    coming = list(places.holidays_from(dt.date(2026, 12, 26), "DE", "BY"))[:3]
    assert [day for day, _ in coming] == [dt.date(2026, 12, 26), dt.date(2027, 1, 1), dt.date(2027, 1, 6)]
    assert list(places.holidays_from(dt.date(2026, 12, 26), "")) == []


def test_nobody_without_a_country_pays_for_the_package():
    code = "import sys, django; django.setup(); from failforward import urls; print('holidays' in sys.modules)"
    environment = {"DJANGO_SETTINGS_MODULE": "failforward.settings", "VAR_DIR": str(settings.VAR_DIR)}
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"
