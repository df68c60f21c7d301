"""What robots write in headers, subjects and first lines, in the languages they speak."""

import re

DAEMONS = re.compile(
    r"(?:^|[<\s\"'(.])(?:mailer[-_ ]?daemon|mail[-_ ]?daemon|post[-_ ]?master|mdaemon|bounces?|"
    r"mail[-_ ]?delivery|delivery[-_]?(?:status|failure|agent)|undeliverable|"
    r"mailerdaemon)(?:[-+=._][^@\s>]{0,100})?(?:@|[>\s\"')]|$)",
    re.I,
)
MAILER_DAEMON = re.compile(r"mailer[-_ ]?daemon", re.I)
DELIVERY_SYSTEM = re.compile(
    r"mail deliver(?:y|er)? (?:sub)?system|mail deliver system|internet mail delivery|mail administrator|"
    r"system administrator|mail system",
    re.I,
)

# A person answering a mail whose subject speaks of a failed delivery.
ANSWERS = re.compile(
    r"\s*(?:re|aw|antw|antwort|sv|vs|rv|r|rif|res|odp|vá|ynt|απ|bls|ref|回复|答复|回覆|回信|返信)(?:\[\d+\])?\s?[:：]",
    re.I,
)
FAILED = re.compile(
    r"undeliver|could ?n.t be delivered|could not be delivered|not (?:be )?delivered|"
    r"un(?:able|successful) (?:to )?deliver|delivery (?:has )?fail|delivery (?:status )?notif|delivery status|"
    r"delivery (?:error|problem|report|delayed|incomplete|unsuccessful|warning)|failure notice|failure delivery|"
    r"failed (?:mail )?delivery|failure notification|returned mail|mail returned|returned to sender|"
    r"returned e-?mail|mail (?:delivery )?(?:failed|failure|error|system error)|"
    r"message (?:delivery )?(?:failed|failure|delayed|undeliverable|not delivered)|"
    r"warning: (?:message|could not send)|could not send (?:mail|message)|"
    r"e-?mail (?:delivery )?(?:failure|failed|bounce|error)|bounce(?:d)? (?:e-?mail|mail|notif|message)|"
    r"permanent (?:delivery )?(?:failure|error)|nondeliverable|non.?delivery|mail could not|message could not|"
    r"unknown (?:user|recipient|address)|user unknown|address not found|rejected (?:mail|posting)|"
    r"message rejected|mailbox (?:full|unavailable|exceeded)|unzustellbar|nicht zustellbar|nicht zugestellt|"
    r"zustell(?:ung|fehler)|unzustellbarkeit|non remis|non distribu|échec de (?:la )?(?:remise|distribution)|"
    r"avis de non[- ]remise|no se (?:ha )?(?:puede|pudo|podido) entregar|no entregado|error de entrega|devuelto|"
    r"devolu[cç]|não (?:foi )?entreg|falha (?:na|de) entrega|mancat[ao] (?:recapito|consegna)|mancata consegna|"
    r"impossibile recapitare|niet bezorgd|onbestelbaar|kunne ikke leveres|kunde inte levereras|"
    r"не (?:было )?доставлен|недоставлен|nedoručiteľn|nedoručiteln|niedostarcz|nie dostarczon|kézbesíthetetlen|"
    r"ei voitu toimittaa|teslim edilemedi|not member article|ignored the command|"
    r"配信(?:不能|エラー|できません|に失敗)|送信できません|届けられません|退信|无法投递|投递失败|未能送达|"
    r"無法傳送|반송|전송 실패|gagal|không gửi được|cannot be delivered|delivery notification",
    re.I,
)
FAILED_TEXT = re.compile(
    r"could ?n.t be delivered|could not be delivered|could not deliver|not able to deliver|unable to deliver|"
    r"undeliverable|delivery (?:has |to )?(?:the following |failed|attempt)|delivery fail|failed permanently|"
    r"permanent(?:ly)? (?:fatal )?(?:error|failure)|this is the (?:qmail|mail system|postfix|mail delivery)|"
    r"mail delivery (?:agent|software|system)|did not reach|was not delivered|wasn.t delivered|"
    r"has been rejected|user unknown|unknown user|no such (?:user|recipient)|mailbox (?:is )?full|over quota|"
    r"does not exist|address(?:es)? (?:had|failed|couldn)|returned (?:message|mail)|"
    r"message (?:that you sent|you sent).{0,80}(?:not|fail)|undelivered|automatic bounce|bounce notification|"
    r"still (?:being|trying)|will be retried|550[ -]|unzustellbar|nicht zugestellt|konnte nicht|n.a pas pu être|"
    r"no se pudo|不能|エラー|не (?:может|удалось|доставлен)|invalid (?:recipient|address)|"
    r"there was a problem delivering|original message follows|reject reason|transcript of session|"
    r"permanent fatal errors",
    re.I,
)
DELAYED = re.compile(
    r"delay|deferred|still (?:being|trying)|will (?:be retried|continue|keep trying)|warning[:-]|"
    r"not yet been delivered|verzögert|temporary problem|temporarily|do not need to resend|retard|demorad|"
    r"could not send m\w+ for past|has not been delivered yet|status notification: warning",
    re.I,
)

