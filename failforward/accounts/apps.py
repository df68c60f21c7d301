from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "failforward.accounts"
    label = "accounts"

    def ready(self) -> None:
        from failforward.accounts import words

        words.register()
