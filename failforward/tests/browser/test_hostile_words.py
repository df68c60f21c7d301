"""Words that mean harm stay words, on every page that shows them."""

import pytest
from django.db import IntegrityError, models, transaction

from failforward.tests import access
from failforward.tests.browser.conftest import PHONE, overflow
from failforward.tests.browser.test_every_page import visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HARM = "<script>alert(1)</script>\"><img src=x onerror=alert(1)>{{7*191}}'\u202e\u2066${7*191}"
LONG = HARM + "x" * 10_000
# Codes that the program reads; people never type them.
CODES = {"path", "source", "external_id", "currency", "time_zone", "zone", "language", "email", "password", "work_days"}


def free_words(model: type[models.Model]) -> list[models.Field]:
    fields = [field for field in model._meta.concrete_fields if type(field) in (models.CharField, models.TextField)]
    return [field for field in fields if not field.choices and not field.unique and field.name not in CODES]


def plant(thing: models.Model) -> None:
    words = {
        field.name: (LONG if field.max_length is None else HARM[: field.max_length])
        for field in free_words(type(thing))
    }
    rows = type(thing)._base_manager.filter(pk=thing.pk)
    if not words:
        return
    try:
        with transaction.atomic():
            rows.update(**words)
    except IntegrityError:
        # Some may not be said together: an answer is shown or assumed. Then those that are said already.
        rows.update(**{name: text for name, text in words.items() if getattr(thing, name)})


def test_hostile_words_run_nothing_and_break_no_page(open_browser):
    world = access.build()
    access.add_reply_token(world)
    for thing in [*world.objects.values(), *world.cast.people.values(), world.cast.north]:
        if isinstance(thing, models.Model):
            plant(thing)
    heard = []

    def look(page) -> list[str]:
        if not heard:
            page.on("dialog", lambda dialog: (heard.append(page.url), dialog.dismiss()))
        found = [f"{page.url}: counted"] * ("1337" in page.inner_text("body"))
        return found + [f"{page.url}: {overflow(page)} px too wide"] * (overflow(page) > 0)

    assert visit(world, open_browser, PHONE, "light", look) == []
    assert heard == []
