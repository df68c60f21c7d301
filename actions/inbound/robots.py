"""What robots write in headers, subjects and first lines, in the languages they speak."""

import re

DAEMONS = re.compile(
    r"(?:^|[<\s\"'(.])(?:mailer[-_ ]?daemon|mail[-_ ]?daemon|post[-_ ]?master|mdaemon|bounces?|mail[-_ ]?delivery|"
    r"mta|delivery[-_]?(?:status|failure|agent)"
    r"|undeliverable|mailerdaemon)(?:[-+=._][^@\s>]{0,100})?(?:@|[>\s\"')]|$)",
    re.I,
)
MAILER_DAEMON = re.compile(r"mailer[-_ ]?daemon", re.I)
DELIVERY_SYSTEM = re.compile(
    r"mail deliver(?:y|er)? (?:sub)?system|mail deliver system|internet mail delivery|mail administrator|system "
    r"administrator|mail system",
    re.I,
)

# A person answering a mail whose subject speaks of a failed delivery.
ANSWERS = re.compile(
    r"\s*(?:re|aw|antw|antwort|sv|vs|rv|r|rif|res|odp|vá|ynt|απ|bls|ref|回复|答复|回覆|回信|返信)(?:\[\d+\])?\s?[:：]",
    re.I,
)
FAILED = re.compile(
    r"undeliver|could ?n.t be delivered|could not be delivered|not (?:be )?delivered|un(?:able|successful) (?:to "
    r")?deliver|delivery (?:has )?fail|"
    r"delivery (?:status )?notif|delivery status|delivery (?:error|problem|report|delayed|incomplete|unsuccessful|"
    r"warning)|failure notice|failure delivery|"
    r"failed (?:mail )?delivery|failure notification|returned mail|mail returned|returned to sender|returned "
    r"e-?mail|mail (?:delivery )?(?:failed|failure|error|system error)|"
    r"message (?:delivery )?(?:failed|failure|delayed|undeliverable|not delivered)|warning: (?:message|could not "
    r"send)|could not send (?:mail|message)|"
    r"e-?mail (?:delivery )?(?:failure|failed|bounce|error)|bounce(?:d)? (?:e-?mail|mail|notif|message)|permanent "
    r"(?:delivery )?(?:failure|error)|nondeliverable|non.?delivery|"
    r"mail could not|message could not|unknown (?:user|recipient|address)|user unknown|address not found|rejected "
    r"(?:mail|posting)|message rejected|mailbox (?:full|unavailable|exceeded)|"
    r"unzustellbar|nicht zustellbar|nicht zugestellt|zustell(?:ung|fehler)|unzustellbarkeit|non remis|non "
    r"distribu|échec de (?:la )?(?:remise|distribution)|"
    r"avis de non[- ]remise|no se (?:ha )?(?:puede|pudo|podido) entregar|no entregado|error de entrega|devuelto|"
    r"devolu[cç]|não (?:foi )?entreg|falha (?:na|de) entrega|"
    r"mancat[ao] (?:recapito|consegna)|mancata consegna|impossibile recapitare|niet bezorgd|onbestelbaar|kunne "
    r"ikke leveres|kunde inte levereras|"
    r"не (?:было )?доставлен|недоставлен|nedoručiteľn|nedoručiteln|niedostarcz|nie dostarczon|kézbesíthetetlen|ei "
    r"voitu toimittaa|teslim edilemedi|"
    r"not member article|ignored the command|配信(?:不能|エラー|できません|に失敗)|送信できません|届けられません|"
    r"退信|无法投递|投递失败|未能送达|無法傳送|반송|전송 "
    r"실패|gagal|không gửi được|cannot be delivered|delivery notification",
    re.I,
)
FAILED_TEXT = re.compile(
    r"could ?n.t be delivered|could not be delivered|could not deliver|not able to deliver|unable to deliver|"
    r"undeliverable|delivery (?:has |to )?(?:the following |failed|attempt)|"
    r"delivery fail|failed permanently|permanent(?:ly)? (?:fatal )?(?:error|failure)|this is the (?:qmail|mail "
    r"system|postfix|mail delivery)|mail delivery (?:agent|software|system)|"
    r"did not reach|was not delivered|wasn.t delivered|has been rejected|user unknown|unknown user|no such "
    r"(?:user|recipient)|mailbox (?:is )?full|over quota|does not exist|"
    r"address(?:es)? (?:had|failed|couldn)|returned (?:message|mail)|message (?:that you sent|you "
    r"sent).{0,80}(?:not|fail)|undelivered|automatic bounce|bounce notification|"
    r"still (?:being|trying)|will be retried|550[ -]|unzustellbar|nicht zugestellt|konnte nicht|n.a pas pu être|"
    r"no se pudo|不能|エラー|не (?:может|удалось|доставлен)|invalid (?:recipient|address)|"
    r"there was a problem delivering|original message follows|reject reason|transcript of session|permanent fatal "
    r"errors",
    re.I,
)
DELAYED = re.compile(
    r"delay|deferred|still (?:being|trying)|will (?:be retried|continue|keep trying)|warning[:-]|not yet been "
    r"delivered|verzögert|temporary problem|temporarily|"
    r"do not need to resend|retard|demorad|could not send m\w+ for past|has not been delivered yet|status "
    r"notification: warning",
    re.I,
)

