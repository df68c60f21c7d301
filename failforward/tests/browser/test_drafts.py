import pytest
from django.conf import settings
from playwright.sync_api import expect

from failforward import testing

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TOLD = "They asked twice for a pilot.\nNobody answered."


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def review(cast):
    return testing.review(cast, people=(cast.rep, cast.manager))


@pytest.fixture
def page(open_browser, cast, review):
    page = open_browser(user=cast.manager)
    page.goto(f"/reviews/{review.pk}/")
    return page


def kept(page) -> str:
    return page.evaluate("JSON.stringify(localStorage)")


def test_a_reload_loses_nothing_and_what_was_sent_is_forgotten(page, review):
    page.locator("[name=new-what]").fill(TOLD)
    page.reload()
    expect(page.locator("[name=new-what]")).to_have_value(TOLD)
    expect(page.get_by_text("it was not sent yet")).to_be_visible()

    page.get_by_role("button", name="Add the event").click()
    expect(page.locator(".hand", has_text="Nobody answered.").first).to_be_visible()
    page.reload()
    assert TOLD[:10] not in kept(page)
    assert review.events.count() == 1


def test_what_comes_back_can_be_left_out(page):
    page.locator("[name=new-what]").fill(TOLD)
    page.reload()
    page.get_by_role("button", name="Leave it out").click()
    expect(page.locator("[name=new-what]")).to_have_value("")
    assert TOLD[:10] not in kept(page)


def test_what_is_told_without_a_name_is_kept_nowhere(page):
    page.locator("[name=new-what]").fill(TOLD)
    assert TOLD[:10] in kept(page)
    page.get_by_text("Without a name", exact=True).click()
    assert TOLD[:10] not in kept(page)
    page.locator("[name=new-what]").fill(TOLD + " Really.")
    assert TOLD[:10] not in kept(page)


def test_a_log_in_that_ran_out_loses_nothing(page, cast):
    cast.manager.set_password("a long sentence here")
    cast.manager.save(update_fields=["password"])
    page.locator("[name=new-what]").fill(TOLD)
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_role("button", name="Add the event").click()

    expect(page.get_by_text("Your log-in had run out")).to_be_visible()
    page.get_by_label("E-mail").fill(cast.manager.email)
    page.get_by_label("Password").fill("a long sentence here")
    page.get_by_role("button", name="Log in", exact=True).click()

    expect(page.locator("[name=new-what]")).to_have_value(TOLD)


def test_a_review_that_few_may_read_leaves_nothing_in_the_browser(open_browser, cast):
    deal = testing.deal(cast, owner=cast.other_rep)
    sealed = testing.review(cast, people=(cast.rep, cast.manager), visibility="sealed", deal=deal)
    page = open_browser(user=cast.manager)
    page.goto(f"/reviews/{sealed.pk}/")
    page.locator("[name=new-what]").fill(TOLD)
    assert TOLD[:10] not in kept(page)
