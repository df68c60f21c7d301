from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "failforward.accounts"
    label = "accounts"
