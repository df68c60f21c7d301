from django.urls import include, path

from failforward import views
from failforward.desk import desk

urlpatterns = [
    path("", desk, name="desk"),
    path("", include("failforward.accounts.urls")),
    path("", include("reviews.urls")),
    path("", include("actions.urls")),
    path("more/", views.more, name="more"),
    path("new/", views.new, name="new"),
    path("keys/", views.keys, name="keys"),
    path("theme/", views.theme, name="theme"),
    path("accounts/", include("allauth.urls")),
]
handler429 = "failforward.views.too_many_requests"
