"""Pictures of the demo team, made by a browser: `docs/today.png` for the README, with --all every kind of page.

They are taken of a site of its own in a throw-away folder: nothing of yours is read or changed."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

from failforward.demo.people import PASSWORD  # noqa: E402
from tools.programs import find  # noqa: E402
from tools.servers import folder, free_port  # noqa: E402

STARTING_SECONDS = 120
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
# name: who, where, and the words of the links that are followed from there.
GALLERY = {
    "today": ("mara", "/"),
    "today-rep": ("ines", "/"),
    "triage": ("mara", "/reviews/triage/"),
    "reviews": ("mara", "/reviews/"),
    "review": ("mara", "/reviews/", "Aldersund Paper"),
    "review-closed": ("mara", "/reviews/", "Tallow & Pine"),
    "coding": ("farid", "/coding/"),
    "categories": ("mara", "/categories/"),
    "deals": ("mara", "/deals/"),
    "deal": ("mara", "/deals/", "Aldersund Paper"),
    "findings": ("mara", "/findings/"),
    "finding": ("mara", "/findings/", "Site-visit notes do not reach the quote"),
    "lists": ("jonas", "/lists/"),
    "list": ("jonas", "/lists/", "Quotes and follow-through"),
    "actions": ("jonas", "/actions/"),
    "action": ("jonas", "/actions/", "Every quote starts from the site-visit sheet"),
    "action-proposed": ("jonas", "/actions/", "A page on what Plexa and Orrin rent out"),
    "commitments": ("ines", "/commitments/"),
    "commitment": ("ines", "/commitments/", "The sheet, two quotes"),
    "talks": ("mara", "/talks/"),
    "talk": ("mara", "/talks/", "The first call with Brackwater Dairy"),
    "mailbox": ("ines", "/mailbox/"),
    "mail": ("ines", "/mailbox/", "How did it go?"),
    "people": ("ada", "/people/"),
    "person": ("ada", "/people/", "Ines Duarte"),
    "imports": ("ada", "/imports/"),
    "profile": ("ines", "/me/"),
    "start": ("ada", "/start/"),
    "more": ("mara", "/more/"),
    "log-in": ("", "/accounts/login/"),
}


def main(arguments: list[str]) -> None:
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=["--no-sandbox", "--disable-gpu"])
        if "--all" in arguments:
            for theme in ("light", "dark"):
                for size in SIZES:
                    gallery(browser, url, size, theme)
        else:
            page = window(browser, url, "mara", "desk", "light")
            page.goto("/")
            save(page, ROOT / "docs" / "today.png", whole=False)
        browser.close()


def gallery(browser: Browser, url: str, size: str, theme: str) -> None:
    windows = {}
    for name, (who, start, *links) in GALLERY.items():
        if who not in windows:
            windows[who] = window(browser, url, who, size, theme)
        page = windows[who]
        page.goto(start)
        for words in links:
            page.get_by_role("main").get_by_role("link", name=re.compile(re.escape(words))).first.click()
        save(page, ROOT / "screenshots" / f"{name}-{size}-{theme}.png")


def window(browser: Browser, url: str, who: str, size: str, theme: str) -> Page:
    context = browser.new_context(viewport=SIZES[size], base_url=url, reduced_motion="reduce")
    context.add_cookies([{"name": "theme", "value": theme, "url": url}])
    page = context.new_page()
    if who:
        page.goto("/accounts/login/")
        page.get_by_label(re.compile("E-?mail")).fill(f"{who}@tarnholm.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Log in").click()
    return page


def save(page: Page, path: Path, whole: bool = True) -> None:
    path.parent.mkdir(exist_ok=True)
    page.screenshot(path=path, full_page=whole)
    print(path.relative_to(ROOT), flush=True)


@contextlib.contextmanager
def demo() -> Iterator[str]:
    """The address of a demo that nobody else uses."""
    with folder() as var:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        environment = os.environ | {"DEMO": "1", "VAR_DIR": str(var), "PORT": str(port), "ENV_FILE": os.devnull}
        command = [sys.executable, "manage.py", "serve"]
        site = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        try:
            wait_for(url)
            yield url
        finally:
            os.killpg(site.pid, signal.SIGINT)
            site.wait(30)


def wait_for(url: str) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while True:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=10):
            return
        if time.monotonic() > until:
            raise SystemExit("The demo did not start.")
        time.sleep(0.2)


if __name__ == "__main__":
    main(sys.argv[1:])
