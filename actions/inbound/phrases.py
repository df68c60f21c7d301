"""What mail programs write of themselves, in the languages they speak. A new one is a word in its line."""

import re

# "… wrote:", in the forms that end an attribution line.
WROTE = """
wrote|writes|a wrote|has written|schrieb|schreibt|hat geschrieben|geschrieben|a écrit|a ecrit|écrit|ecrit|escribió|
escribio|ha escrito|escribe|va escriure|ha escrit|escreveu|ha scritto|scrive|scrisse|schreef|
het volgende geschreven|skrev|skriver|skrifaði|kirjoitti|napisał(a)|napisał|napisała|napisał(-a)|napisal(a)|napisal|
napisala|pisze|napsal(a)|napsal|napsala|napísal(a)|napísal|napísala|píše|írta|ezt írta|a scris|scrie|je napisal(a)|
je napisal|je napisao|je napisala|je pisao|napisao je|piše|је написао|је написала|написа|написал(а)|написал|
написала|написал(-а)|пишет|писал(а)|писал|писала|написав|написав(-ла)|написав(ла)|написала|пише|писав|yazdı|
şunu yazdı|şunları yazdı|yazmış|έγραψε|כתב|כתב/ה|כתבה|מאת|كتب|كتبت|نوشت|đã viết|viết|เขียนว่า|เขียน|menulis|
rašė|parašė|rakstīja|kirjutas|idatzi du|escribiu|ने लिखा|escrito por|a répondu|napísal/a|napsal/a|napisał/a|
написал/а
"""

# The same in languages that put no space before it.
WROTE_UNSPACED = """
写道|寫道|님의 말|写到|のメール|のメッセージ|さんは書きました|書きました|書いた|作成|님이 작성한 메시지|님이 작성|
작성|썼습니다|보낸 메시지
"""

# Behind the name: "Jonas Weil het volgende:".
FOLLOWING = """
het volgende|følgende|folgendes|lo siguiente|ce qui suit|quanto segue|o seguinte|följande|the following|seuraavaa|
następująco|следующее
"""

# What may stand in a date beside the names of days and months.
IN_DATES = """
at|am|pm|a|p|m|gmt|utc|cet|cest|met|mez|mesz|est|edt|pst|pdt|um|uhr|den|der|the|of|st|nd|rd|th|à|ore|alle|de|del|da|as|
às|las|la|kl|klo|kello|o|v|ve|u|г|г.|в|о|р|р.|год|года|року|år|år|tháng|ngày|năm|thứ|lúc|pukul|jam|tarihinde|saat|ora|
ob|din|ν|π|μ|μ.μ|π.μ|e|h|feira|czwartek|listopadu|ledna|února|března|dubna|května|června|července|srpna|září|října|
prosince|januára|februára|októbra|novembra|decembra|maanantaina|hat
"""

# What an attribution line begins with, before the date.
ON = """
on|am|le|el|il|em|op|den|dnia|w dniu|dne|dňa|dana|at|in data|il giorno|el día|el dia|no dia|a las|de|il|na|la|pe|în|
la data de|в|у|на|vào|vào lúc|pada|στις|την|בתאריך|ב-|ב|في|بتاريخ|kl|em|on the|datum|om|kuupäeval|le jour|
ngày|เมื่อ|於|在|a|dia|date|dia|pe data de
"""

