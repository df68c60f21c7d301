import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from failforward import testing
from failforward.accounts.models import Absence
from failforward.guards import Refused
from failforward.outbox import run_due
from failforward.outbox.mailbox import Opened
from failforward.outbox.models import CapturedMail, Mail
from failforward.testing import NOW, TODAY
from reviews.models import Review

ENDS = ["files", "workspaces", "customer", "questions"]


@pytest.fixture
def review(cast):
    """Ready to be closed; Ines and Tom are to be thanked."""
    type(cast.north).objects.filter(pk=cast.north.pk).update(default_sponsor=cast.sponsor)
    review = testing.review(cast, people=(cast.rep, cast.other_rep, cast.manager), facilitator=cast.manager)
    testing.event(review, causal_role="caused", category="planning", verdict="one_off", settled_at=NOW)
    review.suggest_thanks(cast.manager, {cast.rep.pk: "for the timeline", cast.other_rep.pk: "for the call"})
    return Review.objects.get(pk=review.pk)


def thanked(review) -> list:
    return list(review.persons.exclude(thanked_at=None).order_by("pk").values_list("user", "thanked_for", "thanked_by"))


def asked(review) -> list:
    return [mail.recipient for mail in Mail.objects.filter(kind="thanks_asked", subject_id=review.pk)]


def test_ticks_are_set_and_taken_back_with_their_name_and_time(cast, review):
    assert review.settle_ends(cast.rep, ["files", "customer", "nonsense"], NOW)
    assert review.settle_ends(cast.manager, ["customer", "questions"], NOW)
    assert not review.settle_ends(cast.other_rep, ["customer", "questions"], NOW)

    assert list(review.loose_ends.values_list("what", "settled_by", "settled_at")) == [
        ("customer", cast.rep.pk, NOW),
        ("questions", cast.manager.pk, NOW),
    ]


def test_after_closing_nothing_of_it_changes(cast, review):
    review.close(cast.manager, NOW)
    for verb in (
        lambda: review.settle_ends(cast.manager, ENDS, NOW),
        lambda: review.suggest_thanks(cast.manager, {cast.rep.pk: "more"}),
        lambda: review.write_lesson(cast.manager, "more"),
        lambda: review.aim_at(cast.manager, TODAY, TODAY),
    ):
        with pytest.raises(Refused):
            verb()


def test_the_sponsor_of_the_team_is_asked_to_thank_and_nobody_is_thanked_before(cast, review):
    review.close(cast.manager, NOW)

    assert asked(review) == [cast.sponsor]
    assert thanked(review) == []


def test_the_sponsor_of_the_review_comes_before_the_team_s(cast, review):
    review.sponsor = cast.admin
    review.save(update_fields=["sponsor"])

    assert review.thanker(TODAY) == cast.admin


@pytest.mark.parametrize("away", ["absent", "gone", "nobody"])
def test_without_a_sponsor_who_is_here_the_manager_thanks_at_once(cast, review, away):
    if away == "absent":
        Absence.objects.create(person=cast.sponsor, from_on=TODAY, until_on=TODAY, state="standing")
    elif away == "gone":
        type(cast.sponsor).objects.filter(pk=cast.sponsor.pk).update(is_active=False)
    else:
        type(cast.north).objects.update(default_sponsor=None)
    review = Review.objects.get(pk=review.pk)

    review.close(cast.manager, NOW)

    by = cast.manager.pk
    assert thanked(review) == [(cast.rep.pk, "for the timeline", by), (cast.other_rep.pk, "for the call", by)]
    assert asked(review) == []


def test_of_a_sealed_review_only_somebody_on_it_is_asked(cast, review):
    Review.objects.filter(pk=review.pk).update(visibility="sealed")
    review = Review.objects.get(pk=review.pk)

    review.close(cast.facilitator, NOW)

    assert asked(review) == [cast.manager]


def test_nobody_is_asked_where_nobody_is_to_be_thanked(cast, review):
    review.suggest_thanks(cast.manager, {cast.rep.pk: "", cast.other_rep.pk: " "})
    review.close(cast.manager, NOW)
    assert asked(review) == []


