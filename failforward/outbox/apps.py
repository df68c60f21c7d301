from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "failforward.outbox"
    label = "outbox"

    def ready(self) -> None:
        from failforward.outbox import catalogue
        from failforward.outbox.backend import KIND, written_already

        catalogue.register(KIND, render=written_already)
