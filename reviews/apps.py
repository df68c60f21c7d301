from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"

    def ready(self) -> None:
        from failforward.outbox import catalogue
        from reviews import capture, emails, words

        catalogue.register(capture.KIND, emails.capture_mail, capture.still_wanted)
        words.register()
