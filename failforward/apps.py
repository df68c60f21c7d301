import gc

from django.apps import AppConfig

# A page makes some ten thousand objects, hardly any in a ring: by itself Python looks for rings twenty times a page.
OBJECTS_BEFORE_A_LOOK = 50_000


class FailForwardConfig(AppConfig):
    name = "failforward"

    def ready(self) -> None:
        from failforward import checks  # noqa: F401

        gc.set_threshold(OBJECTS_BEFORE_A_LOOK)