AWAY_SUBJECT = re.compile(
    r"\W{0,3}(?:(?:automatic|automated|auto)[- ]?(?:reply|response|responder|responce|answer|generated reply)|"
    r"auto(?:matic)?[- ]?re(?:ply|sponse)|autoreply|autoresponse|autoresponder|"
    r"auto(?:matisch)?:|out[- ]of[- ](?:the[- ])?office|ooo(?:\b|:)|i am (?:away|out)|i.m (?:away|out)|away "
    r"(?:from|until|till|on)|on (?:vacation|holiday|annual leave|leave)|vacation (?:reply|notice|message|response|"
    r"auto)|"
    r"holiday (?:reply|notice|message)|absence|"
    r"abwesen(?:d|heit)|automatische (?:antwort|abwesenheit|rückantwort|e-?mail)|auto(?:matische)?[- ]?antwort|"
    r"nicht im büro|bin im urlaub|urlaubs(?:notiz|vertretung|abwesenheit)|außer haus|"
    r"réponse automatique|reponse automatique|absent(?:e)?\b|absence du bureau|message d.absence|en congés?|"
    r"respuesta autom[áa]tica|fuera de (?:la )?oficina|ausente|estoy fuera|ausencia|resposta autom[áa]tica|fora "
    r"do escritório|ausência|"
    r"risposta automatica|fuori (?:ufficio|sede)|assente|assenza|automatisch(?:e)? (?:antwoord|beantwoord)|"
    r"afwezig|niet aanwezig|automatiskt svar|frånvaro|autosvar|automatisk svar|automatisk besvarelse|fravær|ikke "
    r"til stede|"
    r"automaattinen vastaus|poissa|poissaolo|autoodpowied|automatyczna odpowied|poza biurem|nieobecn|automatická "
    r"odpov|mimo kancel|automatikus válasz|házon kívül|răspuns automat|"
    r"otomatik yan[ıi]t|ofis dışında|автоответ|автоматический ответ|отсутств|автоматична відповідь|automatski "
    r"odgovor|samodejni odgovor|αυτόματη απάντηση|תשובה אוטומטית|رد تلقائي|"
    r"自動(?:応答|返信|回覆|回复)|自动(?:回复|答复)|不在(?:通知|連絡|のお知らせ)|休暇|자동 (?:회신|응답)|부재중|"
    r"trả lời tự động|balas otomatis|"
    r"ตอบกลับอัตโนมัติ)",
    re.I,
)
CALENDAR_SUBJECT = re.compile(
    r"(?:accepted|declined|tentative(?:ly accepted)?|angenommen|zugesagt|abgelehnt|mit vorbehalt|accepté|refusé|"
    r"aceptad[oa]|rechazad[oa])\s?:",
    re.I,
)
RECEIPT_SUBJECT = re.compile(
    r"(?:read|not read|gelesen|nicht gelesen|lu|non lu|leído|letto|lida|gelezen|läst|læst|lest)\s?:|(?:return|"
    r"read) receipt|lesebestätigung|empfangsbestätigung|accusé de (?:lecture|réception)|confirmación de lectura",
    re.I,
)
COMPLAINT_SUBJECT = re.compile(
    r"complaint about message from|e-?mail feedback report|(?:spam|abuse) (?:report|complaint)|feedback loop", re.I
)
JSON_NOTICE = re.compile(r"\"(?:notificationType|eventType)\\?\"\s{0,3}:\s{0,3}\\?\"(\w{1,20})\\?\"")
