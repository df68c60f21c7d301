from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self) -> None:
        from actions import commitment_words, outgoing, words

        outgoing.register()
        words.register()
        commitment_words.register()
