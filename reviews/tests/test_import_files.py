import datetime as dt
import io
from functools import partial

import pytest

from failforward.guards import Refused
from reviews.imports.rows import DealRow
from reviews.imports.survey import data_records, deal_rows, refuse_if_unsure, survey

TODAY = dt.date(2026, 11, 25)
HEADER = "Opportunity ID,Deal Name,Owner,Stage,Amount,Close Date"
WON = "A1,Pump for Arnholt,Ines Duarte,Won,1054,2026-03-01"
LOST = "A2,Valve for Brask,Tom Okafor,Lost,550,2026-03-02"


def opener(text: str | bytes, encoding: str = "utf-8"):
    return partial(io.BytesIO, text if isinstance(text, bytes) else text.encode(encoding))


def read(text: str | bytes, encoding: str = "utf-8", **how):
    """Good rows by number, codes of the problems by number, and the survey."""
    file = opener(text, encoding)
    found = survey(file, today=TODAY, **how)
    refuse_if_unsure(found)
    good, bad = {}, {}
    for record, row in deal_rows(file, found):
        if isinstance(row, DealRow):
            good[record.number] = row
        else:
            bad[record.number] = [problem.code for problem in row]
    return good, bad, found


def lines(*rows: str, end: str = "\n") -> str:
    return end.join([HEADER, *rows]) + end


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_are_recognised(encoding, end):
    good, bad, _found = read(lines(WON.replace("Pump", "Pümpe"), LOST, end=end), encoding)
    assert [row.name for row in good.values()] == ["Pümpe for Arnholt", "Valve for Brask"]
    assert bad == {}


def test_a_byte_order_mark_twice_does_no_harm():
    good, bad, _found = read(b"\xef\xbb\xbf\xef\xbb\xbf" + lines(WON).encode())
    assert (good[2].external_id, bad) == ("A1", {})


@pytest.mark.parametrize("mark", [";", "\t", ","])
def test_the_delimiter_is_the_one_that_gives_known_columns(mark):
    good, bad, found = read(lines(WON, LOST).replace(",", mark))
    assert (found.reading.delimiter, len(good), bad) == (mark, 2, {})


def test_german_excel():
    text = (
        "Verkaufschance;Verkäufer;Produkt;Firma;Phase;Eröffnet;Geschlossen;Betrag (€)\r\n"
        "A1;Ines Duarte;Pumpe;Arnholt;Gewonnen;01.02.2026;05.06.2026;3.822,00\r\n"
        "A2;Tom Okafor;Ventil;Brask;Verloren;02.02.2026;06.06.2026;55,00\r\n"
        "A3;Tom Okafor;Ventil;Cento;In Verhandlung;03.02.2026;;55,00\r\n"
    )
    good, bad, found = read(text, "cp1252", currency="CHF")
    assert bad == {}
    assert [(row.outcome, row.stage, row.amount_minor, row.currency, row.closed_on) for row in good.values()] == [
        ("won", "", 382200, "EUR", dt.date(2026, 6, 5)),
        ("lost", "", 5500, "EUR", dt.date(2026, 6, 6)),
        ("open", "In Verhandlung", 5500, "EUR", None),
    ]


def test_a_salesforce_report_with_its_footer():
    text = (
        '"Opportunity ID","Opportunity Name","Account Name","Opportunity Owner","Stage","Fiscal Period","Amount",'
        '"Created Date","Close Date","Loss Reason"\n'
        '"A1","Brask - Valve","Brask","Tom Okafor","Closed Lost","Q2-2026","USD 1,096.00","2/1/2026","4/3/2026",'
        '"No Decision"\n'
        '"A2","Cento - Valve","Cento","Tom","Negotiation/Review","Q2-2026","USD 55.00","2/1/2026","7/9/2026",""\n'
        "\n"
        '"Lost deals by close date"\n"Copyright (c) 2000-2026"\n'
    )
    good, bad, found = read(text)
    assert (found.kind, found.total, bad) == ("salesforce", 2, {})
    assert (good[2].outcome, good[2].amount_minor, good[2].currency) == ("lost_to_no_decision", 109600, "USD")
    assert good[2].closed_on == dt.date(2026, 4, 3)
    assert (good[3].outcome, good[3].stage, good[3].closed_on) == ("open", "Negotiation/Review", None)
    assert found.notes[-1] == (
        "The lines at the end of the report were skipped: Lost deals by close date · Copyright (c) 2000-2026"
    )


def test_a_pipedrive_export_has_no_id_and_gets_one_that_stays():
    names = ["Title", "Value", "Currency", "Status", "Organization", "Owner", "Lost time"]
    header = "\t".join(f"Deal - {name}" for name in names)
    lost = "Brask Valve\t1096\tNOK\tLost\tBrask\tTom Okafor\t2026-04-03 12:00:00"
    text = f"{header}\n{lost}\nBrask Valve\t7\tNOK\tOpen\tBrask\tTom Okafor\t\n"
    good, bad, found = read(text, "utf-16")
    again, _bad, _found = read(text.replace("1096", "2000"), "utf-16")
    assert (found.kind, bad, good[2].currency, good[3].stage) == ("pipedrive", {}, "NOK", "")
    first, second = good[2].external_id, good[3].external_id
    assert (second, again[2].external_id) == (f"{first}-2", first)
    assert [note for note in found.notes if note.startswith("The file has no id column")] != []


def test_a_status_beside_the_stage_makes_it_the_stage_at_loss():
    text = (
        "id,name,status,stage,closed on\n"
        "1,Valve,Lost,Proposal,2026-03-01\n2,Pump,Open,Demo,\n3,Seal,Won,Proposal,2026-03-01\n"
    )
    good, _bad, _found = read(text)
    assert [(row.outcome, row.stage, row.stage_at_loss) for row in good.values()] == [
        ("lost", "", "Proposal"),
        ("open", "Demo", ""),
        ("won", "", ""),
    ]


