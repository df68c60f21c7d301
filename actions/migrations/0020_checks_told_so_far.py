from django.db import migrations

OLD, NEW = "check_due", "checks_due"


def note(apps, schema_editor):
    """A mail was about one check, named in its key together with the checker and the day. Now it is its own subject."""
    Mail = apps.get_model("outbox", "Mail")
    Check = apps.get_model("actions", "EffectivenessCheck")
    Notice = apps.get_model("actions", "CheckNotice")
    for mail in Mail.objects.filter(kind=OLD).defer("body").order_by("pk"):
        _, check, checker, due_on = mail.key.split(":")
        if Check.objects.filter(pk=check).exists():
            goes = None if mail.state == "withheld" else mail
            Notice.objects.create(check_of_id=check, to_id=checker, due_on=due_on, mail=goes, batch_id=mail.batch_id)
        Mail.objects.filter(pk=mail.pk).update(kind=NEW, subject_id=mail.pk)


def forget(apps, schema_editor):
    """What was told of several at once is lost as a mail; their days are told anew, one by one."""
    Mail = apps.get_model("outbox", "Mail")
    for mail in Mail.objects.filter(kind=NEW, key__startswith=f"{OLD}:").defer("body"):
        Mail.objects.filter(pk=mail.pk).update(kind=OLD, subject_id=int(mail.key.split(":")[1]))
    apps.get_model("actions", "CheckNotice").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("actions", "0019_check_notices")]

    operations = [migrations.RunPython(note, forget)]
