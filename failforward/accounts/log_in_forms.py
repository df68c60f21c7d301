"""allauth's forms with our words in them; what they ask and check is theirs."""

from allauth.account import forms as account
from allauth.mfa.base import forms as steps
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _

from failforward.forms import Worded


class NewPassword:
    """A new password, written twice."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        new, again = self.fields["password1"], self.fields["password2"]
        new.label, new.help_text = _("New password"), _("Eight characters or more. A sentence is good.")
        again.label = _("The same once more")


class LoginForm(Worded, account.LoginForm):
    pass


class ReauthenticateForm(Worded, account.ReauthenticateForm):
    pass


class ChangePasswordForm(NewPassword, Worded, account.ChangePasswordForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("The password you have now")


class ResetPasswordForm(Worded, account.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(NewPassword, Worded, account.ResetPasswordKeyForm):
    pass


class AuthenticateForm(Worded, steps.AuthenticateForm):
    pass


class ReauthenticateByCodeForm(Worded, steps.ReauthenticateForm):
    pass


class ActivateForm(Worded, totp.ActivateTOTPForm):
    pass
