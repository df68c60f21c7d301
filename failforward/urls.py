from django.urls import include, path

urlpatterns = [
    path("", include("reviews.urls")),
    path("", include("actions.urls")),
    path("accounts/", include("allauth.urls")),
]
