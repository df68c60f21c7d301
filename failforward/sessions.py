"""Django's sessions in the database, read by SQL that is written once: every page begins with that."""

from django.contrib.sessions.backends import db
from django.db import connection
from django.utils import timezone

DATA = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    def load(self) -> dict:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        with connection.cursor() as cursor:
            cursor.execute(DATA, [self.session_key, now])
            found = cursor.fetchone()
        if found:
            return self.decode(found[0])
        self._session_key = None
        return {}
