from django.urls import path

from failforward.outbox import views

urlpatterns = [
    path("mail/events/<slug:service>/", views.events, name="mail_events"),
    path("mailbox/", views.mailbox, name="mailbox"),
    path("mailbox/<int:pk>/", views.mailbox_mail, name="mailbox_mail"),
    path("mailbox/<int:pk>/html/", views.mailbox_html, name="mailbox_html"),
    path("mailbox/<int:pk>/reply/", views.mailbox_reply, name="mailbox_reply"),
    path("mailbox/<int:pk>/press/", views.mailbox_press, name="mailbox_press"),
]
