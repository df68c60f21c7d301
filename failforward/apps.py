from django.apps import AppConfig


class FailForwardConfig(AppConfig):
    name = "failforward"

    def ready(self) -> None:
        from failforward import checks  # noqa: F401
