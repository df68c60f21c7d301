from django.apps import AppConfig


class HistoryConfig(AppConfig):
    name = "failforward.history"
    label = "history"
