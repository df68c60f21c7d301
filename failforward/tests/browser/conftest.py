import os

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import Browser, Page, expect, sync_playwright

# The browser's own event loop runs in this thread; the database is still used by it alone.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# A test waits for what it expects, not for the clock; on a busy machine that takes a while.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
# What it found right is as much again, and nobody reads it.
VIOLATIONS = "(only) => axe.run({resultTypes: ['violations'], ...only}).then((found) => found.violations)"
# The rules that look at colours, which are all that a theme changes.
COLOURS = ["color-contrast", "link-in-text-block"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_browser(chromium: Browser, live_server):
    """Opens a window of its own; in the end every window must be free of script errors and policy violations."""
    windows, complaints = [], []

    def open_one(size: dict = DESKTOP, theme: str = "light", scripts: bool = True, user=None) -> Page:
        context = chromium.new_context(
            viewport=size, java_script_enabled=scripts, base_url=live_server.url, reduced_motion="reduce"
        )
        context.set_default_timeout(PATIENCE)
        cookies = [{"name": "theme", "value": theme, "url": live_server.url}]
        context.add_cookies(cookies + session_of(user, live_server.url))
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        windows.append(context)
        return page

    yield open_one
    for context in windows:
        context.close()
    assert complaints == []


def is_complaint(message) -> bool:
    # The browser reports each answer of 400 and above as an error of its own; those are ours to give.
    return message.type == "error" and "Failed to load resource" not in message.text


def session_of(user, url: str) -> list[dict]:
    if user is None:
        return []
    from django.test import Client

    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": url}]


def axe_findings(page: Page, rules: list[str] | None = None) -> list[str]:
    if not page.evaluate("!!window.axe"):
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate(VIOLATIONS, {"runOnly": rules} if rules else {})
    return [f"{page.url}: {row['id']}: {node['html'][:160]}" for row in violations for node in row["nodes"]]


def look_in_both_themes(page: Page) -> list[str]:
    """At both sizes; dark differs from light by an attribute, and by that in colours alone."""
    found = []
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        for theme, rules in (("light", None), ("dark", COLOURS)):
            page.evaluate("theme => document.documentElement.dataset.bsTheme = theme", theme)
            found += [f"{theme} at {size['width']}: {one}" for one in axe_findings(page, rules)]
    return found


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


__all__ = ["DESKTOP", "PHONE", "axe_findings", "look_in_both_themes", "overflow"]
