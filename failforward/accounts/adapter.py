from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from failforward.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_password_reset_mail(self, user: User, email: str, context: dict) -> None:
        """Who is not of this company gets no password, and whoever asks does not learn why."""
        if not user.outside:
            super().send_password_reset_mail(user, email, context)
