"""Somebody at a browser, logged in, who promises something."""

import time

import requests
from django.conf import settings
from django.test import Client

from actions.models import Commitment
from failforward.accounts.models import User
from faults.world import World


class Visitor:
    def __init__(self, world: World) -> None:
        self.world, self.browser = world, requests.Session()
        self.person = User.objects.get(name="Person 199")
        # The session is a row, so it can be made here; the password is not what is tested.
        client = Client()
        client.force_login(self.person, settings.AUTHENTICATION_BACKENDS[0])
        self.browser.cookies.set(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)
        self.page = f"{settings.SITE_URL}/commitments/new/"
        self.browser.get(self.page, timeout=30).raise_for_status()

    def promise(self) -> tuple[int, float]:
        """The status of the answer, and how many seconds it took."""
        name = f"promise-{next(self.world.names):05}"
        form = {
            "what": f"Call the buyer about {name}",
            "due_on": time.strftime("%Y-%m-%d", time.gmtime()),
            "person": self.person.pk,
            "csrfmiddlewaretoken": self.browser.cookies[settings.CSRF_COOKIE_NAME],
        }
        began = time.monotonic()
        answer = self.browser.post(self.page, form, timeout=60, allow_redirects=False)
        seconds = time.monotonic() - began
        if answer.status_code == 302:
            self.world.promised[Commitment.objects.get(what__contains=name).pk] = name
        return answer.status_code, seconds
