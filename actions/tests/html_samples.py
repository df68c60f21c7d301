"""Replies as mail programs write them in HTML: each says `SAID` and quotes what stands for `{quote}`."""

SAID = "Hi. I am fine. Thanks, Alex"
QUOTE = "<div>Hello! How are you?</div><div>Thanks,</div><div>Sasha.</div>"
PROGRAMS = {
    "outlook 2003": (
        "<DIV><FONT face=Arial color=#0000ff size=2><SPAN class=1>Hi. I am fine.</SPAN></FONT></DIV><DIV>&nbsp;"
        "</DIV><DIV>Thanks,</DIV><DIV>Alex</DIV>"
        '<BLOCKQUOTE dir=ltr style="PADDING-LEFT: 5px; MARGIN-LEFT: 5px; BORDER-LEFT: #000080 2px '
        'solid; MARGIN-RIGHT: 0px"><DIV class=OutlookMessageHeader dir=ltr align=left><HR tabIndex=-1>'
        "<FONT face=Tahoma size=2><B>From:</B> Alexander L [mailto:jo@north.example] <BR><B>Sent:</B>"
        " Thursday, June 26, 2014 2:42 PM<BR><B>To:</B> Alex<BR><B>Subject:</B> Test<BR></FONT><BR></DIV>"
        "{quote}</BLOCKQUOTE>"
    ),
    "outlook 2003, plain separator": (
        "<div class=Section1><p class=MsoNormal>Hi. I am fine.<o:p></o:p></p><p class=MsoNormal>Thanks,<o:p>"
        "</o:p></p><p class=MsoNormal>Alex</p><p class=MsoNormal>-----Original Message-----<br><b>From:</b>"
        " Alexander L [mailto:jo@north.example] <br><b>Sent:</b> Thursday, June 26, 2014 2:42 PM<br><b>To:</b>"
        " alex<br><b>Subject:</b> Test</p>{quote}</div>"
    ),
    "hotmail": (
        "<style><!-- .hmmessage P {margin:0px} --></style><div dir='ltr'>Hi. I am fine.<div><br></div><div>"
        'Thanks,</div><div>Alex<br><br><div><hr id="stopSpelling">Date: Thu, 26 Jun 2014 13:53:45 +0400<br>'
        'Subject: Test message<br>From: jo@north.example<br>To: anna@north.example<br><br><div dir="ltr">'
        "{quote}</div></div></div>"
    ),
    "hotmail no hr": (
        "<div dir='ltr'>Hi. I am fine.<div>Thanks,</div><div>Alex<br><br><div id=\"SkyDrivePlaceholder\"></div>"
        "Date: Thu, 26 Jun 2014 13:53:45 +0400<br>Subject: Test<br>From: jo@north.example<br>"
        'To: anna@north.example<br><br><div dir="ltr">{quote}</div></div>'
    ),
    "windows live mail": (
        '<div data-externalstyle="false" dir="ltr"><div>Hi. I am fine.</div><div>Thanks,</div><div>Alex</div>'
        '<div data-signatureblock="true"><div><br></div></div>'
        '<div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px; '
        'border-top-style: solid;"><div><font><b>From:</b>&nbsp;'
        '<a href="mailto:jo@north.example" target="_parent">Alexander L</a><br><b>Sent:</b>'
        '&nbsp;Thursday, June 26, 2014 2:54 PM<br><b>To:</b>&nbsp;<a href="mailto:anna@north.example">'
        'anna@north.example</a></font></div></div><div><br></div><div dir="">{quote}</div></div>'
    ),
    "windows live mail, russian": (
        '<div data-externalstyle="false" dir="ltr"><div>Hi. I am fine.</div><div>Thanks,</div><div>Alex</div>'
        '<div style="border-top-color: rgb(225, 225, 225); border-top-width: 1px; border-top-style: solid;">'
        '<div><font><b>От:</b>&nbsp;<a href="mailto:jo@north.example" target="_parent">Alexander L</a><br><b>'
        'Отправлено:</b>&nbsp;26 июня 2014 г. 2:54<br><b>Кому:</b>&nbsp;<a href="mailto:anna@north.example">'
        'anna@north.example</a></font></div></div><div><br></div><div dir="">{quote}</div></div>'
    ),
    "windows live mail, a language not in our tables": (
        '<div dir="ltr"><div>Hi. I am fine.</div><div>Thanks,</div><div>Alex</div>'
        '<div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px; '
        'border-top-style: solid;"><div><font><b>Fraxo:</b>&nbsp;<a href="mailto:jo@north.example">Alexander L'
        '</a><br><b>Zanto:</b>&nbsp;26 2014 2:54<br><b>Kuxi:</b>&nbsp;<a href="mailto:anna@north.example">'
        "anna@north.example</a></font></div></div>{quote}</div>"
    ),
    "yandex": (
        "<div>Hi. I am fine.</div><div> </div><div>Thanks,</div><div>Alex</div><div>"
        '26.06.2014, 14:41, "Alexander L" &lt;jo@north.example&gt;:</div><blockquote type="cite">{quote}'
        "</blockquote>"
    ),
    "yandex2": (
        '<div>Hi. I am fine.</div><div>Thanks,</div><div>Alex</div><div>26.06.2014, 14:41, "Alexander L" &lt;'
        '<a href="mailto:jo@north.example">jo@north.example</a>&gt;:</div><blockquote>{quote}</blockquote><div>'
        "-- </div><div>Alex</div>"
    ),
    "aol": (
        '<font>Hi. I am fine.<br><br>Thanks,<br>Alex<br></font><div style="clear:both"></div><br><br>'
        '<div style="font-family:helvetica">-----Original Message-----<br>'
        "From: Alexander L &lt;jo@north.example&gt;<br>To: a &lt;a@aol.com&gt;<br>"
        "Sent: Thu, Jun 26, 2014 2:55 pm<br>Subject: Test<br><br><div>{quote}</div></div>"
    ),
    "comcast": (
        '<div style="font"><div>Hi. I am fine.</div><div>Thanks,</div><div>Alex</div><hr id="zwchr">'
        '<div style="color:#000"><b>From: </b>"Alexander L" &lt;jo@north.example&gt;<br><b>To: </b>'
        "x@comcast.net<br><b>Sent: </b>Thursday, June 26, 2014 3:06:09 PM<br><b>Subject: </b>Test<br><br>"
        "{quote}</div></div>"
    ),
    "iphone": (
        '<html><head></head><body dir="auto"><div>Hi. I am fine.</div><div>Thanks,</div><div>Alex</div><div>'
        "<br>Sent from my iPhone</div><div><br>On 26 Jun 2014, at 14:41, Alexander L &lt;<a>jo@north.example"
        '</a>&gt; wrote:<br><br></div><blockquote type="cite"><div>{quote}</div></blockquote></body></html>'
    ),
    "sparrow": (
        "<div><div>Hi. I am fine.</div><div>Thanks,</div><div>Alex</div><div></div></div>"
        '<p style="color: #A0A0A8;">On Thursday, June 26, 2014 at 2:41 PM, Alexander L wrote:</p>'
        '<blockquote type="cite" style="border-left-style:solid;border-width:1px;margin-left:0px;'
        'padding-left:10px;"><span>{quote}</span></blockquote>'
    ),
    "gmail old": (
        '<div dir="ltr">Hi. I am fine.<div>Thanks,</div><div>Alex</div></div><div class="gmail_extra"><br><br>'
        '<div class="gmail_quote">2014-06-26 14:41 GMT+04:00 Alexander L <span dir="ltr">&lt;<a>'
        'jo@north.example</a>&gt;</span>:<br><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{quote}'
        "</blockquote></div><br></div>"
    ),
    "gmail fwd": (
        '<div dir="ltr">Hi. I am fine.<div>Thanks,</div><div>Alex</div><br><br><div class="gmail_quote">'
        '<div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: '
        '<strong class="gmail_sendername" dir="auto">A</strong> <span dir="auto">&lt;<a>jo@north.example</a>'
        "&gt;</span><br>Date: Tue, May 5<br>Subject: x<br>To: &lt;z@y.x&gt;<br></div><br><br>{quote}</div>"
        "</div>"
    ),
    "apple fwd": (
        '<div>Hi. I am fine.<br><br>Thanks,<br>Alex<br><blockquote type="cite"><div>Begin forwarded message:'
        '</div><br class="Apple-interchange-newline"><div><b>From: </b>A</div><div><b>Subject: </b>x</div>'
        "{quote}</blockquote></div>"
    ),
    "outlook web, older": (
        '<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div style="direction: ltr;" id="divRpF1234">'
        '<hr tabindex="-1"><font><b>From:</b> A [jo@north.example]<br><b>Sent:</b>'
        " Thursday, June 26, 2014 2:41 PM<br><b>To:</b> x<br><b>Subject:</b> T<br></font><br></div><div>{quote}"
        "</div>"
    ),
    "outlook web, forwarded once": (
        '<div id="divtagdefaultwrapper"><p>Hi. I am fine.</p><p>Thanks,<br>Alex</p></div>'
        '<hr style="display:inline-block;width:98%" tabindex="-1"><div id="x_divRplyFwdMsg" dir="ltr"><font><b>'
        "Fra:</b> A<br><b>Sendt:</b> x</font><div>&nbsp;</div></div><div>{quote}</div>"
    ),
    "outlook for android": (
        '<div dir="auto">Hi. I am fine.</div><div>Thanks,<br>Alex</div><div id="ms-outlook-mobile-signature">'
        '<div></div>Get <a href="https://aka.ms/o">Outlook for iOS</a></div>'
        '<hr style="display:inline-block;width:98%"><div id="divRplyFwdMsg"><b>From:</b> A</div>{quote}'
    ),
    "outlook for ios": (
        '<div dir="ltr">Hi. I am fine.</div><div>Thanks,<br>Alex</div>'
        '<div id="ms-outlook-mobile-body-separator-line" data-applydefaultfontstyles="true"><br></div>'
        '<div class="ms-outlook-mobile-reference-message skipProofing"><meta http-equiv="Content-Type">'
        '<div style="padding:3pt 0in 0in;border-width:1pt medium medium;border-style:solid none '
        'none;border-color:rgb(181,196,223) currentcolor currentcolor"><b>From:</b> A &lt;jo@north.example&gt;'
        "<br><b>Date:</b> Thursday, 26 June 2014 at 14:41<br><b>To:</b> X<br><b>Subject:</b> T</div>{quote}"
        "</div>"
    ),
    "outlook for mac": (
        '<div class="WordSection1"><p class="MsoNormal">Hi. I am fine.</p><p class="MsoNormal">Thanks,<br>Alex'
        '</p><div id="mail-editor-reference-message-container">'
        '<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>From: </b>A'
        "<br><b>Date: </b>x<br><b>To: </b>c<br><b>Subject: </b>d</p></div>{quote}</div></div>"
    ),
    "outlook, a language not in our tables": (
        '<div class="WordSection1"><p class="MsoNormal">Hi. I am fine.</p><p class="MsoNormal">Thanks,<br>Alex'
        '</p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p><b>Qaxo:'
        "</b> A &lt;jo@north.example&gt;<br><b>Zaxo:</b> 1 2 2014 9:12<br><b>Kixa:</b> c<br><b>Subo:</b> d</p>"
        "</div></div>{quote}</div>"
    ),
    "yahoo new": (
        '<div class="ydp1yahoo-style-wrap"><div>Hi. I am fine.</div><div>Thanks,<br>Alex</div></div>'
        '<div id="ydp2yahoo_quoted_1234" class="ydp2yahoo_quoted"><div><div>Am Dienstag schrieb A:</div>{quote}'
        "</div></div>"
    ),
    "yahoo mobile": (
        'Hi. I am fine.<br>Thanks,<br>Alex<br><br><div id="ymail_android_signature"><a href="x">'
        'Yahoo Mail: Search, Organize, Conquer</a></div> <br> <blockquote style="margin: 0 0 20px 0;"> '
        '<div style="font-family:Roboto"> <div>On Tue, May 5, 2026 at 9:14, A</div><div>'
        "&lt;jo@north.example&gt; wrote:</div> </div> "
        '<div style="padding: 10px 0 0 20px; margin: 10px 0 0 0; border-left: 1px solid #6D00F6;">{quote}</div>'
        "</blockquote>"
    ),
    "yahoo classic": (
        '<div style="color:#000"><div>Hi. I am fine.</div><div>Thanks,<br>Alex</div> '
        '<div class="qtdSeparateBR"><br><br></div><div class="yahoo_quoted" style="display: block;"> '
        '<div style="font"> <div dir="ltr"> <font size="2">'
        " On Thursday, 26 June 2014 14:41, Alexander L &lt;jo@north.example&gt; wrote:<br> </font> </div> <br>"
        '<br> <div class="y_msg_container">{quote}</div></div></div></div>'
    ),
    "yahoo older": (
        '<div style="color:#000"><div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div><br></div>  '
        '<blockquote style="border-left: 2px solid rgb(16, 16, 255); margin-left: 5px; padding-left: 5px;"> '
        '<div><div dir="ltr"> <font size="2" face="Arial"> <hr size="1">  <b><span style="font-weight:bold;">'
        'From:</span></b> A &lt;jo@north.example&gt;<br> <b><span style="font-weight: bold;">To:</span></b> x '
        '<br> <b><span style="font-weight: bold;">Sent:</span></b> Thursday, June 26, 2014 2:41 PM<br> <b>'
        '<span style="font-weight: bold;">Subject:</span></b> T<br> </font> </div> <br>{quote}</div>'
        "</blockquote></div>"
    ),
    "proton": (
        '<div style="font-family: Arial">Hi. I am fine.</div><div>Thanks,<br>Alex</div>'
        '<div class="protonmail_signature_block protonmail_signature_block-empty">'
        '<div class="protonmail_signature_block-user protonmail_signature_block-empty"></div></div>'
        '<div class="protonmail_quote">On Thursday, June 26th, 2014 at 14:41, A &lt;jo@north.example&gt; wrote:'
        '<br><blockquote class="protonmail_quote" type="cite">{quote}</blockquote><br></div>'
    ),
    "proton old": (
        '<div>Hi. I am fine.<br></div><div>Thanks,<br>Alex</div><div class="protonmail_signature_block">'
        '<div class="protonmail_signature_block-proton">Sent with <a href="https://protonmail.com">ProtonMail'
        "</a> Secure Email.</div></div><div><br></div><div>‐‐‐‐‐‐‐ Original Message ‐‐‐‐‐‐‐<br></div><div>"
        " On Thursday, June 26, 2014 2:41 PM, A &lt;jo@north.example&gt; wrote:<br></div><div> <br></div>"
        '<blockquote class="protonmail_quote" type="cite">{quote}</blockquote>'
    ),
    "lotus": (
        '<font size=2 face="sans-serif">Hi. I am fine.</font><br><font>Thanks,<br>Alex</font><br><br><br><br>'
        '<font size=1 color=#5f5f5f face="sans-serif">From: &nbsp; &nbsp; &nbsp; &nbsp;</font>'
        '<font size=1 face="sans-serif">A &lt;jo@north.example&gt;</font><br>'
        '<font size=1 color=#5f5f5f face="sans-serif">To: &nbsp; &nbsp; &nbsp; &nbsp;</font>'
        '<font size=1 face="sans-serif">X/Y/Z@Z</font><br><font size=1 color=#5f5f5f>'
        "Date: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>26.06.2014 14:41</font><br>"
        '<font size=1 color=#5f5f5f face="sans-serif">Subject: &nbsp; &nbsp; &nbsp; &nbsp;</font>'
        '<font size=1 face="sans-serif">T</font><br><hr noshade><br>{quote}'
    ),
    "gmx": (
        '<div style="font-family: Verdana;"><div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div>&nbsp;'
        '<div style="margin: 10.0px 5.0px 5.0px 10.0px;padding: 10.0px 0 10.0px 10.0px;border-left: '
        '2.0px solid rgb(195,217,229);" name="quote"><div style="margin: 0 0 10.0px 0;"><b>Gesendet:</b>'
        "&nbsp;Donnerstag, 26. Juni 2014 um 14:41 Uhr<br/><b>Von:</b>"
        "&nbsp;&quot;A&quot; &lt;jo@north.example&gt;<br/><b>An:</b>&nbsp;anna@north.example<br/><b>Betreff:"
        '</b>&nbsp;T</div><div name="quoted-content">{quote}</div></div></div></div>'
    ),
    "tutanota": (
        "<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div>--<br> Sent with Tutanota</div><div><br></div>"
        "26. Juni 2014, 14:41 von jo@north.example:<br>"
        '<blockquote class="tutanota_quote" style="border-left: 1px solid #93A3B8; padding-left: '
        '10px; margin-left: 5px;">{quote}</blockquote>'
    ),
    "zoho": (
        '<div style="font-family: Verdana"><div>Hi. I am fine.</div><div>Thanks,<br>Alex</div>'
        '<div id="Zm-_Id_-Sgn" data-zbluepencil-ignore="true" class="zmail_signature_below"><div></div></div>'
        '<div class="zmail_extra" style=""><div id="Zm-_Id_-Sgn1">---- On Thu, 26 Jun 2014 14:41:00 +0400 <b>'
        "A &lt;jo@north.example&gt;</b> wrote ---<br></div>"
        '<blockquote id="blockquote_zmail" style="margin: 0px;"><div>{quote}</div></blockquote></div></div>'
    ),
    "zoho old": (
        "<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><br>---- On Thu, 26 Jun 2014 14:41:00 +0400 <b>"
        "A &lt;jo@north.example&gt;</b> wrote ---- <br>"
        '<blockquote style="border-left: 1px solid #0000FF; padding-left: 6px; margin:0 0 0 5px">{quote}'
        "</blockquote>"
    ),
    "spark": (
        '<html><body><div name="messageBodySection"><div dir="auto">Hi. I am fine.<br>Thanks,<br>Alex</div>'
        '</div><div name="messageReplySection">On 26 Jun 2014, 14:41 +0400, A &lt;jo@north.example&gt;, wrote:'
        '<br /><blockquote type="cite" style="border-left-color: grey; margin: 5px 5px; padding-left: 10px;">'
        "{quote}</blockquote></div></body></html>"
    ),
    "airmail": (
        '<div id="bloop_customfont">Hi. I am fine.</div><br><div>Thanks,<br>Alex</div> '
        '<div class="bloop_sign" id="bloop_sign_1"></div> <br><p class="airmail_on">'
        'On June 26, 2014 at 2:41:00 PM, A (<a href="mailto:jo@north.example">jo@north.example</a>) wrote:</p> '
        '<blockquote type="cite" class="clean_bq"><span>{quote}</span></blockquote>'
    ),
    "mailbird": (
        '<div class="__aliasBodyContent">Hi. I am fine.<div>Thanks,<br>Alex</div></div>'
        '<blockquote class="history_container" type="cite" style="border-left-style: solid;'
        'border-width: 1px; margin-top: 20px; margin-left: 0px;padding-left: 10px;">'
        '<p style="color: #AAAAAA; margin-top: 10px;">'
        "On 6/26/2014 2:41:00 PM, A &lt;jo@north.example&gt; wrote:</p>{quote}</blockquote>"
    ),
    "front": (
        '<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><br/><div class="front-blockquote"><p>'
        'On June 26, 2014, 2:41 PM GMT+4 <a href="mailto:jo@north.example">jo@north.example</a> wrote:</p>'
        '<blockquote type="cite">{quote}</blockquote></div>'
    ),
    "superhuman": (
        '<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div class="gmail_signature"><div>Sent via '
        '<a href="https://sprh.mn">Superhuman</a></div></div><br/><div class="gmail_quote">'
        'On Thu, Jun 26, 2014 at 2:41 PM, A <span dir="ltr">&lt;<a>jo@north.example</a>&gt;</span> wrote:<br/>'
        '<blockquote class="gmail_quote sh-color-black" style="margin:0">{quote}</blockquote></div>'
    ),
    "hey": (
        '<div class="trix-content">Hi. I am fine.<br>Thanks,<br>Alex</div><br><br><div>'
        "On June 26, 2014, A &lt;jo@north.example&gt; wrote:</div><blockquote>{quote}</blockquote>"
    ),
    "samsung": (
        '<div dir="auto">Hi. I am fine.</div><div>Thanks,<br>Alex</div><div id="composer_signature" dir="auto">'
        '<div style="font-size:85%;color:#575757">Sent from my Galaxy</div></div><div dir="auto"><br></div>'
        '<div align="left" dir="auto" style="font-size:100%;color:#000000"><div>'
        "-------- Original message --------</div><div>From: A &lt;jo@north.example&gt; </div><div>"
        "Date: 26/06/2014  14:41  (GMT+04:00) </div><div>To: x </div><div>Subject: T </div><div><br></div>"
        "</div>{quote}"
    ),
    "samsung de": (
        '<div dir="auto">Hi. I am fine.</div><div>Thanks,<br>Alex</div><div id="composer_signature" dir="auto">'
        "Von meinem Galaxy gesendet</div><div>-------- Ursprüngliche Nachricht --------</div><div>"
        "Von: A &lt;jo@north.example&gt; </div><div>Datum: 26.06.14  14:41  (GMT+01:00) </div><div>An: x </div>"
        "<div>Betreff: T </div><div><br></div>{quote}"
    ),
    "blackberry": (
        "<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div>Sent from my BlackBerry 10 smartphone.</div>"
        '<table width="100%" style="background-color:white;border-spacing:0px;"><tbody><tr>'
        '<td colspan="2" style="font-size: initial; text-align: initial;">'
        '<div style="border-style: solid none none; border-top-color: rgb(181, 196, 223); '
        'border-top-width: 1pt; padding: 3pt 0in 0in; font-size: 10pt;"><div><b>From: </b>A</div><div><b>Sent: '
        "</b>Thursday, June 26, 2014 2:41 PM</div><div><b>To: </b>x</div><div><b>Subject: </b>T</div></div>"
        "</td></tr></tbody></table>"
        '<div style="border-style: solid none none; border-top-color: rgb(186, 188, 209); '
        'border-top-width: 1pt; font-size: initial;"></div><br><div id="_originalContent">{quote}</div>'
    ),
    "roundcube": (
        '<p>Hi. I am fine.</p><p>Thanks,<br>Alex</p><p id="reply-intro">On 2014-06-26 14:41, A wrote:</p>'
        '<blockquote type="cite" style="padding: 0 0.4em; border-left: #1010ff 2px solid; margin: 0">{quote}'
        "</blockquote>"
    ),
    "roundcube2": (
        "<p>Hi. I am fine.</p><p>Thanks,<br>Alex</p><p>Le 2014-06-26 14:41, A a &eacute;crit&nbsp;:</p>"
        '<blockquote style="padding-left:5px; border-left:#1010ff 2px solid; margin-left:5px">{quote}'
        "</blockquote>"
    ),
    "horde": (
        '<p>Hi. I am fine.</p><p>Thanks,<br>Alex</p><br /><p>Zitat von A &lt;<a href="mailto:jo@north.example">'
        "jo@north.example</a>&gt;:</p>"
        '<blockquote type="cite" style="border-left:2px solid blue;margin-left:2px;padding-left:12px;">{quote}'
        "</blockquote>"
    ),
    "groupwise": (
        "<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><br><br>"
        "&gt;&gt;&gt; A &lt;jo@north.example&gt; 26.06.2014 14:41 &gt;&gt;&gt;<br>{quote}"
    ),
    "kmail": (
        '<p style="margin-top:0">Hi. I am fine.</p><p>Thanks,<br>Alex</p><p>'
        "On Thursday, 26 June 2014 14:41:00 CEST A wrote:</p><p>&gt; Hello! How are you?</p><p>&gt; Thanks</p>"
    ),
    "emclient": (
        "<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div>------ Original Message ------</div><div>"
        'From &quot;A&quot; &lt;<a href="mailto:jo@north.example">jo@north.example</a>&gt;</div><div>'
        "To anna@north.example</div><div>Date 26/06/2014 14:41:00</div><div>Subject T</div><div><br></div>"
        '<div id="x1"><blockquote cite="mid" type="cite" class="cite2">{quote}</blockquote></div>'
    ),
    "fairemail": (
        '<p>Hi. I am fine.</p><p>Thanks,<br>Alex</p><br><br><div fairemail="reference"><p>'
        "On 26 June 2014 14:41:00 CEST, A &lt;jo@north.example&gt; wrote:</p><blockquote>{quote}</blockquote>"
        "</div>"
    ),
    "k9": (
        '<html><head></head><body>Hi. I am fine.<br><br>Thanks,<br>Alex<br><br><div class="gmail_quote">'
        "Am 26. Juni 2014 14:41:00 MESZ schrieb A &lt;jo@north.example&gt;:"
        '<blockquote class="gmail_quote" style="margin: 0pt 0pt 0pt 0.8ex; border-left: 1px solid '
        'rgb(204, 204, 204); padding-left: 1ex;">{quote}</blockquote></div><div style="white-space: pre-wrap">'
        '<div class="k9mail-signature">-- <br>'
        "Diese Nachricht wurde von meinem Android-Ger&auml;t mit K-9 Mail gesendet.</div></div></body></html>"
    ),
    "evolution": (
        "<html><body>Hi. I am fine.<div>Thanks,<br>Alex</div><div><br></div><div>"
        "On Thu, 2014-06-26 at 14:41 +0400, A wrote:</div>"
        '<blockquote type="cite" style="margin:0 0 0 .8ex; border-left:2px #729fcf solid;padding-left:1ex">'
        "{quote}</blockquote><div><span><pre>-- <br></pre>Alex</span></div></body></html>"
    ),
    "freshdesk": (
        '<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div class="freshdesk_quote">'
        '<blockquote class="freshdesk_quote">On Thu, 26 Jun at 2:41 PM , A &lt;jo@north.example&gt; wrote:<br>'
        "{quote}</blockquote></div>"
    ),
    "win10mail": (
        "<div class=WordSection1><p class=MsoNormal>Hi. I am fine.</p><p class=MsoNormal>Thanks,<br>Alex</p>"
        '<p class=MsoNormal>Sent from <a href="https://go.microsoft.com">Mail</a> for Windows 10</p>'
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
        '<div style="mso-element:para-border-div;border:none;border-top:solid #E1E1E1 1.0pt;'
        'padding:3.0pt 0cm 0cm 0cm"><p class=MsoNormal style="border:none;padding:0cm"><b>From: </b>'
        '<a href="mailto:jo@north.example">A</a><br><b>Sent: </b>Thursday, 26 June 2014 14:41<br><b>To: </b><a>'
        "x</a><br><b>Subject: </b>T</p></div>{quote}</div>"
    ),
    "hotmail, the date first": (
        "<div>Hi. I am fine.<br>Thanks,<br>Alex<div><hr>Date: Fri, 23 Mar 2012 12:35:31 -0600<br>To: "
        '<a href="mailto:x">anna@north.example</a><br>From: jo@north.example<br>Subject: New Mail!<br><br>'
        "{quote}</div></div>"
    ),
    "mailru new": (
        "<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div><br></div>"
        '<blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">'
        'Четверг, 26 июня 2014, 14:00 +04:00 от A &lt;<a>jo@north.example</a>&gt;:<br> <div id="">{quote}</div>'
        "</blockquote>"
    ),
    "qq": (
        "<div>Hi. I am fine.</div><div>Thanks,<br>Alex</div><div><includetail><div>&nbsp;</div>"
        '<div style="font:Verdana normal 14px;color:#000;">'
        '<div style="FONT-SIZE: 12px;FONT-FAMILY: Arial Narrow;padding:2px 0 2px 0;">'
        "------------------&nbsp;原始邮件&nbsp;------------------</div>"
        '<div style="FONT-SIZE: 12px;background:#efefef;padding:8px;"><div id="menu_sender"><b>发件人:</b>'
        '&nbsp;"A";&lt;jo@north.example&gt;;</div><div><b>发送时间:</b>&nbsp;2014年6月26日(星期四) 下午2:41'
        '</div><div><b>收件人:</b>&nbsp;"x"&lt;anna@north.example&gt;;</div><div><b>主题:</b>&nbsp;T</div>'
        "</div>{quote}</div></includetail></div>"
    ),
    "netease": (
        '<div style="line-height:1.7">Hi. I am fine.<br>Thanks,<br>Alex<br><br><div id="divNeteaseMailCard">'
        '</div><br>At 2014-06-26 14:41:00, "A" &lt;jo@north.example&gt; wrote:<br> '
        '<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex; MARGIN: 0px 0px 0px 0.8ex; '
        'BORDER-LEFT: #ccc 1px solid">{quote}</blockquote></div>'
    ),
    "netease, chinese": (
        "<div>Hi. I am fine.<br>Thanks,<br>Alex<br><br>"
        '在 2014-06-26 14:41:00，"A" &lt;jo@north.example&gt; 写道：<br> '
        '<blockquote id="isReplyContent" style="PADDING-LEFT: 1ex">{quote}</blockquote></div>'
    ),
    "naver": (
        "<div>Hi. I am fine.<br>Thanks,<br>Alex</div><p>-----Original Message-----<br><b>From:</b>"
        ' "A"&lt;jo@north.example&gt; <br><b>To:</b> &lt;anna@north.example&gt;; <br><b>Cc:</b><br><b>Sent:</b>'
        " 2014-06-26 (목) 14:41:00 (GMT+09:00)<br><b>Subject:</b> T<br></p>{quote}"
    ),
    "missive": (
        '<div>Hi. I am fine.<br>Thanks,<br>Alex</div><br><div class="missive_quote">'
        "On June 26, 2014 at 2:41 PM, A &lt;jo@north.example&gt; wrote:"
        '<blockquote class="missive_quote" style="margin:0 0 0 5px;border-left:1px">{quote}</blockquote></div>'
    ),
    "a header block in the same block": (
        '<div dir="ltr">Hi. I am fine.<br>Thanks,<br>Alex<br>From: bob@example.com<br>To: x@comcast.net<br>'
        "Sent: Friday, July 22, 2011 6:20:01 PM<br>Subject: Hello<br><br>{quote}</div>"
    ),
}
