"""allauth's forms with our words in them; what they ask and check is theirs."""

from allauth.account import forms as account
from allauth.mfa.base import forms as steps
from allauth.mfa.totp import forms as totp

from failforward.forms import Worded


class LoginForm(Worded, account.LoginForm):
    pass


class ReauthenticateForm(Worded, account.ReauthenticateForm):
    pass


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    pass


class ResetPasswordForm(Worded, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Worded, account.ResetPasswordKeyForm):
    pass


class AuthenticateForm(Worded, steps.AuthenticateForm):
    pass


class ReauthenticateByCodeForm(Worded, steps.ReauthenticateForm):
    pass


class ActivateForm(Worded, totp.ActivateTOTPForm):
    pass
