"""Mail written for the tests: how programs of many languages quote, report and answer by themselves."""

from email.message import EmailMessage

SAID = "Done, they signed on Tuesday.\n\nThe bank took longer than we thought."
QUOTED = "> How did it go?\n> What was the outcome?"

# One attribution a line of the table, as the client writes it; "\n" where it folds.
ATTRIBUTIONS = {
    "gmail": "On Tue, May 5, 2026 at 9:14 AM Jonas Weil <jonas@north.example> wrote:",
    "gmail folded": "On Tue, May 5, 2026 at 9:14 AM Jonas Weil via FailForward <\nask+7h2k@north.example> wrote:",
    "four lines": "On Tuesday, May 5, 2026,\nJonas Weil of the sales department\n<jonas.weil@north.example>\nwrote:",
    "apple": "On 5 May 2026, at 09:14, Jonas Weil <jonas@north.example> wrote:",
    "no address": "On 05.05.2026 09:14, Jonas Weil wrote:",
    "zoho": "---- On Tue, 05 May 2026 09:14:00 +0200 jonas@north.example wrote ----",
    "german": "Am Di., 5. Mai 2026 um 09:14 Uhr schrieb Jonas Weil <jonas@north.example>:",
    "german verb first": "Jonas Weil <jonas@north.example> schrieb am Di., 5. Mai 2026 um\n09:14:",
    "french": "Le mar. 5 mai 2026 à 09:14, Jonas Weil <jonas@north.example> a écrit :",
    "spanish": "El mar, 5 may 2026 a las 9:14, Jonas Weil (<jonas@north.example>)\nescribió:",
    "catalan": "Missatge de Jonas Weil <jonas@north.example> del dia dt., 5 de maig\n2026 a les 9:14:",
    "portuguese": "Em ter., 5 de mai. de 2026 às 09:14, Jonas Weil <jonas@north.example>\nescreveu:",
    "italian": "Il giorno mar 5 mag 2026 alle ore 09:14 Jonas Weil <jonas@north.example>\nha scritto:",
    "dutch": "Op di 5 mei 2026 om 09:14 schreef Jonas Weil <jonas@north.example>:",
    "dutch apple": "Op 5 mei 2026, om 09:14 heeft Jonas Weil <jonas@north.example> het\nvolgende geschreven:",
    "danish": "Den tirs. 5. maj 2026 kl. 09.14 skrev Jonas Weil <jonas@north.example>:",
    "swedish": "Den tis 5 maj 2026 kl 09:14 skrev Jonas Weil <jonas@north.example>:",
    "norwegian": "tir. 5. mai 2026 kl. 09:14 skrev Jonas Weil <jonas@north.example>:",
    "finnish": "ti 5. toukok. 2026 klo 9.14 Jonas Weil (jonas@north.example) kirjoitti:",
    "polish": "wt., 5 maj 2026 o 09:14 Jonas Weil <jonas@north.example> napisał(a):",
    "czech": "út 5. 5. 2026 v 9:14 odesílatel Jonas Weil <jonas@north.example> napsal:",
    "slovak": "ut 5. 5. 2026 o 9:14 Jonas Weil <jonas@north.example> napísal(a):",
    "hungarian": "Jonas Weil <jonas@north.example> ezt írta (időpont: 2026. máj. 5., K, 9:14):",
    "romanian": "În mar., 5 mai 2026 la 09:14, Jonas Weil <jonas@north.example> a scris:",
    "croatian": "uto, 5. svi 2026. u 09:14 Jonas Weil <jonas@north.example> napisao je:",
    "bulgarian": "На вт, 5.05.2026 г. в 9:14 Jonas Weil <jonas@north.example> написа:",
    "russian": "вт, 5 мая 2026 г. в 09:14, Jonas Weil <jonas@north.example>:",
    "ukrainian": "вт, 5 трав. 2026 р. о 09:14 Jonas Weil <jonas@north.example> пише:",
    "turkish": "Jonas Weil <jonas@north.example>, 5 May 2026 Sal, 09:14 tarihinde şunu\nyazdı:",
    "greek": "Στις Τρί 5 Μαΐ 2026 στις 9:14 π.μ., ο χρήστης Jonas Weil\n<jonas@north.example> έγραψε:",
    "hebrew": "\u200fבתאריך יום ג׳, 5 במאי 2026 ב-9:14 מאת \u202aJonas Weil\u202c <jonas@north.example>:",
    "arabic": "في الثلاثاء، 5 مايو 2026 في 9:14 ص تمت كتابة ما يلي بواسطة Jonas Weil <jonas@north.example>:",
    "chinese": "在 2026年5月5日，上午9:14，Jonas Weil <jonas@north.example> 写道：",
    "chinese gmail": "Jonas Weil <jonas@north.example> 于2026年5月5日周二 09:14写道：",
    "taiwanese": "Jonas Weil <jonas@north.example> 於 2026年5月5日 週二 上午9:14寫道：",
    "japanese": "2026年5月5日(火) 9:14 Jonas Weil <jonas@north.example>:",
    "korean": "2026년 5월 5일 (화) 오전 9:14, Jonas Weil <jonas@north.example>님이 작성:",
    "vietnamese": "Vào Th 3, 5 thg 5, 2026 vào lúc 09:14 Jonas Weil <jonas@north.example>\nđã viết:",
    "thai": "เมื่อ อ. 5 พ.ค. 2026 เวลา 09:14 Jonas Weil <jonas@north.example> เขียนว่า:",
    "indonesian": "Pada Sel, 5 Mei 2026 pukul 09.14 Jonas Weil <jonas@north.example> menulis:",
    "yandex": '05.05.2026, 09:14, "Jonas Weil" <jonas@north.example>:',
    "verb last but no address": "Le 05/05/2026 09:14, Jonas Weil a écrit :",
    "verb in the middle, no address": "Op 05-05-26 om 09:14 schreef Jonas Weil:",
    "name first, no address": "Jonas Weil schrieb am 05.05.2026 um 09:14:",
    "google groups": "El martes, 5 de mayo de 2026, 9:14:00 (UTC+2), Jonas Weil escribió:",
    "polish thunderbird": "W dniu 05.05.2026 o 09:14, Jonas Weil pisze:",
    "mutt": "Jonas Weil <jonas@north.example> wrote:",
    "horde": "Zitat von Jonas Weil <jonas@north.example>:",
}