AWAY_SUBJECT = re.compile(
    r"\W{0,3}(?:(?:automatic|automated|auto)[- ]?(?:reply|response|responder|responce|answer|generated reply)|"
    r"auto(?:matic)?[- ]?re(?:ply|sponse)|autoreply|autoresponse|autoresponder|auto(?:matisch)?(?:[- ]?re)?\s?:|"
    r"out[- ]of[- ](?:the[- ])?office|ooo(?:\b|:)|i am (?:away|out)|i.m (?:away|out)|away (?:from|until|till|"
    r"on)|on (?:vacation|holiday|annual leave|leave)|vacation (?:reply|notice|message|response|auto)|"
    r"holiday (?:reply|notice|message)|absence|abwesen(?:d|heit)|automatische (?:antwort|abwesenheit|"
    r"rückantwort|e-?mail)|auto(?:matische)?[- ]?antwort|nicht im büro|bin im urlaub|urlaubs(?:notiz|vertretung|"
    r"abwesenheit)|außer haus|réponse automatique|reponse automatique|absent(?:e)?\b|absence du bureau|"
    r"message d.absence|en congés?|respuesta autom[áa]tica|fuera de (?:la )?oficina|ausente|estoy fuera|"
    r"ausencia|resposta autom[áa]tica|fora do escritório|ausência|risposta automatica|fuori (?:ufficio|sede)|"
    r"assente|assenza|automatisch(?:e)? (?:antwoord|beantwoord)|afwezig|niet aanwezig|automatiskt svar|frånvaro|"
    r"autosvar|automatisk svar|automatisk besvarelse|fravær|ikke til stede|automaattinen vastaus|poissa|"
    r"poissaolo|autoodpowied|automatyczna odpowied|poza biurem|nieobecn|automatická odpov|mimo kancel|"
    r"automatikus válasz|házon kívül|răspuns automat|otomatik yan[ıi]t|ofis dışında|автоответ|"
    r"автоматический ответ|отсутств|автоматична відповідь|automatski odgovor|samodejni odgovor|"
    r"αυτόματη απάντηση|תשובה אוטומטית|رد تلقائي|自動(?:応答|返信|回覆|回复)|自动(?:回复|答复)|不在(?:通知|連絡|"
    r"のお知らせ)|休暇|자동 (?:회신|응답)|부재중|trả lời tự động|balas otomatis|ตอบกลับอัตโนมัติ)",
    re.I,
)
CALENDAR_SUBJECT = re.compile(
    r"(?:accepted|declined|tentative(?:ly accepted)?|angenommen|zugesagt|abgelehnt|mit vorbehalt|accepté|refusé|"
    r"aceptad[oa]|rechazad[oa])\s?:",
    re.I,
)
RECEIPT_SUBJECT = re.compile(
    r"(?:read|not read|gelesen|nicht gelesen|lu|non lu|leído|letto|lida|gelezen|läst|læst|lest)\s?:|"
    r"(?:return|read) receipt|lesebestätigung|empfangsbestätigung|accusé de (?:lecture|réception)|"
    r"confirmación de lectura",
    re.I,
)
COMPLAINT_SUBJECT = re.compile(
    r"complaint about message from|e-?mail feedback report|(?:spam|abuse) (?:report|complaint)|feedback loop", re.I
)
JSON_NOTICE = re.compile(r"\"(?:notificationType|eventType)\\?\"\s{0,3}:\s{0,3}\\?\"(\w{1,20})\\?\"")
