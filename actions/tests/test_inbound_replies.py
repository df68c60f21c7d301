"""What is left of a reply: all that the person wrote, nothing that a program did."""

import pytest

from actions.inbound.parse import strip_html, strip_text
from actions.tests.inbound_samples import (
    ATTRIBUTIONS,
    HEADER_BLOCKS,
    ORDINARY_LINES,
    QUOTED,
    SAID,
    SENT_FROM,
    SEPARATORS,
)


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_an_attribution_and_the_quote_below_it_go(line: str):
    assert strip_text(f"{SAID}\n\n{line}\n\n{QUOTED}\n") == SAID


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_an_attribution_right_under_the_text_goes(line: str):
    assert strip_text(f"{SAID}\n{line}\n{QUOTED}\n") == SAID


@pytest.mark.parametrize("name", sorted(set(ATTRIBUTIONS) - {"horde", "hebrew", "arabic"}))
def test_a_quote_without_marks_below_an_attribution_goes(name: str):
    assert strip_text(f"{SAID}\n\n{ATTRIBUTIONS[name]}\n\nHow did it go?\nWhat was the outcome?\n") == SAID


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_an_answer_below_the_quote_is_kept(line: str):
    assert strip_text(f"{line}\n{QUOTED}\n\n{SAID}\n") == SAID


@pytest.mark.parametrize("block", HEADER_BLOCKS.values(), ids=HEADER_BLOCKS)
@pytest.mark.parametrize("above", ["\n", "\n________________________________\n", "\n-----Original Message-----\n"])
def test_a_header_block_ends_the_answer(block: str, above: str):
    assert strip_text(f"{SAID}\n{above}{block}\n\nHow did it go?\n") == SAID


@pytest.mark.parametrize("line", SEPARATORS)
def test_a_separator_ends_the_answer(line: str):
    assert strip_text(f"{SAID}\n\n{line}\n\nHow did it go?\n") == SAID


def test_dashes_around_unknown_words_separate_only_above_a_quote():
    assert strip_text(f"{SAID}\n\n----- Jatorrizkoa -----\n{HEADER_BLOCKS['english']}\n\nHow?\n") == SAID
    assert strip_text(f"{SAID}\n\n===== Zitat Anfang =====\n{QUOTED}\n") == SAID
    text = "First.\n\n----- the plan -----\n\nLast."
    assert strip_text(text) == text


@pytest.mark.parametrize("line", SENT_FROM)
def test_sent_from_goes_alone_and_above_a_quote(line: str):
    assert strip_text(f"{SAID}\n\n{line}\n") == SAID
    assert strip_text(f"{SAID}\n\n{line}\n\n{ATTRIBUTIONS['gmail']}\n{QUOTED}\n") == SAID


@pytest.mark.parametrize("line", ORDINARY_LINES)
def test_what_only_looks_like_a_programs_line_is_kept(line: str):
    text = f"First.\n{line}\nLast."
    assert strip_text(text) == text


def test_answers_between_the_quoted_lines_keep_them_for_context():
    text = f"{ATTRIBUTIONS['gmail']}\n> How did it go?\nWell.\n\n> What was the outcome?\n\nThey signed.\n\n> Next?\n"
    assert strip_text(text) == "> How did it go?\nWell.\n\n> What was the outcome?\n\nThey signed."


def test_text_above_and_below_a_quote_is_kept_whole():
    text = f"Hello,\n\n{ATTRIBUTIONS['german']}\n> How did it go?\n\nWell enough, they signed.\n"
    assert strip_text(text) == "Hello,\n\n> How did it go?\n\nWell enough, they signed."


def test_a_folded_end_of_a_quoted_line_is_quote():
    quoted = (
        "> We agreed that the offer goes out to the customer before the end of the\nweek after next\n> at the latest"
    )
    assert strip_text(f"{SAID}\n\n{ATTRIBUTIONS['gmail']}\n{quoted}\n") == SAID


def test_a_short_answer_between_two_quotes_is_not_taken_for_a_folded_line():
    assert strip_text("> Did they sign?\nyes\n> And the bank?\nnot yet\n") == (
        "> Did they sign?\nyes\n> And the bank?\nnot yet"
    )


@pytest.mark.parametrize("delimiter", ["-- ", "--", "—", "__"])
def test_a_signature_goes(delimiter: str):
    assert strip_text(f"{SAID}\n\n{delimiter}\nAnna Brandt\nSales\n+49 30 1234567\n") == SAID


