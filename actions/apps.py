from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self) -> None:
        from actions import commitment_words, outgoing, replanning, words
        from actions.rhythm import digests
        from actions.rhythm import outgoing as several
        from failforward.accounts import people, times
        from failforward.outbox import catalogue

        outgoing.register()
        several.register()
        catalogue.before_writing.append(digests.gather)
        words.register()
        commitment_words.register()
        people.after_a_new_address += [replanning.replan_for, outgoing.ask_after_all]
        times.after_new_times.append(replanning.replan_for)