HEADER_BLOCKS = {
    "english": "From: Jonas Weil <jonas@north.example>\nSent: Tuesday, May 5, 2026 9:14 AM\nTo: Anna\nSubject: "
    "How did it go?",
    "bold": "*From:* Jonas Weil [mailto:jonas@north.example]\n*Sent:* May 5, 2026\n*To:* Anna\n*Subject:* How?",
    "german": "Von: Jonas Weil <jonas@north.example>\nGesendet: Dienstag, 5. Mai 2026 09:14\nAn: Anna\nBetreff: "
    "Wie war es?",
    "french": "De : Jonas Weil <jonas@north.example>\nEnvoyé : mardi 5 mai 2026 09:14\nÀ : Anna\nObjet : Alors ?",
    "spanish": "De: Jonas Weil <jonas@north.example>\nEnviado el: 5 de mayo de 2026\nPara: Anna\nAsunto: ¿Qué tal?",
    "italian": "Da: Jonas Weil <jonas@north.example>\nInviato: martedì 5 maggio 2026 09:14\nA: Anna\nOggetto: "
    "Come è andata?",
    "portuguese": "De: Jonas Weil <jonas@north.example>\nEnviada em: terça-feira, 5 de maio\nPara: Anna\nAssunto: "
    "E então?",
    "dutch": "Van: Jonas Weil <jonas@north.example>\nVerzonden: dinsdag 5 mei 2026 09:14\nAan: Anna\nOnderwerp: "
    "Hoe ging het?",
    "danish": "Fra: Jonas Weil <jonas@north.example>\nSendt: 5. maj 2026 09:14\nTil: Anna\nEmne: Hvordan gik det?",
    "swedish": "Från: Jonas Weil <jonas@north.example>\nSkickat: den 5 maj 2026 09:14\nTill: Anna\nÄmne: Hur gick det?",
    "finnish": "Lähettäjä: Jonas Weil <jonas@north.example>\nLähetetty: 5.5.2026\nVastaanottaja: A\nAihe: Miten?",
    "polish": "Od: Jonas Weil <jonas@north.example>\nWysłano: wtorek, 5 maja 2026\nDo: Anna\nTemat: Jak poszło?",
    "czech": "Od: Jonas Weil <jonas@north.example>\nOdesláno: úterý 5. května 2026\nKomu: Anna\nPředmět: Jak to šlo?",
    "russian": "От: Jonas Weil <jonas@north.example>\nОтправлено: 5 мая 2026 г. 9:14\nКому: Anna\nТема: Как прошло?",
    "turkish": "Kimden: Jonas Weil <jonas@north.example>\nGönderildi: 5 Mayıs 2026 Salı\nKime: Anna\nKonu: Nasıl "
    "gitti?",
    "chinese": "发件人: Jonas Weil <jonas@north.example>\n发送时间: 2026年5月5日 9:14\n收件人: Anna\n主题: 怎么样？",
    "japanese": "差出人: Jonas Weil <jonas@north.example>\n送信日時: 2026年5月5日 9:14\n宛先: Anna\n件名: どうでしたか",
    "korean": "보낸 사람: Jonas Weil <jonas@north.example>\n보낸 날짜: 2026년 5월 5일\n받는 사람: Anna\n제목: 어때?",
}

