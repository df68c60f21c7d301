from django.urls import path

from actions.views import actions, answer, calendars, closing, commitments, dates, lists, milestones, replies, requests

urlpatterns = [
    path("reviews/<int:pk>/close/", closing.close, name="review_close"),
    path("lists/", lists.list_list, name="list_list"),
    path("lists/new/", lists.list_new, name="list_new"),
    path("lists/<int:pk>/", lists.list_detail, name="list_detail"),
    path("lists/<int:pk>/<slug:verb>/", lists.list_verb, name="list_verb"),
    path("actions/", actions.action_list, name="action_list"),
    path("actions/new/", actions.action_new, name="action_new"),
    path("actions/<int:pk>/", actions.action_detail, name="action_detail"),
    path("actions/<int:pk>/<slug:verb>/", actions.action_verb, name="action_verb"),
    path("steps/<int:pk>/<slug:verb>/", milestones.step_verb, name="step_verb"),
    path("milestones/<int:pk>/<slug:verb>/", milestones.milestone_verb, name="milestone_verb"),
    path("dates/<int:pk>/<slug:verb>/", dates.by_desk, name="date_verb"),
    path("commitments/", commitments.index, name="commitment_list"),
    path("commitments/new/", commitments.new, name="commitment_new"),
    path("commitments/<int:pk>/", commitments.detail, name="commitment_detail"),
    path("commitments/<int:pk>/answer/", answer.by_desk, name="commitment_answer"),
    path("commitments/<int:pk>/<slug:verb>/", commitments.act, name="commitment_verb"),
    path("answers/<int:pk>/reply/", replies.by_desk, name="answer_reply"),
    path("me/calendars/", calendars.index, name="calendars"),
    path("me/calendars/<slug:verb>/", calendars.verb, name="calendar_verb"),
    path("calendar/<str:token>.ics", calendars.feed, name="calendar"),
    path("d/<str:token>/", dates.by_link, name="date_answer"),
    path("f/<str:token>/", answer.by_link, name="answer"),
    path("r/<str:token>/", requests.by_link, name="request_answer"),
    path("t/<str:token>/", replies.by_link, name="asker_reply"),
]
