from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "failforward.outbox"
    label = "outbox"
