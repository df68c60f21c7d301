from django.urls import path

from failforward.inbound import views

urlpatterns = [path("inbound/", views.hook, name="inbound_hook")]
