from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self) -> None:
        from actions import commitment_words, outgoing, replanning, words
        from failforward.accounts import people, times

        outgoing.register()
        words.register()
        commitment_words.register()
        people.after_a_new_address += [replanning.replan_for, outgoing.ask_after_all]
        times.after_new_times.append(replanning.replan_for)