WEEKDAYS = """
mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mo|di|mi|do|fr|sa|so|montag|
dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|lun|mar|mer|jeu|ven|sam|dim|lundi|mardi|mercredi|
jeudi|vendredi|samedi|dimanche|mié|jue|vie|sáb|dom|lunes|martes|miércoles|jueves|viernes|sábado|domingo|gio|lunedì|
martedì|mercoledì|giovedì|venerdì|sabato|domenica|seg|ter|qua|qui|sex|segunda|terça|quarta|quinta|sexta|ma|wo|vr|za|
zo|maandag|dinsdag|woensdag|donderdag|vrijdag|zaterdag|zondag|mån|tis|ons|tors|fre|lör|sön|måndag|tisdag|onsdag|
torsdag|fredag|lördag|söndag|man|tirs|lør|søn|mandag|tirsdag|lørdag|søndag|maanantai|tiistai|keskiviikko|torstai|
perjantai|lauantai|sunnuntai|to|pe|la|su|ke|ti|pon|wt|śr|czw|pt|sob|niedz|poniedziałek|wtorek|środa|czwartek|piątek|
sobota|niedziela|po|út|st|čt|pá|ne|пн|вт|ср|чт|пт|сб|вс|нд|понедельник|вторник|среда|четверг|пятница|суббота|
воскресенье|понеділок|вівторок|середа|четвер|п'ятниця|субота|неділя|pzt|sal|çar|per|cum|cmt|paz|hétfő|kedd|szerda|
csütörtök|péntek|szombat|vasárnap
"""

MONTHS = """
jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|
october|november|december|januar|februar|märz|mär|mai|juni|juli|oktober|okt|dezember|dez|janv|févr|mars|avr|juin|
juil|août|déc|janvier|février|avril|juillet|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|
junio|julio|agosto|septiembre|octubre|noviembre|diciembre|ene|abr|ago|dic|gennaio|febbraio|aprile|maggio|giugno|
luglio|settembre|ottobre|dicembre|gen|mag|giu|lug|set|ott|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|
novembro|dezembro|fev|mai|out|maart|mei|januari|februari|augustus|maj|augusti|stycznia|lutego|marca|kwietnia|maja|
czerwca|lipca|sierpnia|września|października|listopada|grudnia|sty|lut|kwi|cze|lip|sie|wrz|paź|lis|gru|января|
февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|янв|фев|мар|апр|июн|июл|авг|сен|сент|окт|
ноя|нояб|дек|січня|лютого|березня|квітня|травня|червня|липня|серпня|вересня|жовтня|листопада|грудня|січ|лют|бер|
квіт|трав|черв|лип|серп|вер|жовт|лист|груд|ocak|şubat|mart|nisan|mayıs|haziran|temmuz|ağustos|eylül|ekim|kasım|
aralık
"""