def test_a_signature_above_the_quote_goes_and_the_answer_below_stays():
    text = f"-- \nAnna Brandt\n\n{ATTRIBUTIONS['gmail']}\n{QUOTED}\n\n{SAID}"
    assert strip_text(text) == SAID


def test_dashes_with_much_text_below_are_no_signature():
    text = "Two points:\n\n--\n\n" + "The customer wants a second offer.\n" * 30 + "That is all."
    assert strip_text(text) == text


def test_a_contact_block_under_a_rule_goes():
    block = "Anna Brandt\nNorth Ltd\nTel. +49 30 1234567\nwww.north.example"
    assert strip_text(f"{SAID}\n\n--------------\n{block}\n") == SAID


def test_a_postscript_under_sent_from_is_kept():
    assert strip_text(f"{SAID}\n\nSent from my iPhone\n\nPS: Ann helped.\n") == f"{SAID}\n\n\nPS: Ann helped."


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click links or open\n"
        "attachments unless you recognize the sender and know the content is safe.",
        "[EXTERNAL EMAIL] Do not click links or attachments unless you know the sender.",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Bitte keine Anhänge öffnen.",
        "ATTENTION : ce courriel provient de l'extérieur. Ne cliquez pas sur les pièces jointes.",
        "You don't often get email from jonas@north.example. Learn why this is important",
    ],
)
def test_a_banner_on_top_is_not_the_first_line(banner: str):
    assert strip_text(f"{banner}\n\n{SAID}\n") == SAID


def test_a_warning_a_person_writes_is_kept():
    text = "Caution: the customer asked for a discount again.\n\nDone otherwise."
    assert strip_text(text) == text


@pytest.mark.parametrize(
    "footer",
    [
        "_______________________________________________\nsales mailing list\nsales@lists.north.example\n"
        "https://lists.north.example/mailman/listinfo/sales",
        '-- \nYou received this message because you are subscribed to the Google Groups "sales" group.',
        "Disclaimer\n\nThe information contained in this communication is confidential and intended solely for\n"
        "the recipient. Any disclosure is prohibited.",
        "This email and any attachments are confidential and intended solely for the addressee. If you are not\n"
        "the intended recipient, please delete it.",
        "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Empfänger sind,\n"
        "vernichten Sie sie bitte. Unbefugtes Kopieren ist nicht gestattet.",
        "The information in this email is confidential and may be legally privileged. It is intended solely\n"
        "for the addressee. Access to it by anyone else is unauthorised.",
        "Der Inhalt dieser E-Mail ist vertraulich und ausschließlich für den Adressaten bestimmt.\n"
        "Wenn Sie nicht der Empfänger sind, ist jede Kenntnisnahme unzulässig.",
        "La información contenida en este mensaje es confidencial y está dirigida exclusivamente a su destinatario.",
        "De informatie in dit e-mailbericht is vertrouwelijk en uitsluitend bestemd voor de geadresseerde.",
        "Garanti sans virus. www.avast.com",
        "---\nThis email has been checked for viruses by Avast antivirus software.\nhttps://www.avast.com/antivirus",
    ],
)
def test_a_footer_goes(footer: str):
    assert strip_text(f"{SAID}\n\n{footer}\n") == SAID


def test_what_a_person_says_about_confidence_is_kept():
    text = "They find the price confidential.\n\nThis message was clear: no."
    assert strip_text(text) == text


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end(line_end: str):
    text = f"{SAID}\n\n{ATTRIBUTIONS['gmail']}\n{QUOTED}\n"
    assert strip_text(text.replace("\n", line_end)) == SAID


def test_a_mail_whose_line_ends_were_lost():
    text = f"Done, they signed. {ATTRIBUTIONS['gmail']} How did it go? What was the outcome?"
    assert strip_text(text) == "Done, they signed."


@pytest.mark.parametrize("answer", ["Moved to May 5", "On Friday", "2026", "Friday 9:14?", "I may, on 3 May"])
def test_a_date_somebody_typed_right_above_an_attribution_is_kept(answer: str):
    for name in ("gmail", "german", "no address", "folded behind the day"):
        assert strip_text(f"{answer}\n{ATTRIBUTIONS[name]}\n{QUOTED}\n") == answer
    assert strip_text(f"{answer}\nOn Friday at 9:14 Ann <ann@north.example> wrote:\n{QUOTED}\n") == answer


