import csv
import datetime as dt
import io
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command

from failforward.accounts.models import CrmIdentity, Membership, Team, User
from failforward.history.models import Change
from failforward.history.words import phrase
from failforward.testing import TODAY, person
from reviews.imports.told import changes_of
from reviews.models import Account, Deal, ImportJob, ImportRow, Review

PIPELINE = """\
opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Ines Duarte,Pump Two,Arnholt,Won,20-10-2025,01-03-2026,1054
A2,Tom Okafor,PumpTwo,Brask,Lost,25-10-2025,11-11-2026,0
A3,Tom Okafor,Valve,,Lost,25-10-2025,07-03-2026,0
A4,Ines Duarte,Valve,Cento,Engaging,03-11-2026,,
A5,Lena Sommer,Valve,Cento,Prospecting,,,
"""
PRODUCTS = "product,series,sales_price\nPump Two,P,4821\nValve,V,55\n"
TEAMS = """\
sales_agent,manager,regional_office
Ines Duarte,Mara Lindqvist,North
Tom Okafor,Mara Lindqvist,North
Nobody Yet,Oda Brandt,South
"""
ACCOUNTS = "account,sector,office_location,subsidiary_of\nArnholt,steel,Norway,\nDelft,ships,Netherlands,Arnholt\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in [("deals", PIPELINE), ("products", PRODUCTS), ("teams", TEAMS), ("accounts", ACCOUNTS)]:
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel(dt.datetime.combine(TODAY, dt.time(9, 30), dt.UTC), tick=True):
        yield


