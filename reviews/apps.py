from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"

    def ready(self) -> None:
        from failforward.accounts import people, teams
        from failforward.outbox import catalogue
        from reviews import capture, emails, summary_sql, weighing, words
        from reviews.models import hand_off, review_thanks

        catalogue.register(capture.KIND, emails.capture_mail, capture.still_wanted)
        catalogue.register(review_thanks.ASKED, emails.thanks_asked_mail, emails.thanks_asked_wanted)
        catalogue.register(review_thanks.GIVEN, emails.thanks_mail, emails.thanks_wanted)
        catalogue.register(hand_off.OWN_PART, emails.own_part_mail)
        teams.after_new_rules += [summary_sql.follow_rules, weighing.follow_rules]
        people.after_leaving.append(weighing.follow_leaving)
        people.after_losing_a_role.append(weighing.follow_role)
        words.register()
