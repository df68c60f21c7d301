from django.urls import path

from actions.views import actions, closing, lists, milestones

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
    path("dates/<int:pk>/<slug:verb>/", milestones.date_verb, name="date_verb"),
]