SEPARATORS = (
    "-----Original Message-----",
    "-------- Original Message --------",
    "*-------- Original Message --------*",
    "-----Ursprüngliche Nachricht-----",
    "-------- Weitergeleitete Nachricht --------",
    "-----Message d'origine-----",
    "-------- Message transféré --------",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Mensagem original-----",
    "-----Oorspronkelijk bericht-----",
    "-----Oprindelig meddelelse-----",
    "-----Ursprungligt meddelande-----",
    "-----Alkuperäinen viesti-----",
    "-----Oryginalna wiadomość-----",
    "-----Původní zpráva-----",
    "-----Eredeti üzenet-----",
    "-------- Пересылаемое сообщение --------",
    "-----Özgün İleti-----",
    "-----原始邮件-----",
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
    "----- Mail original -----",
)

SENT_FROM = (
    "Sent from my iPhone",
    "Sent from my Samsung Galaxy S22, please excuse typos.",
    "Sent via BlackBerry from T-Mobile",
    "Sent from Yahoo Mail on Android",
    "Sent from Mail for Windows",
    "Sent using Hushmail",
    "Verzonden vanuit Mail voor Windows",
    "Von unterwegs gesendet",
    "发自我的小米手机",
    "Sent with Proton Mail secure email.",
    "Get Outlook for iOS<https://aka.ms/o0ukef>",
    "[Sent from Front](https://front.example/?sig)",
    "Von meinem iPhone gesendet",
    "Gesendet von meinem Samsung-Gerät",
    "Gesendet mit der GMX Mail App",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Envoyé de mon iPhone",
    "Envoyé depuis l'application Mail Orange",
    "Enviado desde mi iPhone",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Verzonden vanaf mijn iPhone",
    "Verstuurd vanaf mijn iPad",
    "Sendt fra min iPhone",
    "Skickat från min iPhone",
    "Lähetetty iPhonesta",
    "Wysłane z iPhone'a",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "iPhone'umdan gönderildi",
    "发自我的 iPhone",
    "從我的 iPhone 傳送",
    "iPhoneから送信",
    "나의 iPhone에서 보냄",
)

ORDINARY_LINES = (
    "Sent from the warehouse yesterday, it should be there.",
    "Sent the offer on Monday.",
    "Sent via courier this morning",
    "Sent via email this morning",
    "Sent by email",
    "Sent by mail to the customer's lawyer, who was not there.",
    "From my side everything is done.",
    "On Thursday, I met them.",
    "On the phone he wrote nothing down.",
    "In 2019 our lawyer wrote:",
    "Von mir aus erledigt.",
    "Date: not yet agreed",
    "From: Berlin",
    "Subject to approval: yes",
    "A -- B was the plan.",
    "I regard this as done.",
    "2026-05-05 09:14",
    "The original message was lost.",
    "Note: call Ann (ann@north.example):",
    "They want to be taken off our mailing list",
    "We promised them virus-free software.",
    "Important: send them a message before Friday.",
    "The information contained in the contract is confidential, disclosure is prohibited.",
    "Unsubscribe rates went up.",
)


def mail(text: str = SAID, *, html: str = "", subject: str = "Re: How did it go?", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Anna Brandt <anna@north.example>")
    message["To"] = "ask+7h2k@north.example"
    message["Subject"] = subject
    message["Message-ID"] = "<answer@north.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()