# The names of the four lines above a quoted message, by what they hold.
FROM = """
from|von|de|da|van|fra|från|frán|lähettäjä|od|feladó|de la|gönderen|kimden|από|מאת|من|от|від|发件人|發件人|寄件者|
寄件人|差出人|送信者|送信元|보낸 사람|보낸사람|발신|từ|người gửi|dari|จาก|ผู้ส่ง|expéditeur|remitente|mittente|
remetente|afzender|absender|avsändare|afsender|avsender|expeditor|nadawca|odesílatel|odosielateľ|pošiljatelj|
pošiljalac|kellelt|saatja|от кого|nuo|siuntėjas|no|sūtītājs|frá|sender|igorlea|подател|отправитель|відправник
"""
SENT = """
sent|date|sent on|date sent|gesendet|gesendet am|datum|envoyé|envoyé le|envoye|date d'envoi|enviado|enviado el|
enviado em|enviada|enviada em|fecha|data|inviato|verzonden|verzonden op|verstuurd|sendt|dato|skickat|lähetetty|
päivämäärä|päiväys|pvm|wysłano|wysłane|data wysłania|odesláno|odoslané|elküldve|küldve|dátum|trimis|gönderildi|
gönderme tarihi|gönderim zamanı|tarih|στάλθηκε|εστάλη|ημερομηνία|נשלח|תאריך|تاريخ|التاريخ|تاريخ الإرسال|отправлено|
дата|надіслано|发送时间|发送日期|日期|寄件日期|傳送日期|寄送日期|送信日時|日時|送信日|보낸 날짜|날짜|발송일|ngày|
đã gửi|gửi|dikirim|tanggal|ส่ง|ส่งเมื่อ|วันที่|message du|poslano|poslato|saadetud|kuupäev|išsiųsta|nosūtīts|
изпратено|enviat
"""
TO = """
to|an|à|a|para|per|aan|til|till|vastaanottaja|do|komu|címzett|către|catre|la|kime|alıcı|προς|אל|إلى|кому|до|收件人|
收件者|宛先|받는 사람|받는사람|수신|tới|đến|kepada|untuk|ถึง|destinataire|destinatario|destinatário|empfänger|za|
prima|kellele|adresatas|kam|destinataires|recipient|получатель|одержувач|sendt til
"""
CC = """
cc|bcc|kopie|copie|copie à|kopia|kopi|copia|cópia|kopio|dw|udw|копия|копія|抄送|副本|ccn|másolat|másolatot kap|참조|
bilgi|κοιν|cci|kk|kopija|עותק|نسخة|สำเนา|đồng gửi
"""
SUBJECT = """
subject|betreff|objet|asunto|oggetto|assunto|onderwerp|emne|ämne|aihe|temat|předmět|predmet|tárgy|subiect|konu|θέμα|
נושא|الموضوع|موضوع|тема|主题|主旨|主題|件名|제목|chủ đề|tiêu đề|perihal|subjek|หัวข้อ|เรื่อง|efni|tema|teema|zadeva|
assumpte|gaia|sujet|título|titel|titre|относно
"""
OTHER = """
reply-to|importance|attachments|priority|organization|organisation|message-id|wichtigkeit|priorität|anlagen|
répondre à|importanza|importancia|prioriteit|bijlagen|adjuntos|allegati|anexos|vedhæftet|x-mailer|mailed-by|
signed-by|lists|newsgroups|in-reply-to|references|pièces jointes|responder a|antwort an|вложения|priorité|prioridad|
newsgroup
"""

# The words of "-----Original Message-----" and its like.
ORIGINAL = """
original message|end of forwarded message|original mail|original e-mail|original email|originalnachricht|
original-nachricht|original nachricht|ursprüngliche nachricht|ursprüngliche e-mail|urspr. nachricht|
message d'origine|message d’origine|message original|message initial|mail original|courriel original|
courrier original|e-mail original|correo original|mensaje original|messaggio originale|messaggio originario|
messaggio inoltrato|mensagem original|oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|
oprindelig meddelelse|oprindelig besked|original besked|original meddelelse|original meddelande|opprinnelig melding|
original melding|ursprungligt meddelande|originalmeddelande|ursprungsmeddelande|alkuperäinen viesti|
oryginalna wiadomość|wiadomość oryginalna|wiadomość pierwotna|původní zpráva|původní e-mail|pôvodná správa|
eredeti üzenet|mesaj original|mesajul original|özgün ileti|orijinal mesaj|orijinal ileti|orjinal mesaj|αρχικό μήνυμα|
הודעה מקורית|الرسالة الأصلية|رسالة أصلية|исходное сообщение|оригинальное сообщение|первоначальное сообщение|
исходное письмо|вихідне повідомлення|оригінальне повідомлення|початкове повідомлення|оригинално съобщение|原始邮件|
原始郵件|原邮件|原始信件|原始訊息|元のメッセージ|original message|오리지널 메시지|원본 메일|원본 메시지|원본 메세지|
thư gốc|tin nhắn gốc|pesan asli|izvirno sporočilo|izvorna poruka|originalna poruka|originaalkiri|missatge original|
jatorrizko mezua|mensaxe orixinal|forwarded message|forwarded by|weitergeleitet von|transféré par|réacheminé par|
inoltrato da|reenviado por|doorgestuurd door|vidarebefordrat av|videresendt av|videresendt af|forwarded mail|
forward message|weitergeleitete nachricht|weitergeleitete mail|message transféré|message transmis|message réexpédié|
mensaje reenviado|mensagem encaminhada|mensagem reencaminhada|doorgestuurd bericht|doorgestuurde bericht|
videresendt meddelelse|videresendt besked|videresendt melding|vidarebefordrat meddelande|vidarebefordrat brev|
välitetty viesti|edelleenlähetetty|przekazana wiadomość|wiadomość przekazana|přeposlaná zpráva|preposlaná správa|
továbbított üzenet|mesaj redirecționat|iletilen mesaj|iletilmiş ileti|yönlendirilen ileti|yönlendirilmiş ileti|
προωθημένο μήνυμα|пересланное сообщение|пересылаемое сообщение|переслане повідомлення|转发邮件|转发的邮件|
转发邮件信息|轉寄郵件|転送メッセージ|転送されたメッセージ|転送されたメール|전달된 메시지|전달된 메일|reply message|
antwort nachricht|ответ на сообщение|回复邮件
"""
BEGIN_FORWARDED = """
begin forwarded message|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|
début du message réexpédié|début du message transféré|inicio del mensaje reenviado|inizio messaggio inoltrato|
início da mensagem reencaminhada|início da mensagem encaminhada|begin doorgestuurd bericht|
start på videresendt besked|videresendt melding|vidarebefordrat brev|välitetty viesti alkaa|
początek przekazywanej wiadomości|začátek přeposílané zprávy|začiatok preposlanej správy|
начало переадресованного сообщения|початок переадресованого повідомлення|továbbított levél kezdete|
iletilmiş mesajın başlangıcı|转发的邮件开始|開始轉寄郵件|転送されたメッセージ
"""

