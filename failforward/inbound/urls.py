from django.urls import path

from failforward.inbound import views

urlpatterns = [
    path("inbound/", views.hook, name="inbound_hook"),
    path("inbound/<slug:service>/", views.service_hook, name="inbound_service"),
]
