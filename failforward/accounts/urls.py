from django.urls import path, register_converter

from failforward.accounts import absence_views, team_views, views


class VerbConverter:
    """One of the verbs that the page has a button for."""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class PersonVerb(VerbConverter):
    regex = "|".join(views.PERSON_VERBS)


class AbsenceVerb(VerbConverter):
    regex = "|".join(absence_views.VERBS)


register_converter(PersonVerb, "person_verb")
register_converter(AbsenceVerb, "absence_verb")

urlpatterns = [
    path("setup/", views.setup, name="setup"),
    path("absences/", absence_views.absences, name="absence_list"),
    path("absences/<int:pk>/", absence_views.absence, name="absence"),
    path("absences/<int:pk>/<absence_verb:verb>/", absence_views.absence_verb, name="absence_verb"),
    path("people/", views.people, name="people"),
    path("people/teams/", team_views.team_new, name="team_new"),
    path("people/teams/<int:pk>/", team_views.team, name="team"),
    path("people/<int:pk>/", views.person, name="person"),
    path("people/<int:pk>/<person_verb:verb>/", views.person_verb, name="person_verb"),
]