def run(file: Path, *arguments: str) -> tuple[int, list[str]]:
    """Exit code and the lines of the output."""
    out = io.StringIO()
    try:
        call_command("import_deals", str(file), *arguments, stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def joined(folder: Path) -> list[str]:
    return [f"--with={folder / name}" for name in ("products.csv", "teams.csv", "accounts.csv")]


def test_deals_come_in_with_prices_people_teams_and_customers(folder):
    code, lines = run(folder / "deals.csv", *joined(folder), "--reviews=all")
    assert (code, lines[-1]) == (0, "read=5 created=5 updated=0 unchanged=0 rejected=0")
    deals = {deal.external_id: deal for deal in Deal.objects.select_related("team__parent", "owner", "account")}
    assert {deal.source for deal in deals.values()} == {"csv"}
    first, second = deals["A1"], deals["A2"]
    assert (first.outcome, first.amount_minor, first.closed_on, first.lost_on) == (
        "won",
        105400,
        dt.date(2026, 3, 1),
        None,
    )
    assert (second.name, second.product, second.amount_minor, second.list_price_minor) == (
        "Pump Two",
        "Pump Two",
        None,
        482100,
    )
    assert (second.outcome, second.lost_on, second.stage) == ("lost", dt.date(2026, 11, 11), "")
    assert (deals["A4"].outcome, deals["A4"].stage, deals["A4"].closed_on) == ("open", "Engaging", None)
    assert (str(second.team), str(second.team.parent), str(second.owner)) == (
        "Mara Lindqvist’s team",
        "North",
        "Tom Okafor",
    )
    assert str(deals["A5"].team) == "Unassigned"
    assert deals["A3"].account is None
    assert set(Account.objects.values_list("name", "sector", "parent_name")) == {
        ("Arnholt", "steel", ""),
        ("Brask", "", ""),
        ("Cento", "", ""),
        ("Delft", "ships", "Arnholt"),
    }


def test_people_come_without_log_in_under_their_managers(folder):
    run(folder / "deals.csv", *joined(folder))
    rows = Membership.objects.values_list("user__name", "team__name", "role")
    assert set(rows) == {
        ("Mara Lindqvist", "Mara Lindqvist’s team", "manager"),
        ("Ines Duarte", "Mara Lindqvist’s team", "rep"),
        ("Tom Okafor", "Mara Lindqvist’s team", "rep"),
        ("Oda Brandt", "Oda Brandt’s team", "manager"),
        ("Nobody Yet", "Oda Brandt’s team", "rep"),
    }
    assert {(user.email, user.has_usable_password()) for user in User.objects.all()} == {(None, False)}
    assert User.objects.count() == CrmIdentity.objects.filter(source="csv").count() == 6


def test_somebody_who_is_here_already_is_not_made_again(folder, cast):
    run(folder / "deals.csv", *joined(folder))
    assert Deal.objects.get(external_id="A2").owner == cast.other_rep
    assert Team.objects.get(name="North", children__isnull=False).children.get().name == "Mara Lindqvist’s team"
    assert User.objects.filter(name="Ines Duarte").count() == 1


def test_two_people_of_one_name_are_not_mistaken_for_each_other(folder, cast):
    person("Ines Duarte", email="another@tarnholm.example")
    run(folder / "deals.csv")
    owner = Deal.objects.get(external_id="A1").owner
    assert (owner.email, User.objects.filter(name="Ines Duarte").count()) == (None, 3)


def test_the_same_file_again_changes_nothing(folder):
    run(folder / "deals.csv", *joined(folder), "--reviews=all")
    before = list(Deal.objects.order_by("pk").values())
    counts = [model.objects.count() for model in (User, Team, Membership, CrmIdentity, Account, Review, ImportRow)]
    code, lines = run(folder / "deals.csv", *joined(folder), "--reviews=all")
    assert (code, lines[-1]) == (0, "read=5 created=0 updated=0 unchanged=5 rejected=0")
    assert list(Deal.objects.order_by("pk").values()) == before
    assert counts == [m.objects.count() for m in (User, Team, Membership, CrmIdentity, Account, Review, ImportRow)]


def test_without_the_joined_files_what_they_stated_stays(folder):
    run(folder / "deals.csv", *joined(folder))
    code, lines = run(folder / "deals.csv")
    assert lines[-1] == "read=5 created=0 updated=0 unchanged=5 rejected=0"


def test_what_changed_is_written_and_what_was_there_is_kept(folder):
    run(folder / "deals.csv", *joined(folder), "--reviews=all")
    text = PIPELINE.replace(
        "A4,Ines Duarte,Valve,Cento,Engaging,03-11-2026,,", "A4,Tom Okafor,Valve,Cento,Lost,03-11-2026,20-11-2026,0"
    )
    (folder / "deals.csv").write_text(text)
    _code, lines = run(folder / "deals.csv", *joined(folder), "--reviews=all")
    assert lines[-2:] == ["Reviews to choose: 1 new.", "read=5 created=0 updated=1 unchanged=4 rejected=0"]
    deal = Deal.objects.get(external_id="A4")
    assert (deal.outcome, deal.lost_on, deal.stage) == ("lost", dt.date(2026, 11, 20), "Engaging")
    row = ImportRow.objects.get(deal=deal, result="updated")
    ines = User.objects.get(name="Ines Duarte").pk
    assert row.before == {"outcome": "open", "lost_on": None, "closed_on": None, "owner_id": ines}
    assert Review.objects.get(deal=deal).lost_on == dt.date(2026, 11, 20)
    assert [phrase(change) for change in changes_of(deal, 50)] == [
        "changed the closing day, the day of the loss, how it stands, the owner, from “deals.csv”",
        "brought it in from “deals.csv”",
    ]


def test_a_loss_never_moves_to_another_day(folder):
    run(folder / "deals.csv", "--reviews=all")
    (folder / "deals.csv").write_text(PIPELINE.replace("11-11-2026", "20-11-2026"))
    _code, lines = run(folder / "deals.csv")
    assert lines[-1] == "read=5 created=0 updated=1 unchanged=4 rejected=0"
    deal = Deal.objects.get(external_id="A2")
    assert (deal.closed_on, deal.lost_on) == (dt.date(2026, 11, 20), dt.date(2026, 11, 11))


def test_what_people_added_is_not_taken_back(folder):
    run(folder / "deals.csv")
    added = {"outcome": "lost_to_competitor", "competitor": "Orrin", "stage_at_loss": "Proposal", "amount_minor": 7}
    Deal.objects.filter(external_id="A2").update(**added)
    _code, lines = run(folder / "deals.csv")
    assert lines[-1] == "read=5 created=0 updated=0 unchanged=5 rejected=0"
    assert Deal.objects.filter(external_id="A2", **added).exists()


def test_reviews_follow_their_deal(folder):
    run(folder / "deals.csv", "--reviews=all")
    run(folder / "deals.csv", *joined(folder))
    deal = Deal.objects.get(external_id="A2")
    review = Review.objects.get(deal=deal)
    assert (review.value_minor, review.team) == (482100, deal.team)
    assert str(deal.team) == "Mara Lindqvist’s team"


@pytest.mark.parametrize(
    "arguments, ids",
    [
        ([], {"A2"}),
        (["--reviews=all"], {"A2", "A3"}),
        (["--reviews=none"], set()),
        (["--reviews=2026-03-07"], {"A2", "A3"}),
        (["--reviews=2026-03-08"], {"A2"}),
    ],
)
def test_which_losses_get_a_review_to_choose(folder, arguments, ids):
    run(folder / "deals.csv", *arguments)
    reviews = Review.objects.all()
    assert {review.deal.external_id for review in reviews} == ids
    assert {(review.state, review.kind, review.visibility) for review in reviews} <= {
        ("pending", "lost_deal", "standard")
    }


def test_losses_of_before_the_team_started_are_history(folder):
    run(folder / "deals.csv", "--reviews=none")
    Team.objects.update(started_on=dt.date(2026, 11, 12))
    run(folder / "deals.csv")
    assert Review.objects.count() == 0
    run(folder / "deals.csv", "--reviews=all")
    assert Review.objects.count() == 2


def test_a_sealed_review_neither_shows_nor_is_doubled(folder):
    run(folder / "deals.csv", "--reviews=all")
    Review.objects.filter(deal__external_id="A2").update(visibility="sealed")
    _code, lines = run(folder / "deals.csv", "--reviews=all")
    assert lines[-2] == "Reviews to choose: 1 new."
    _code, lines = run(folder / "deals.csv", "--reviews=all")
    assert lines[-2] == "Reviews to choose: 0 new."


def test_rows_left_out_are_written_with_their_reason(folder):
    text = PIPELINE + "A6,=cmd|'/C calc'!A0,Valve,Delft,Lost,25-10-2025,,0\nA7,Tom,Valve,\n"
    (folder / "deals.csv").write_text(text)
    code, lines = run(folder / "deals.csv")
    assert (code, lines[-1]) == (3, "read=7 created=5 updated=0 unchanged=0 rejected=2")
    rows = list(csv.reader((folder / "deals.csv.errors.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0] == ["row", "reason", *PIPELINE.splitlines()[0].split(",")]
    assert rows[1][:4] == [
        "7",
        "The deal is lost, but no day is stated. Fill in “close_date”.",
        "A6",
        "'=cmd|'/C calc'!A0",
    ]
    assert rows[2] == ["8", "It has 4 cells where the header has 8. Fill in or remove cells.", "A7", "Tom", "Valve", ""]
    assert list(ImportRow.objects.filter(result="rejected").values_list("number", flat=True)) == [7, 8]


def test_mended_rows_come_in_from_the_file_of_errors(folder):
    (folder / "deals.csv").write_text(PIPELINE + "A6,-Tom,Valve,Delft,Lost,25-10-2025,,0\n")
    run(folder / "deals.csv", f"--errors={folder / 'left.csv'}")
    left = folder / "left.csv"
    left.write_text(left.read_text().replace("25-10-2025,,0", "25-10-2025,26-10-2026,0"))
    code, lines = run(left)
    assert (code, lines[-1]) == (0, "read=1 created=1 updated=0 unchanged=0 rejected=0")
    assert str(Deal.objects.get(external_id="A6").owner) == "-Tom"


def test_a_dry_run_writes_nothing_and_says_what_would_happen(folder):
    (folder / "deals.csv").write_text(PIPELINE + "A7,Tom,Valve,\n")
    code, lines = run(folder / "deals.csv", *joined(folder), "--dry-run")
    assert (code, lines[-1]) == (3, "read=6 created=5 updated=0 unchanged=0 rejected=1")
    models = (User, Team, Membership, CrmIdentity, Account, Deal, Review, ImportJob, ImportRow, Change)
    assert [model.objects.count() for model in models] == [0] * len(models)
    assert (folder / "deals.csv.errors.csv").exists()
    run(folder / "deals.csv", *joined(folder))
    code, lines = run(folder / "deals.csv", *joined(folder), "--dry-run")
    assert lines[-1] == "read=6 created=0 updated=0 unchanged=5 rejected=1"
    (folder / "deals.csv").write_text(PIPELINE.replace("A1,Ines Duarte", "A1,Somebody New"))
    code, lines = run(folder / "deals.csv", *joined(folder), "--dry-run")
    assert lines[-1] == "read=5 created=0 updated=1 unchanged=4 rejected=0"


def test_one_row_of_history_an_import(folder):
    run(folder / "deals.csv", "--reviews=all")
    change = Change.objects.get()
    assert (change.subject, change.verb, change.details) == (
        "reviews.importjob",
        "import",
        {"read": 5, "created": 5, "updated": 0, "unchanged": 0, "rejected": 0, "reviews": 2},
    )


def test_the_same_id_of_another_source_is_another_deal(folder):
    run(folder / "deals.csv")
    _code, lines = run(folder / "deals.csv", "--source=europe")
    assert lines[-1] == "read=5 created=5 updated=0 unchanged=0 rejected=0"
    assert User.objects.filter(name="Tom Okafor").count() == 1


def test_a_list_price_in_another_currency_is_not_taken(folder):
    (folder / "products.csv").write_text("product,list price\nPump Two,USD 4821\nValve,USD 55\n")
    run(folder / "deals.csv", f"--with={folder / 'products.csv'}")
    assert set(Deal.objects.values_list("list_price_minor", flat=True)) == {None}


@pytest.mark.parametrize(
    "content, arguments, says",
    [
        (None, [], "There is no file "),
        (b"", [], "The file is empty."),
        (bytes(range(256)) * 20, [], "This is not a text file."),
        (b"PK\x03\x04", [], "This is a spreadsheet."),
        (PIPELINE.encode(), ["--with=missing.csv"], "There is no file missing.csv"),
        (PIPELINE.encode(), ["--reviews=sometimes"], "--reviews takes all, none or a day such as 2026-01-31."),
        (PIPELINE.encode(), ["--currency=Euro"], "--currency takes the three letters"),
        (PIPELINE.encode(), ["--source=" + "x" * 51], "The name of the source has more than 50 characters."),
        (b"id,name,stage,close date\n1,P,Lost,01/02/2026\n", [], "The dates can be read as day or as month first"),
    ],
)
def test_a_mistake_is_a_sentence(tmp_path, content, arguments, says):
    file = tmp_path / "deals.csv"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        run(file, *arguments)
    assert str(refused.value).startswith(says)
    assert (Deal.objects.count(), ImportJob.objects.count()) == (0, 0)


def test_a_joined_file_nobody_knows_is_named(folder):
    (folder / "other.csv").write_text("colour,taste\nred,sweet\n")
    with pytest.raises(CommandError) as refused:
        run(folder / "deals.csv", f"--with={folder / 'other.csv'}")
    assert str(refused.value).startswith("other.csv is none of the files that can be joined.")
    assert str(refused.value).endswith("Its first row reads: colour, taste.")
    assert (Deal.objects.count(), ImportJob.objects.count()) == (0, 0)


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(CommandError, match="is a folder. Give the file itself."):
        run(tmp_path)