def test_the_line_above_which_to_answer():
    mark = "Write your answer above this line"
    assert strip_text(f"{SAID}\n\n{mark}\n\nHow did it go?") == SAID
    assert strip_text(f"{SAID}\n\n## {mark} ##\n\nHow did it go?") == SAID
    assert strip_text(f"{SAID}\n\nSchreiben Sie Ihre Antwort über diese Zeile\n\nWie war es?") == SAID


HTML = {
    "gmail": '<div dir="ltr">{said}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Tue, '
    "May 5, 2026 "
    'at 9:14 AM Jonas Weil &lt;<a href="mailto:jonas@north.example">jonas@north.example</a>&gt; wrote:<br></div>'
    '<blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px solid">How did it '
    "go?</blockquote></div>",
    "gmail, a language not in our tables": '<div dir="ltr">{said}</div><div class="gmail_quote"><div '
    'class="gmail_attr">'
    "Jonas Weil, duela gutxi:<br></div><blockquote>How did it go?</blockquote></div>",
    "apple": '<div>{said}</div><br><blockquote type="cite"><div>On 5 May 2026, at 09:14, Jonas Weil '
    "&lt;jonas@north.example&gt; "
    "wrote:</div><br><div>How did it go?</div></blockquote>",
    "thunderbird": '{said}<br><div class="moz-cite-prefix">Am 05.05.2026 um 09:14 schrieb Jonas Weil:<br></div>'
    '<blockquote type="cite" cite="mid:x@north.example">How did it go?</blockquote><div '
    'class="moz-signature">Anna</div>',
    "outlook desktop": '<div class="WordSection1"><p class="MsoNormal">{said}<o:p></o:p></p><p '
    'class="MsoNormal"><o:p>&nbsp;</o:p></p>'
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p '
    'class="MsoNormal"><b>From:</b> '
    "Jonas Weil &lt;jonas@north.example&gt;<br><b>Sent:</b> Tuesday, 5 May 2026 09:14<br><b>To:</b> Anna<br>"
    "<b>Subject:</b> How did it go?</p></div><p>How did it go?</p></div>",
    "outlook web": '<div>{said}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr"><font>'
    "<b>Von:</b> Jonas Weil<br><b>Gesendet:</b> Dienstag<br><b>An:</b> Anna<br><b>Betreff:</b> Wie war "
    "es?</font></div>"
    "<div>How did it go?</div>",
    "outlook mobile": '<div>{said}</div><div id="ms-outlook-mobile-signature">Get Outlook for Android</div>'
    '<div id="mail-editor-reference-message-container"><div>Jonas: How did it go?</div></div>',
    "yahoo": '<div>{said}</div><div id="yahoo_quoted_123" class="yahoo_quoted"><div>On Tuesday, 5 May 2026 at '
    "09:14:00 CEST, "
    "Jonas Weil &lt;jonas@north.example&gt; wrote:</div><div>How did it go?</div></div>",
    "proton": '<div>{said}</div><div class="protonmail_quote">On Tuesday, May 5th, 2026 at 9:14 AM, Jonas Weil '
    '&lt;jonas@north.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">How did it '
    "go?</blockquote></div>",
    "zimbra": '<div>{said}</div><hr data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>From: </b>"Jonas '
    'Weil" '
    "&lt;jonas@north.example&gt;<br><b>To: </b>anna<br><b>Sent: </b>Tuesday, May 5, 2026 9:14:00 "
    "AM<br><b>Subject: </b>How?"
    '<br></div><div data-marker="__QUOTED_TEXT__">How did it go?</div>',
}


@pytest.mark.parametrize("html", HTML.values(), ids=HTML)
def test_html_of_the_usual_programs(html: str):
    said = "Done, they signed.<br><br>The bank was slow."
    page = f"<html><head><style>p {{color: red}}</style></head><body>{html.format(said=said)}</body></html>"
    assert strip_html(page) == "Done, they signed.\n\nThe bank was slow."


def test_a_blockquote_the_person_typed_is_kept():
    assert strip_html("<p>They said:</p><blockquote>We sign on Friday.</blockquote><p>Good.</p>") == (
        "They said:\n\nWe sign on Friday.\nGood."
    )


@pytest.mark.parametrize("depth", [50, 300, 20_000])
def test_text_however_deep(depth: int):
    assert strip_html("<style>p {}</style>" + "<div>" * depth + "Done" + "</div>" * depth) == "Done"


def test_what_nobody_sees_is_not_read():
    html = (
        "<script>alert(1)</script><img src=x onerror=y><span style='display:none'>hidden</span><p>Done.</p><!-- no -->"
    )
    assert strip_html(html) == "Done."
