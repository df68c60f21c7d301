from django.urls import path, register_converter

from failforward.accounts import team_views, views


class VerbConverter:
    regex = "|".join(views.PERSON_VERBS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(VerbConverter, "person_verb")

urlpatterns = [
    path("setup/", views.setup, name="setup"),
    path("people/", views.people, name="people"),
    path("people/teams/", team_views.team_new, name="team_new"),
    path("people/teams/<int:pk>/", team_views.team, name="team"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/<person_verb:verb>/", views.person_verb, name="person_verb"),
]
