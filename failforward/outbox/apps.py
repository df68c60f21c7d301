from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "failforward.outbox"
    label = "outbox"

    def ready(self) -> None:
        from failforward.accounts import people
        from failforward.outbox import catalogue, planning
        from failforward.outbox.backend import KIND, written_already

        catalogue.register(KIND, render=written_already)
        people.after_leaving.append(planning.look_again)
        people.after_a_new_address.append(planning.look_again)
