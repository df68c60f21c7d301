"""What the owner of a list sees of the questions about what was promised on it."""

import datetime as dt
import html
import re

import pytest
from django.utils import timezone

from actions import answers, follow_ups
from actions.models import Commitment, SilenceStep
from failforward import testing
from failforward.outbox.models import Mail

pytestmark = pytest.mark.django_db
WHEN = r"\w{3} \d+ \w{3}, \d\d:\d\d"


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def action(cast):
    owned = testing.action_list(cast, people=(cast.rep, cast.other_rep))
    return testing.action(cast, action_list=owned, state="in_progress", done_criterion="Not seen again")


def made(cast, action, person=None, **fields) -> Commitment:
    person = person or cast.rep
    on = timezone.localdate() + dt.timedelta(days=3)
    return Commitment.make(person, person, "Try the gateways", on, action=action, **fields)


def mail_is(commitment, state: str, text: str = "") -> None:
    question = follow_ups.waiting_for(commitment)
    Mail.objects.filter(pk=question.mail_id).update(state=state, last_text=text, sent_at=timezone.now(), body=b"x")


def told(client, user, action) -> list[str]:
    """The lines under the promises, as `user` reads them."""
    client.force_login(user)
    page = client.get(f"/lists/{action.action_list_id}/").content.decode()
    promised = page[page.index('id="promised"') : page.index("</aside>")]
    rows = re.findall(r'<p class="fine mb-0">Ines Duarte</p><p class="fine mb-0">(.*?)</p>', promised, re.S)
    return [" ".join(html.unescape(re.sub("<[^>]+>", "", row)).split()) for row in rows]


def test_a_question_that_lies_ahead(client, cast, action):
    made(cast, action)
    assert re.fullmatch(f"To be asked on {WHEN}\\.", *told(client, cast.list_owner, action))


@pytest.mark.parametrize(
    ("state", "text", "said"),
    [
        ("sent", "", f"Handed over on {WHEN}\\. No answer yet\\."),
        ("bounced", "no such user", "The mail to Ines Duarte came back: no such user"),
        ("failed", "550", "Could not be delivered to Ines Duarte: 550"),
        ("retry", "greylisted", "Could not be delivered yet, and is tried again: greylisted"),
        ("withheld", "Ines Duarte has no e-mail address.", "Ines Duarte has no e-mail address\\."),
        ("sending", "", "Being handed over\\."),
        ("expired", "", "Too old to be sent\\."),
    ],
)
def test_what_became_of_its_mail(client, cast, action, state, text, said):
    mail_is(made(cast, action), state, text)
    assert re.fullmatch(said, *told(client, cast.list_owner, action))


def test_silence_is_told_step_by_step(client, cast, action):
    commitment = made(cast, action)
    mail_is(commitment, "sent")
    question, now = follow_ups.waiting_for(commitment), timezone.now()
    SilenceStep.take(question, "nudge", cast.rep, None, now)
    SilenceStep.take(question, "list_owner", cast.list_owner, None, now)
    SilenceStep.take(question, "meeting", None, None, now)
    (said,) = told(client, cast.list_owner, action)
    steps = re.findall(r"\d+ \w{3}: (.*?)\.(?= |$)", said)
    assert steps == ["reminded", "the list owner was told (Jonas Weil)", "stands in the meeting as “no answer yet”"]


def test_an_answer_that_keeps_it_open_and_the_next_question(client, cast, action):
    commitment = made(cast, action)
    later = timezone.localdate() + dt.timedelta(days=9)
    answers.give(follow_ups.waiting_for(commitment), cast.rep, "partly", via="desk", new_on=later)
    (said,) = told(client, cast.list_owner, action)
    assert re.fullmatch(rf"Answered \w{{3}} \d+ \w{{3}}: Partly\. To be asked on {WHEN}\.", said)


@pytest.mark.parametrize(
    ("state", "said"),
    [("planned", f"To be asked on {WHEN}\\."), ("sent", f"Handed over on {WHEN}\\. No answer yet\\.")],
)
def test_what_was_only_asked_for(client, cast, action, state, said):
    on = timezone.localdate() + dt.timedelta(days=3)
    asked = Commitment.request(cast.list_owner, cast.rep, "Try", on, action=action)
    Mail.objects.filter(key=f"request:{asked.pk}").update(state=state, sent_at=timezone.now())
    assert re.fullmatch(said, *told(client, cast.list_owner, action))


def test_who_runs_the_list_and_who_promised_read_it_and_others_on_it_do_not(client, cast, action):
    mail_is(made(cast, action), "sent")
    readers = ("admin", "manager", "list_owner", "rep", "other_rep", "sponsor")
    assert {name: len(told(client, cast.people[name], action)) for name in readers} == {
        "admin": 1,
        "manager": 1,
        "list_owner": 1,
        "rep": 1,
        "other_rep": 0,
        "sponsor": 0,
    }


def test_the_sponsor_reads_it_once_they_were_asked_to_help(client, cast, action):
    commitment = made(cast, action)
    mail_is(commitment, "sent")
    SilenceStep.take(follow_ups.waiting_for(commitment), "sponsor", cast.sponsor, None, timezone.now())
    assert "the sponsor was asked to help (Sofia Berg)" in told(client, cast.sponsor, action)[0]


@pytest.mark.parametrize("state", ["planned", "sent", "withheld"])
def test_three_rows_cost_as_much_as_one(client, cast, action, state, django_assert_num_queries):
    client.force_login(cast.list_owner)
    url = f"/lists/{action.action_list_id}/"
    client.get(url)
    # Mail that did not arrive is looked for where there is some.
    for _ in range(2):
        for person in (cast.rep, cast.rep) if _ else (cast.rep,):
            mail_is(made(cast, action, person), state, "No address.")
        with django_assert_num_queries(7 + (state == "withheld")):
            client.get(url)