# "Sent from …": the beginnings that are enough with "my" or a name, and the ends of languages with the verb last.
SENT_FROM = """
sent from|sent wirelessly from|sent via|sent with|sent using|sent by|sent on|sent through|sent by|send from|
sent with the|gesendet von|gesendet mit|gesendet via|gesendet über|gesendet aus|gesendet vom|versendet mit|
verschickt mit|envoyé de|envoyé depuis|envoyé à partir|envoyé via|envoyé avec|envoyé par|envoyé du|envoye depuis|
enviado desde|enviado de|enviado do|enviado da|enviado a partir|enviado con|enviado com|enviado por|enviado via|
enviado pelo|enviado mediante|enviada do|inviato da|inviato dal|inviato con|inviato tramite|inviata da|
verzonden vanaf|verzonden vanuit|verstuurd vanuit|verzonden met|verzonden via|verzonden van|verstuurd vanaf|
verstuurd met|verstuurd via|verstuurd van|gestuurd vanaf|sendt fra|sendt via|sendt med|skickat från|skickat via|
skickat med|skickades från|lähetetty|wysłane z|wysłano z|wysłane przy|wysłane za|odesláno z|odesláno ze|odoslané z|
odoslané zo|elküldve|küldve|trimis de pe|trimis din|отправлено с|отправлено из|отправлено через|отправлено со|
послано с|надіслано з|відправлено з|poslano z|poslano iz|poslano s|poslato sa|изпратено от|εστάλη από|στάλθηκε από|
נשלח מ|נשלח מה|أرسلت من|مرسل من|أُرسلت من|تم الإرسال من|发自|發自|傳自|发送自|从我的|從我的|来自我的|來自我的|自我的|
gửi từ|được gửi từ|đã gửi từ|dikirim dari|dikirim daripada|ส่งจาก|enviat des de|enviat des del|saadetud|išsiųsta iš|
nosūtīts no|sendt frá|sent úr
"""
SENT_FROM_MY = """
from my|von meinem|von meiner|depuis mon|de mon|desde mi|do meu|dal mio|vanaf mijn|van mijn|fra min|från min|
mit meinem|via my|with my|on my|c моего|с моего|з мого
"""
SENT_FROM_END = """
gesendet|verschickt|verzonden|gestuurd|傳送|发送|送信|から送信|から送信されました|에서 보냄|에서 보냈습니다|
에서 전송됨|보냄|gönderildi|gönderilmiştir|küldve|küldött|lähetetty|envoyé|sent
"""
GET_APP = """
get outlook for|get [outlook|download outlook|holen sie sich outlook|laden sie outlook|outlook für|obtenez outlook|
télécharger outlook|téléchargez outlook|obtener outlook|obtén outlook|descargar outlook|obter o outlook|
obtenha o outlook|scarica outlook|ottieni outlook|outlook voor|download outlook|hent outlook|hämta outlook|
skaffa outlook|hanki outlook|pobierz outlook|pobierz aplikację outlook|stáhnout outlook|получить outlook|
скачать outlook|获取 outlook|取得 outlook|下载 outlook|get mailbird|get typeapp|get bluemail|get aqua mail|
get the new
"""
BRANDS = """
iphon|ipad|ipod|android|blackberry|samsung
"""
DEVICES = """
ios|galaxy|htc|nokia|lumia|huawei|xiaomi|redmi|oneplus|motorola|moto|sony|xperia|wiko|alcatel|pixel|nexus|lg|zte|
honor|oppo|mobile|mobil|mobilgerät|handy|mobiltelefon|phone|smartphone|smart phone|cell|cell phone|cellphone|tablet|
windows|outlook|airmail|thunderbird|gmail|gmx|web.de|yahoo|ymail|aol|protonmail|proton|mailbox|mailbird|spark|
superhuman|typeapp|bluemail|sparrow|k-9|k9|boxer|newton|polymail|hey|zimbra|zoho|tutanota|tuta|fairemail|aqua|
mail.ru|yandex|icloud|inbox|front|missive|mail for|mac|macbook|imac|apple|watch|móvil|movil|celular|teléfono|
telefono|téléphone|portable|mobiel|telefoon|telefon|telefonu|puhelin|телефон|телефона|мобильного|手机|手機|device|
gerät|appareil|dispositivo|pc|laptop|computer|treo|palm|mobility|verizon|at&t|t-mobile|unterwegs|vodafone|orange|
sfr|o2|workspace|acompli|nine|unibox|postbox|evolution|mutt|emclient|em client
"""

