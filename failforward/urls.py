from django.urls import include, path

from failforward import health, views
from failforward.desk import desk
from failforward.post_office import mail_let_go, mail_probe, mail_verb, post_office
from failforward.profile import profile
from failforward.start import remove_demo, start_for_real

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", desk, name="desk"),
    path("", include("failforward.accounts.urls")),
    path("mail/", post_office, name="post_office"),
    path("mail/go/", mail_let_go, name="mail_let_go"),
    path("mail/try/", mail_probe, name="mail_probe"),
    path("mail/<int:pk>/<slug:verb>/", mail_verb, name="mail_verb"),
    path("me/", profile, name="profile"),
    path("start/", start_for_real, name="start_for_real"),
    path("start/demo/", remove_demo, name="remove_demo"),
    path("", include("reviews.urls")),
    path("", include("actions.urls")),
    path("", include("failforward.outbox.urls")),
    path("", include("failforward.inbound.urls")),
    path("more/", views.more, name="more"),
    path("new/", views.new, name="new"),
    path("keys/", views.keys, name="keys"),
    path("theme/", views.theme, name="theme"),
    path("accounts/", include("allauth.urls")),
]
handler500 = "failforward.health.server_error"
handler429 = "failforward.views.too_many_requests"
