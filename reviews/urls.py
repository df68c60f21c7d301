from django.urls import path

from reviews.views import begin, capture, event, imports, review, triage

urlpatterns = [
    path("imports/", imports.import_list, name="import_list"),
    path("imports/<int:pk>/", imports.import_detail, name="import_detail"),
    path("imports/<int:pk>/dates/", imports.import_dates, name="import_dates"),
    path("imports/<int:pk>/start/", imports.import_start, name="import_start"),
    path("imports/<int:pk>/cancel/", imports.import_cancel, name="import_cancel"),
    path("imports/<int:pk>/left-out.csv", imports.import_errors, name="import_errors"),
    path("reviews/triage/", triage.triage, name="triage"),
    path("reviews/new/", begin.begin, name="review_new"),
    path("reviews/<int:pk>/", review.detail, name="review_detail"),
    path("reviews/<int:pk>/choose/", review.choose, name="review_choose"),
    path("reviews/<int:pk>/waive/", review.waive, name="review_waive"),
    path("reviews/<int:pk>/people/", review.add_person, name="review_add_person"),
    path("reviews/<int:pk>/people/change/", review.change_person, name="review_change_person"),
    path("reviews/<int:pk>/visibility/", review.visibility, name="review_visibility"),
    path("reviews/<int:pk>/ask/", review.ask, name="review_ask"),
    path("reviews/<int:pk>/reopen/", review.reopen, name="review_reopen"),
    path("reviews/<int:pk>/addenda/", review.addendum, name="review_addendum"),
    path("reviews/<int:pk>/capture/", capture.own, name="capture_own"),
    path("reviews/<int:pk>/events/", event.add, name="event_add"),
    path("events/<int:pk>/", event.save, name="event_save"),
    path("events/<int:pk>/edit/", event.edit, name="event_edit"),
    path("c/<str:token>/", capture.by_link, name="capture"),
]