# A mark we or another help desk put above our own text.
ANSWER_ABOVE = """
write your answer above this line|write your reply above this line|type your reply above this line|
enter your reply above this line|add your reply above this line|your reply above this line|
please reply above this line|reply above this line|reply above the line|schreiben sie ihre antwort über diese zeile|
schreiben sie ihre antwort oberhalb dieser zeile|schreib deine antwort über diese zeile|
bitte antworten sie oberhalb dieser linie|antwort über dieser zeile|antworten sie oberhalb dieser zeile|
antwort oberhalb dieser zeile|antwort bitte oberhalb dieser linie|écrivez votre réponse au-dessus de cette ligne|
veuillez répondre au-dessus de cette ligne|répondez au-dessus de cette ligne|répondre au-dessus de cette ligne|
escriba su respuesta por encima de esta línea|escribe tu respuesta por encima de esta línea|
escriba su respuesta encima de esta línea|responda por encima de esta línea|responder por encima de esta línea
"""


def words(text: str) -> str:
    """The alternation of a list above, longest first, so that "envoyé le" is not read as "envoyé"."""
    return "|".join(re.escape(word) for word in sorted(names(text), key=lambda word: (-len(word), word)))


def names(text: str) -> frozenset[str]:
    return frozenset(fold(word.strip()) for word in text.replace("\n", "").split("|")) - {""}


def fold(text: str) -> str:
    """Lower case as comparisons need it, without the dot that Turkish İ leaves behind."""
    return text.casefold().replace("\u0307", "")


def pattern(before: str, text: str, after: str = "") -> re.Pattern[str]:
    return re.compile(f"{before}(?:{words(text)}){after}")
