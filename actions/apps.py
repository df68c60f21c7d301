from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "actions"

    def ready(self) -> None:
        from actions import commitment_words, meeting_mail, outgoing, recurrences, replanning, words
        from actions.inbound import arrival
        from actions.inbound import outgoing as about_replies
        from actions.rhythm import digests, unreached
        from actions.rhythm import outgoing as several
        from actions.sponsors import outgoing as to_sponsors
        from failforward.accounts import people, times
        from failforward.inbound import reading
        from failforward.outbox import catalogue
        from reviews import coding
        from reviews.models import finding

        outgoing.register()
        several.register()
        to_sponsors.register()
        meeting_mail.register()
        about_replies.register()
        catalogue.before_writing += [digests.gather, unreached.gather]
        reading.register(arrival.read)
        coding.after_settling.append(recurrences.look_later)
        finding.after_taking.append(recurrences.put_by_hand)
        words.register()
        commitment_words.register()
        people.after_a_new_address += [replanning.replan_for, outgoing.ask_after_all, meeting_mail.invite_after_all]
        times.after_new_times.append(replanning.replan_for)
