"""What waits, what is dropped, who helps and what shows it: on the pages, as people meet it."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from actions.evidence import store
from actions.models import ActionItem, Dependency, Drop, EvidenceFile
from failforward import testing

pytestmark = pytest.mark.django_db
NASTY = '"><script>alert(1)</script>'
PDF = b"%PDF-1.7 five quotes"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def cast():
    return testing.cast()


@pytest.fixture
def owned(cast):
    return testing.action_list(cast, people=(cast.rep,), name="Quotes")


def running(cast, owned, what, **fields):
    return testing.action(
        cast,
        action_list=owned,
        what=what,
        **{"state": "in_progress", "done_criterion": "Not seen", "no_steps_needed": True} | fields,
    )


@pytest.fixture
def action(cast, owned):
    action = running(cast, owned, "Write the sheet", type="training")
    action.add_milestone(cast.rep, "Five quotes", day(7), today=day(0))
    return action


def day(days):
    return timezone.localdate() + dt.timedelta(days)


@pytest.fixture
def as_user(client):
    def log_in(user):
        client.force_login(user)
        return client

    return log_in


def text(response):
    return response.content.decode()


def post(client, action, verb, /, **data):
    return client.post(reverse("action_verb", args=[action.pk, verb]), data)


def page(client, action, do=""):
    return text(client.get(f"/actions/{action.pk}/" + (f"?do={do}" if do else "")))


def stone(action, verb):
    return reverse("milestone_verb", args=[action.milestones.get().pk, verb])


def state(action):
    return ActionItem.objects.get(pk=action.pk).state


# --- Dropping ----------------------------------------------------------------------------------------


def test_a_drop_goes_from_the_page_over_the_desk_of_the_second_person(cast, action, as_user):
    rep = as_user(cast.rep)
    assert "Dropping takes two" in page(rep, action, "drop")
    assert post(rep, action, "drop", reason="In the CRM now", asked=cast.sponsor.pk).status_code == 302
    shown = page(rep, action)
    assert "Sofia Berg is asked to agree. Until then it goes on as it is." in shown
    assert "Agree: drop it" not in shown and "Keep it after all" in shown
    listed = text(rep.get(f"/lists/{action.action_list_id}/"))
    assert "Ines wants to drop “Write the sheet”" in listed and "Sofia Berg is asked to agree." in listed
    drop = Drop.objects.get()
    assert rep.post(f"/drops/{drop.pk}/agree/").status_code == 403
    sponsor = as_user(cast.sponsor)
    assert "Ines wants to drop “Write the sheet”" in text(sponsor.get("/"))
    answer = sponsor.post(f"/drops/{drop.pk}/agree/", {"next": "/"}, follow=True)
    assert "It is dropped." in text(answer) and "wants to drop" not in text(answer)
    owner = as_user(cast.list_owner)
    shown = page(owner, action)
    assert "Ines Duarte dropped it on" in shown and "and Sofia Berg agreed." in shown and "In the CRM now" in shown
    assert post(owner, action, "take-up").status_code == 302
    assert state(action) == "in_progress"


def test_who_has_no_business_with_it_finds_no_drop(cast, action, as_user):
    drop = action.ask_to_drop(cast.rep, "No use", cast.manager)
    for who in (cast.outsider, cast.other_rep, cast.partner):
        assert as_user(who).post(f"/drops/{drop.pk}/agree/").status_code == 404
    assert as_user(cast.manager).post(f"/drops/{drop.pk}/else/").status_code == 404
    assert as_user(cast.manager).get(f"/drops/{drop.pk}/agree/").status_code == 405
    assert state(action) == "in_progress"


def test_what_is_typed_stays_when_nobody_is_named(cast, action, as_user):
    answer = post(as_user(cast.rep), action, "drop", reason=f"Because {NASTY}")
    assert answer.status_code == 400
    assert "A second person has to agree. Say who." in text(answer)
    assert "Because &quot;&gt;&lt;script&gt;" in text(answer) and NASTY not in text(answer)


def test_where_nobody_else_is_there_the_page_warns_first(cast, as_user):
    alone = testing.action_list(cast, team=cast.company, owner=cast.admin, sponsor=None)
    action = testing.action(cast, action_list=alone, responsible=cast.admin)
    admin = as_user(cast.admin)
    assert "The record says that you dropped it alone." in page(admin, action, "drop")
    assert post(admin, action, "drop", reason="No use").status_code == 302
    assert "Nobody else was there to agree." in page(admin, action)


def test_who_asked_thinks_better_of_it(cast, action, as_user):
    action.ask_to_drop(cast.rep, "No use", cast.manager)
    assert post(as_user(cast.rep), action, "keep").status_code == 302
    assert Drop.objects.get().state == "withdrawn"


def test_a_second_press_of_the_second_person_is_no_strangers(cast, action, as_user):
    drop = action.ask_to_drop(cast.rep, "No use", cast.support)
    support = as_user(cast.support)
    for verb, said in (("refuse", "It goes on."), ("refuse", "It goes on."), ("agree", "This was settled already.")):
        assert said in text(support.post(f"/drops/{drop.pk}/{verb}/", follow=True))
    assert support.post(f"/drops/{drop.pk}/agree/").url == "/"
    assert state(action) == "in_progress"


def test_what_was_taken_back_meanwhile_says_so(cast, action, as_user):
    drop = action.ask_to_drop(cast.rep, "No use", cast.support)
    drop.withdraw(cast.rep)
    answer = as_user(cast.support).post(f"/drops/{drop.pk}/agree/", follow=True)
    assert "This was settled already." in text(answer) and state(action) == "in_progress"


def test_what_the_owner_wants_to_drop_the_responsible_person_cannot_keep(cast, action, as_user):
    action.ask_to_drop(cast.list_owner, "No use", cast.manager)
    rep = as_user(cast.rep)
    assert "Keep it after all" not in page(rep, action)
    answer = post(rep, action, "keep")
    assert answer.status_code == 400 and "Jonas Weil asked for it." in text(answer)
    assert Drop.objects.get().state == "asked_for"


def test_the_second_person_from_the_team_lands_where_they_may_read(cast, action, as_user):
    drop = action.ask_to_drop(cast.rep, "No use", cast.support)
    support = as_user(cast.support)
    assert "Agree: drop it" in page(support, action)
    assert support.post(f"/drops/{drop.pk}/refuse/").url == "/"
    assert support.get(f"/actions/{action.pk}/").status_code == 404


def test_dropped_ones_are_found_by_their_state(cast, action, as_user):
    action.drop(cast.list_owner, "No use", cast.rep)
    owner = as_user(cast.list_owner)
    assert "Write the sheet" in text(owner.get("/actions/?state=dropped"))
    assert "Write the sheet" not in text(owner.get("/actions/?state=open"))


# --- Waiting -----------------------------------------------------------------------------------------


def test_it_waits_for_words_a_person_and_an_action_at_once(cast, owned, action, as_user):
    first = running(cast, owned, f"Ask the board {NASTY}")
    rep = as_user(cast.rep)
    assert "Whom does it wait for?" in page(rep, action, "block")
    said = {"blocked_by": "a signature", "person": cast.manager.pk, "action": first.pk}
    assert post(rep, action, "block", **said).status_code == 302
    shown = page(rep, action)
    assert "a signature, Mara Lindqvist, “Ask the board" in shown and NASTY not in shown
    assert "It does not wait for this" not in shown
    assert "a signature, Mara Lindqvist, “Ask" in text(rep.get(f"/lists/{owned.pk}/"))
    assert "Waits for this" in page(rep, first)


def test_when_the_other_is_done_the_page_proposes_to_go_on(cast, owned, action, as_user):
    first = running(cast, owned, "Ask the board")
    action.block(cast.rep, action=first)
    first.claim_done(cast.rep)
    rep = as_user(cast.rep)
    assert "“Ask the board” is open no more. Can this go on?" in page(rep, action)
    assert "May go on: “Ask the board” is open no more" in text(rep.get(f"/lists/{owned.pk}/"))
    assert post(rep, action, "unblock").status_code == 302
    assert state(action) == "in_progress"


def test_a_circle_is_refused_on_the_form_with_the_chain(cast, owned, action, as_user):
    first = running(cast, owned, "Ask the board")
    first.wait_for(cast.rep, action)
    answer = post(as_user(cast.rep), action, "wait", other=first.pk)
    assert answer.status_code == 400
    assert "That would be a circle: “Ask the board” waits for this one again." in text(answer)
    assert Dependency.objects.count() == 1


def test_what_one_may_not_read_is_neither_offered_nor_taken_nor_named(cast, owned, action, as_user):
    elsewhere = testing.action_list(cast, owner=cast.manager, sponsor=None)
    hidden = running(cast, elsewhere, "Hidden thing", responsible=cast.manager)
    rep = as_user(cast.rep)
    assert "Hidden thing" not in page(rep, action, "wait")
    assert post(rep, action, "wait", other=hidden.pk).status_code == 400
    assert post(rep, action, "block", action=hidden.pk).status_code == 400
    action.block(cast.manager, action=hidden)
    for shown in (page(rep, action), text(rep.get(f"/lists/{owned.pk}/")), text(rep.get("/actions/"))):
        assert "Hidden thing" not in shown and "an action on another list" in shown
    assert "Hidden thing" in page(as_user(cast.manager), action)


def test_it_can_wait_no_more(cast, owned, action, as_user):
    first = running(cast, owned, "Ask the board")
    action.wait_for(cast.rep, first)
    rep = as_user(cast.rep)
    assert "It does not wait for this" in page(rep, action)
    for _ in range(2):
        assert post(rep, action, "wait-no-more", other=first.pk).status_code in (302, 400)
    assert Dependency.objects.count() == 0


# --- Helpers, effort, hints --------------------------------------------------------------------------


def test_a_helper_ticks_steps_and_does_nothing_else(cast, action, as_user):
    step = action.add_step(cast.rep, "Ask around")
    url = reverse("step_verb", args=[step.pk, "tick"])
    support = as_user(cast.support)
    assert support.post(url).status_code == 404
    action.add_helper(cast.list_owner, cast.support)
    assert url in page(support, action)
    assert support.post(url).status_code == 302
    step.refresh_from_db()
    assert step.done_at
    assert support.post(reverse("step_verb", args=[step.pk, "untick"])).status_code == 302
    for verb in ("edit", "leave-out", "up"):
        assert support.post(reverse("step_verb", args=[step.pk, verb]), {"what": "x"}).status_code == 403
    assert post(support, action, "done").status_code == 403
    assert url not in page(as_user(cast.sponsor), action)


def test_helpers_come_and_go(cast, action, as_user):
    owner = as_user(cast.list_owner)
    assert post(owner, action, "helper", person=cast.support.pk).status_code == 302
    assert "Who helps" in page(owner, action) and "Priya Nair" in page(owner, action)
    support = as_user(cast.support)
    assert "Write the sheet" in page(support, action)
    assert "Write the sheet" in text(support.get("/actions/"))
    assert post(support, action, "start").status_code == 403
    owner = as_user(cast.list_owner)
    assert post(owner, action, "helper-off", person=cast.support.pk).status_code == 302
    assert post(owner, action, "helper", person=cast.outsider.pk).status_code == 400
    assert as_user(cast.support).get(f"/actions/{action.pk}/").status_code == 404


def test_effort_is_said_on_the_page(cast, action, as_user):
    rep = as_user(cast.rep)
    assert "Nobody has said how much work it is." in page(rep, action)
    version = ActionItem.objects.get(pk=action.pk).version
    assert post(rep, action, "effort", effort_hours=12, effort_size="", seen=version).status_code == 302
    assert "About 12 hours of work." in page(rep, action)
    both = post(rep, action, "effort", effort_hours=12, effort_size="L", seen=version + 1)
    assert both.status_code == 400 and "Say the hours or the size, not both." in text(both)


def test_each_kind_says_what_to_think_of_while_one_writes_and_afterwards(cast, action, as_user):
    hint = "What will they do differently afterwards? Who sees it? When is it practised"
    owner = as_user(cast.list_owner)
    for shown in (page(owner, action), page(owner, action, "what"), text(owner.get("/actions/new/"))):
        assert hint in shown
    assert page(owner, action, "what").count('type="radio" name="type"') == 8


def test_who_proposes_something_else_reads_what_was_tried(cast, owned, action, as_user):
    finding = testing.finding(cast)
    for one, fields in [
        (action, {"state": "dropped", "dropped_because": f"No time {NASTY}"}),
        (running(cast, owned, "Ask the board"), {"state": "recurred", "claimed_done_at": testing.NOW}),
        (running(cast, owned, "Still at it"), {"state": "in_progress"}),
    ]:
        one.findings.add(finding)
        recurred = {"recurred_on": testing.TODAY + dt.timedelta(61)} if fields["state"] == "recurred" else {}
        ActionItem.objects.filter(pk=one.pk).update(**fields, **recurred)
    owner = as_user(cast.list_owner)
    shown = text(owner.get(f"/actions/new/?finding={finding.pk}"))
    assert "What was tried already" in shown and "No time &quot;" in shown and NASTY not in shown
    assert "It came back after 2 months." in shown
    assert "Still at it" not in shown
    assert "What was tried already" not in text(owner.get("/actions/new/"))


def test_the_findings_page_says_how_much_work_is_reckoned_with(cast, owned, action, as_user):
    finding = testing.finding(cast)
    action.findings.add(finding)
    action.size_up(cast.list_owner, size="L")
    over = running(cast, owned, "Over", state="claimed_done", claimed_done_at=testing.NOW, effort_hours=99)
    over.findings.add(finding)
    shown = text(as_user(cast.list_owner).get(f"/findings/{finding.pk}/"))
    assert "About 40 hours of work are reckoned with for what is open." in shown


# --- The ledger of dates -----------------------------------------------------------------------------


def test_every_move_stands_there_with_its_reason(cast, action, as_user):
    milestone = action.milestones.get()
    for number, why in enumerate(["Waiting for Lena", "More work", "The printer"], 1):
        milestone.move(cast.rep, day(7 + number), why, today=day(0))
    rep = as_user(cast.rep)
    shown = page(rep, action)
    assert "Moved 2×" in shown and "first promised for" in shown
    assert [why in shown for why in ("Waiting for Lena", "More work", "The printer")] == [True] * 3
    assert "Ines Duarte asks for" in shown
    milestone.date_changes.last().refuse(cast.list_owner)
    assert "(not agreed, Jonas Weil)" in page(rep, action)
    milestone.move(cast.rep, day(12), "Really", today=day(0)).agree(cast.list_owner)
    assert "Moved 3×" in page(rep, action) and "(Jonas Weil agreed)" in page(rep, action)
    milestone.reach(cast.rep, today=day(0), evidence="Five")
    assert "Moved 3×" in page(rep, action)


# --- Evidence ----------------------------------------------------------------------------------------


def upload(name="Five quotes.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def file(cast, action):
    action.milestones.get().reach(cast.rep, today=day(0), file=upload())
    return EvidenceFile.objects.get()


def test_a_file_is_put_there_and_handed_out_as_nothing_but_a_file(cast, action, as_user):
    rep = as_user(cast.rep)
    assert 'enctype="multipart/form-data"' in page(rep, action, f"milestone.reach.{action.milestones.get().pk}")
    assert rep.post(stone(action, "reach"), {"file": upload()}).status_code == 302
    file = EvidenceFile.objects.get()
    assert f'href="/evidence/{file.pk}/"' in page(rep, action)
    got = rep.get(f"/evidence/{file.pk}/")
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Disposition"] == 'attachment; filename="Five quotes.pdf"'
    assert got["Content-Type"] == "application/pdf"
    assert got["Content-Security-Policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("name", ['a"\r\nX-Evil: 1.pdf', "Über “uns” 你好.pdf", "../../a.pdf", "a;b=c.pdf"])
def test_a_hostile_name_breaks_no_header(cast, action, as_user, name):
    action.milestones.get().add_file(cast.rep, upload(name))
    got = as_user(cast.rep).get(f"/evidence/{EvidenceFile.objects.get().pk}/")
    assert got.status_code == 200 and "X-Evil" not in got
    assert got["Content-Disposition"].startswith("attachment; filename")
    assert not set("\r\n/\\") & set(got["Content-Disposition"])


def test_whoever_does_not_see_the_action_finds_no_file(cast, file, as_user):
    for who in (cast.outsider, cast.other_rep, cast.partner, cast.support):
        assert as_user(who).get(f"/evidence/{file.pk}/").status_code == 404
        assert as_user(who).post(f"/evidence/{file.pk}/take-out/").status_code == 404
    assert as_user(cast.sponsor).get(f"/evidence/{file.pk}/").status_code == 200
    assert as_user(cast.sponsor).post(f"/evidence/{file.pk}/take-out/").status_code == 403
    assert as_user(cast.sponsor).get("/evidence/999999/").status_code == 404
    as_user(cast.sponsor).logout()


def test_logged_out_it_asks_for_the_log_in(client, file):
    assert client.get(f"/evidence/{file.pk}/").url.startswith("/accounts/login/")


def test_a_file_that_the_disk_lost_is_a_clear_sentence(cast, file, as_user):
    store.forget(file.stored_as)
    answer = as_user(cast.rep).get(f"/evidence/{file.pk}/")
    assert answer.status_code == 410
    assert "the server no longer has it" in text(answer)


def test_taken_out_it_is_gone_for_all(cast, action, file, as_user, django_capture_on_commit_callbacks):
    rep = as_user(cast.rep)
    refused = rep.post(f"/evidence/{file.pk}/take-out/", follow=True)
    assert "Nothing else shows that the milestone is reached." in text(refused)
    assert rep.post(stone(action, "file"), {"file": upload("second.pdf")}).status_code == 302
    with django_capture_on_commit_callbacks(execute=True):
        rep.post(f"/evidence/{file.pk}/take-out/")
    assert rep.get(f"/evidence/{file.pk}/").status_code == 404
    assert not store.path_of(file.stored_as).exists()
    assert "Five quotes.pdf</a>" not in page(rep, action) and "second.pdf" in page(rep, action)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.html", b"<script>alert(1)</script>", "Choose a PDF, a picture, a text or an office file."),
        ("a.pdf", b"<script>alert(1)</script>", "What is in this file is not what its name says (.pdf)"),
        ("a.pdf", b"", "This file is empty. Choose another one."),
    ],
)
def test_a_file_that_is_refused_says_why_and_the_rest_stays(cast, action, as_user, name, content, says):
    answer = as_user(cast.rep).post(stone(action, "reach"), {"evidence": "Typed", "file": upload(name, content)})
    assert answer.status_code == 400
    assert says in text(answer) and "Typed" in text(answer)
    assert EvidenceFile.objects.count() == 0


def test_too_much_is_refused_with_the_limit(cast, action, as_user, settings):
    settings.EVIDENCE_MAX_BYTES = 10
    answer = as_user(cast.rep).post(stone(action, "file"), {"file": upload()})
    assert answer.status_code == 400 and "is the limit" in text(answer)


def test_the_page_asks_as_much_for_many_as_for_one(cast, owned, action, as_user, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def add(number):
        for n in range(number):
            other = running(cast, owned, f"Other {n}")
            action.wait_for(cast.rep, other)
            testing.action(cast, action_list=owned, what=f"Later {n}").wait_for(cast.rep, action)
            action.milestones.get().add_file(cast.rep, upload(f"{n}.pdf"))
        for person in [cast.support, cast.manager, cast.other_rep][:number]:
            action.add_helper(cast.list_owner, person)

    add(1)
    rep = as_user(cast.rep)
    page(rep, action)
    with CaptureQueriesContext(connection) as one:
        page(rep, action)
    add(3)
    with django_assert_num_queries(len(one)):
        page(rep, action)