def test_only_people_on_the_review_are_thanked_and_once(cast, review):
    review.suggest_thanks(cast.manager, {cast.outsider.pk: "for nothing"})

    assert review.send_thanks(cast.sponsor, NOW, {cast.other_rep.pk: ""}) == [cast.rep]
    assert review.send_thanks(cast.sponsor, NOW, {cast.other_rep.pk: ""}) == []
    assert thanked(review) == [(cast.rep.pk, "for the timeline", cast.sponsor.pk)]


def test_the_sponsor_sends_their_own_words_by_the_link_alone(cast, review, client):
    now = timezone.now()
    review.close(cast.manager, now)
    run_due(now)
    path = next(iter({link.path for link in Opened(CapturedMail.objects.get(mail__kind="thanks_asked")).ours}))

    assert "for the timeline" in client.get(path).content.decode()
    assert thanked(review) == []
    said = {f"thank_{cast.rep.pk}": "for asking the hard question", f"thank_{cast.other_rep.pk}": ""}
    page = client.post(path, said, follow=True)

    by = cast.sponsor.pk
    assert thanked(review) == [(cast.rep.pk, "for asking the hard question", by)]
    assert page.status_code == 200
    run_due(timezone.now())
    (mail,) = CapturedMail.objects.filter(mail__kind="thanks")
    body = bytes(mail.body).decode()
    assert mail.address == cast.rep.email
    assert "Sofia Berg via FailForward" in body and "for asking the hard question" in body


def test_whoever_leads_may_thank_when_the_sponsor_is_silent(cast, review, client):
    review.close(cast.manager, NOW)
    client.force_login(cast.manager)
    page = client.get(review.get_absolute_url()).content.decode()
    assert "Send the thanks in my name" in page and "Sofia Berg was asked by mail to say thank you" in page

    client.post(reverse("review_thank", args=[review.pk]))

    assert [by for _user, _words, by in thanked(review)] == [cast.manager.pk] * 2
    assert "Send the thanks in my name" not in client.get(review.get_absolute_url()).content.decode()


def test_a_review_aims_at_two_weeks_a_full_one_at_four(cast):
    for depth, days in (("quick", 14), ("full", 28)):
        review = Review.open(testing.deal(cast), cast.manager, today=TODAY, depth=depth)
        assert review.target_close_on == TODAY + dt.timedelta(days)
        review.put_back(cast.manager)
        assert review.target_close_on is None


@pytest.mark.parametrize("days", [-1, 367])
def test_the_day_aimed_at_lies_within_a_year(cast, review, days):
    with pytest.raises(Refused, match="within a year"):
        review.aim_at(cast.manager, TODAY + dt.timedelta(days), TODAY)


def test_a_fixed_weakness_that_returns_reopens_the_book_closed_last(cast):
    finding = testing.finding(cast, state="fixed", fixed_on=TODAY)
    closed = []
    for days, visibility in ((9, "standard"), (5, "standard"), (1, "sealed")):
        at = NOW - dt.timedelta(days=days)
        closed.append(testing.review(cast, state="closed", closed_at=at, visibility=visibility))
        testing.event(closed[-1], finding=finding, verdict="systemic", category="planning", settled_at=at)

    finding.reopen(cast.manager, "Seen at Veldt.")

    states = [Review.objects.get(pk=review.pk) for review in closed]
    assert [review.state for review in states] == ["closed", "reopened", "closed"]
    assert states[1].reopened_because == f"“{finding.title}” came back: Seen at Veldt."


def test_what_was_only_accepted_reopens_no_book(cast):
    finding = testing.finding(cast, state="accepted", accepted_because="Rare.")
    review = testing.review(cast, state="closed", closed_at=NOW)
    testing.event(review, finding=finding, verdict="systemic", category="planning", settled_at=NOW)

    finding.reopen(cast.manager, "It costs more now.")

    review.refresh_from_db()
    assert review.state == "closed"