def test_zero_is_no_amount_unless_the_deal_is_won():
    good, _bad, _found = read(lines("A1,P,,Won,0,2026-03-01", "A2,P,,Lost,0,2026-03-01", "A3,P,,Demo,0,"))
    assert [row.amount_minor for row in good.values()] == [0, None, None]


def test_wrong_rows_are_named_and_good_rows_kept():
    text = lines(
        WON,
        "",
        "only,three,cells",
        HEADER,
        "A1,Same id,Ines,Won,1,2026-03-01",
        "A3,No day,Ines,Lost,1,",
        "A4,Tomorrow,Ines,Lost,1,2026-11-26",
        "A5,,Ines,,x,2026-03-01",
        ",Nameless id,Ines,Won,1,2026-03-01",
        "4.5E+05,Shortened,Ines,Won,1,2026-03-01",
        "A6,#REF!,Ines,Won,1,2026-03-01",
        f"A7,{'x' * 201},Ines,Won,1,2026-03-01",
        "A8,Nul\x00,Ines,Won,1,2026-03-01",
        LOST,
    )
    good, bad, found = read(text)
    assert list(good) == [2, 15]
    assert bad == {
        4: ["ragged"],
        6: ["repeated_id"],
        7: ["no_loss_date"],
        8: ["loss_ahead"],
        9: ["no_stage", "bad_amount", "no_name"],
        10: ["no_id"],
        11: ["short_id"],
        12: ["excel_error"],
        13: ["too_long"],
        14: ["nul"],
    }
    assert found.notes == ["1 blank row was skipped.", "The header stands again among the rows and was skipped."]


@pytest.mark.parametrize("swallowed", [1, 5_000])
def test_a_quotation_mark_never_closed_costs_its_own_row_only(swallowed):
    rows = [f"B{n},Valve number {n},Ines Duarte,Won,1054,2026-03-01" for n in range(swallowed)]
    good, bad, _found = read(lines(WON, 'A9,"Open for ever,Ines,Won,1,2026-03-01', *rows))
    assert (len(good), bad) == (swallowed + 1, {3: ["broken_quote"]})


def test_a_cell_of_a_million_characters_costs_its_own_row_only():
    good, bad, _found = read(
        lines(f"A9,{'x' * 1_000_000},Ines,Won,1,2026-03-01", WON, f'A8,"{"y" * 1_000_000}",I,Won,1,', LOST)
    )
    assert list(good) == [3, 5]
    assert bad == {2: ["broken_quote"], 4: ["broken_quote"]}


def test_line_breaks_and_markup_in_a_cell_stay_text():
    good, bad, _found = read(lines('A1,"Line one\nline two, <script>alert(1)</script>",Ines,Won,1,2026-03-01', LOST))
    assert bad == {}
    assert good[2].name == "Line one line two, <script>alert(1)</script>"
    assert good[3].external_id == "A2"


def test_a_cell_our_own_export_disarmed_is_read_as_it_was():
    good, _bad, _found = read(lines("A1,'=1+1,'-Ines,Won,1,2026-03-01", "A2,'tis so,O'Brien,Won,1,2026-03-01"))
    assert [(row.name, row.owner) for row in good.values()] == [("=1+1", "-Ines"), ("'tis so", "O'Brien")]


def test_dates_that_can_be_read_both_ways_throughout_are_asked_for():
    text = lines("A1,P,Ines,Won,1,01/02/2026", "A2,P,Ines,Won,1,03/04/2026")
    with pytest.raises(Refused) as refused:
        read(text)
    assert str(refused.value) == (
        "The dates can be read as day or as month first (“Close Date: 01/02/2026”), and nothing in the file says "
        "which. Say --dates day-first or --dates month-first."
    )
    assert read(text, date_order="day-first")[0][2].closed_on == dt.date(2026, 2, 1)
    assert read(text, date_order="month-first")[0][2].closed_on == dt.date(2026, 1, 2)


@pytest.mark.parametrize(
    "content, says",
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\r\n\r\n", "The file is empty."),
        (b"\x00" * 100, "The file is empty."),
        (b"PK\x03\x04rest of a zip", "This is a spreadsheet."),
        (b"\xd0\xcf\x11\xe0rest of an xls", "This is a spreadsheet."),
        (b"<html><table><tr><td>Stage</td></tr></table>", "This is a page or a document"),
        (b"%PDF-1.7", "This is a page or a document"),
        (bytes(range(256)) * 20, "This is not a text file."),
        (b"one,two\n1,2\n", "No row names its columns"),
        (b"Stage\nWon\n", "The file has no column for the deal"),
        (",".join(["Stage", "Name", *map(str, range(200))]).encode(), "The file has 202 columns"),
    ],
)
def test_a_file_that_cannot_be_deals_is_refused_in_a_sentence(content, says):
    with pytest.raises(Refused) as refused:
        read(content)
    assert str(refused.value).startswith(says)


def test_more_rows_than_the_page_takes_are_refused_early():
    with pytest.raises(Refused, match="more than 3 rows"):
        survey(opener(lines(*[WON] * 3_000_0)), today=TODAY, most_rows=3)


def test_a_line_cut_off_at_the_end_is_no_footer():
    _good, bad, _found = read(lines(WON, "A2"))
    assert bad == {3: ["ragged"]}


def test_both_passes_see_the_same_rows():
    file = opener(lines(WON, "", "Grand total", "Count 1"))
    found = survey(file, today=TODAY)
    from reviews.imports.survey import Skipped

    assert [record.number for record in data_records(file, found, Skipped())] == [2]
    assert found.total == 1
