"""HTML of the mail programs people answer with: what they said is left, all that is quoted goes."""

import pytest

from actions.inbound.parse import strip_html
from actions.tests.html_samples import PROGRAMS, QUOTE, SAID
from actions.tests.test_inbound_bodies import calls


@pytest.mark.parametrize("html", PROGRAMS.values(), ids=PROGRAMS)
def test_what_a_program_quotes_goes(html: str):
    page = html if "<body" in html else f"<html><body>{html}</body></html>"
    assert words(strip_html(page.replace("{quote}", QUOTE))) == SAID


def test_a_quote_typed_in_gmail_is_kept():
    html = '<div dir="ltr">They wrote yesterday<blockquote class="gmail_quote">We sign on Friday.</blockquote></div>'
    assert words(strip_html(html)) == "They wrote yesterday We sign on Friday."


def test_a_quote_of_gmail_in_the_middle_is_kept_for_context_and_the_answer_below_it_too():
    html = (
        "<div>El mar, 5 may 2026, Jonas Weil dijo:</div>"
        '<blockquote class="gmail_quote">How did it go?</blockquote><div>Done.</div>'
    )
    assert words(strip_html(html)).endswith("> How did it go? Done.")


def test_a_ruled_paragraph_with_colons_is_no_header_block():
    html = (
        "<p>Three things:</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p>Price: too high</p>"
        "<p>Time: too short</p><p>Team: too small</p></div><p>That is all.</p>"
    )
    assert words(strip_html(html)).replace("_", "").endswith("Team: too small That is all.")


def test_a_header_block_in_a_language_we_do_not_know_ends_the_answer_below_a_rule():
    block = "<b>Qaxo:</b> Jo &lt;jo@north.example&gt;<br><b>Zaxo:</b> 5.5.2026 9:14<br><b>Kixa:</b> Anna"
    assert strip_html(f"<p>Done.</p><hr><p>{block}</p><p>How did it go?</p>") == "Done."
    assert "Kixa" in strip_html(f"<p>Call them:</p><p>{block}</p>")


OUTLOOK = (
    "<p class=MsoNormal><span style='font-size:11.0pt;font-family:Calibri'>Done as agreed.<o:p></o:p></span></p>"
    "<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>x:</b> y</p></div>"
)
HOSTILE = (
    OUTLOOK,
    " " * 60,
    "&nbsp;" * 10,
    "<" * 40,
    ">" * 40,
    "On " * 30,
    "<br>" * 12,
    "<blockquote class=gmail_quote>",
    "<div id=ydpydpydpydp class='x_x_x_ ydpydp'>",
    "<hr><b>From:</b>",
    "<div style='border-top:solid'>a: b: c: ",
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_ten_times_the_html_is_about_ten_times_the_work(piece: str):
    """2 MB against 200 kB; the text that is read ends at its limit, so it may well be less."""
    small, big = (piece * (size // len(piece)) for size in (200_000, 2_000_000))
    assert calls(strip_html, big) < 12 * calls(strip_html, small)


def words(text: str) -> str:
    return " ".join(text.replace("\u200b", " ").split())


@pytest.mark.parametrize(
    ("above", "left"),
    [
        ("We rang them.<br>Ann<hr>", "We rang them."),
        ("We rang them.<br>Ann Baker<hr>", "We rang them."),
        # Nobody of the header block, a sentence, all that was said, a paragraph of its own: kept.
        ("Who goes with me?<br>Ines<hr>", "Who goes with me? Ines"),
        ("We rang them.<br>Ann rang, too<hr>", "We rang them. Ann rang, too"),
        ("Ann<hr>", "Ann"),
        ("Who else?<p>Ann</p><p></p><hr>", "Who else? Ann"),
    ],
)
def test_the_name_close_upon_a_header_block_that_names_it_is_a_sign_off(above: str, left: str):
    block = "<b>From:</b> Jonas Weil<br><b>To:</b> Ann &lt;ann.baker@north.example&gt;<br><b>Sent:</b> Friday, 3 July "
    html = f"<div>{above}{block} 2026 6:20 PM<br><b>Subject:</b> How did it go?<br><br>What next?</div>"
    assert words(strip_html(html)) == left
