from django.apps import AppConfig


class InboundConfig(AppConfig):
    name = "failforward.inbound"
    label = "inbound"
