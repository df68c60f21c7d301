from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self) -> None:
        from actions import commitment_words, follow_ups, outgoing, words
        from failforward.accounts import people, times

        outgoing.register()
        words.register()
        commitment_words.register()
        people.after_a_new_address += [follow_ups.replan_for, outgoing.ask_after_all]
        times.after_new_times.append(follow_ups.replan_for)
