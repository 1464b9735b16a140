"""The words of mail servers, in the languages in which they write: what did not arrive, whom it was for, and why."""

from __future__ import annotations

import re


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE | re.MULTILINE)


ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z0-9-]{2,63}"

TAGS = r"(?:\s{0,4}(?:\[[^\]]{1,24}\]|\*{1,6}[\w -]{1,20}\*{1,6}|\{[^}]{1,24}\})\s?){0,2}"
"""What gateways put before a subject: [EXTERNAL], ***SPAM***."""

FORM = re.compile(  # a subject as servers are known to write it, from its first word on
    rf"{TAGS}[\s\[*\"(]{{0,6}}(?:"
    # English
    r"un-?deliver(?:ed|able)(?:\s{0,3}[:：]|( (?:e-?mail|mail|message))?( returned( to sender)?)?\s{0,4}(?:$|[-:(]))|"
    r"(?:mail|message|e-?mail) (?:un-?deliverable|undelivered|not delivered)|not delivered:|non-?deliver(?:able|y) |"
    r"(?:mail|message|e-?mail) delivery (?:failed|failure|error|problem|delay|system|sub-?system|status|report|notif)|"
    r"failure notice\b|failure delivery|failed mail|delivery status notif|delivery[ -](?:status|reports?)\b|"
    r"delivery (?:failure|failed|error|problem|notification|delay(?:ed)?)\s{0,4}(?:$|[-:(])|"
    r"returned (?:mail|e-?mail)\b|mail returned|returning mail|message you sent (?:was |has been )?(?:blocked|"
    r"rejected)|message (?:returned|expired|blocked|rejected)|"
    r"(?:warning: )?(?:message|mail|could not send message|e-?mail) .{0,60}(?:delayed|past \d|for past|still in)|"
    r"could not (?:send|deliver) (?:message|mail)|mail could not be|undelivered mail|nondeliver|ndn:|"
    r"permanent delivery failure|rejected posting|mail failed, return|"
    r"message status - undeliver|delivery has failed|notice: mail delivery|mail not delivered|"
    r"mail system error|error sending|mail failure|bounced mail|\(?delivery\)? ?fail(?:ure|ed):|warning: (?:could|"
    r"e-?mail)|"
    r"your (?:message|mail|e-?mail) (?:to .{1,80})?(?:could not|couldn't|cannot|was not|has been (?:delayed|rejected))|"
    # other languages of Europe
    r"unzustellbar|nicht zustellbar|zustellung (?:der nachricht )?fehlgeschlagen|unzustellbare|mail nicht zugestellt|"
    r"non remis|non-?remise|échec de (?:la )?(?:remise|distribution|livraison)|message non (?:remis|distribu|délivr)|"
    r"no se puede entregar|no se pudo entregar|mensaje no entregado|no entregado|correo devuelto|"
    r"(?:notifica(?:ción|zione) (?:de|di) )?(?:error|mancata) (?:de entrega|consegna)|impossibile recapitare|"
    r"mancato recapito|non recapitabile|não é possível entregar|não foi possível entregar|não entregue|"
    r"falha na entrega|"
    r"onbestelbaar|niet bezorgd|olevererbart|kan ikke leveres|ikke leveret|kunne ikke leveres|toimittaminen ei onnistu|"
    r"(?:viestin )?toimittaminen epäonnistui|niedostarczalne|nie można dostarczyć|niedostarczono|zwrot wiadomości|"
    r"nedoručitelné|nedoručeno|nelze doručit|не ?удается доставить|не ?доставлено|недоставленн|не ?удалось доставить|"
    r"невозможно доставить|сообщение не доставлено|kézbesíthetetlen|teslim edilemedi|iletilemedi|"
    # Chinese, Japanese, Korean
    r"(?:系统|系統)?退信|退件|(?:邮件|郵件)?(?:投递|投遞|发送|傳送|寄送)(?:失败|失敗)|无法(?:送达|投递|传递|发送)|"
    r"無法(?:傳送|傳遞|投遞|送達)|未(?:送达|送達|传递|傳遞|投递)|(?:メール|配信|配送|送信)\S{0,6}(?:不能|エラー|失敗|できません)|"
    r"配信不能|配信できません|反送|(?:메일 ?)?(?:반송|배달되지 않음|배달할 수 없|전송 ?실패|발송 ?실패))",
    re.IGNORECASE,
)
OPENING = re.compile(  # how some begin, whatever subject they give it
    r"\s{0,9}(?:(?:hi|hello|dear \w{1,20})[.,!]?\s{1,4})?(?:this is (?:the|an?) .{0,60}"
    r"(?:mail (?:server|system|program)|qmail-send|delivery status notification|smtp server)|"
    r"this (?:message|mail|report) (?:was|is|has been) (?:created |generated )?automatically (?:by|generated)|"
    r"(?:sorry|we are sorry|we're sorry|unfortunately)[,.]? .{0,60}(?:unable|able|not) (?:to deliver|be delivered))",
    re.IGNORECASE,
)
PARCEL = re.compile(  # as people begin one, too, who wait for something else
    r"\W{0,6}(?:delivery (?!status)|failure delivery|undelivered\W{0,4}$|zustellung|не ?доставлен|未(?:送达|送達))",
    re.IGNORECASE,
)
SUBJECT = _any(
    # English
    r"undeliver(ed|able|y)|non-?deliver|not? deliver(ed|able)|return(ed|ing)? (mail|message|e-?mail|to sender)",
    r"(mail|message|e-?mail)s? (was )?(returned|rejected|bounced|blocked|undelivered|not sent)",
    r"deliver(y|ed)? ?(status|fail(ure|ed)?|problem|error|report|notification|delay|incomplete|warning|attempt)",
    r"fail(ed|ure) (delivery|notice|mail|to deliver)|error sending|delayed mail|delayed: |message expired",
    r"(mail|message|delivery).{0,30}(fail(ed|ure)|delayed|could ?n[o']t be|cannot be|can't be|status|error)",
    r"(could not|couldn't|cannot|can't|unable to|did not|problem) (send|deliver|reach|delivering)",
    r"bounced?( mail| message| e-?mail)?\b|rejected (mail|message|posting|by)|permanent (delivery )?(failure|error)",
    r"user unknown|unknown (user|recipient)|mailbox (is )?(full|unavailable)|over quota|quota exceeded",
    r"considered (unsolicited|spam)|message you sent .{0,20}(blocked|rejected)|\berror( condition)? re:|"
    r"\[\S{1,40}\] error|\bndn:|warning: ",
    r"address (not found|rejected)|invalid (recipient|address)",
    # German, French, Spanish, Italian, Portuguese, Dutch
    r"unzustellbar|nicht zu(ge)?stell|zustellung.{0,20}(fehl|nicht)|zurückgesandt|fehlgeschlagen",
    r"non remis|échec de (la |l')?(remise|livraison|distribution|envoi)|non (distribu|délivr|livr|recens)",
    r"no se (ha )?(puede|podido|pudo) entregar|no entregado|devuelto|error (de|en la) entrega|sin entregar",
    r"impossibile recapitare|non recapita|mancat[ao] (consegna|recapito)",
    r"não (é|foi) possível entregar|não (foi )?entregue|falha na entrega|devolvid[ao]",
    r"onbestelbaar|niet (bezorgd|afgeleverd)|kan niet worden",
    # Nordic and Slavic languages, Hungarian, Turkish
    r"olevererba|(gick inte att|kunde inte) leverera|k[au]n(ne)? ikke leveres|uleverbar|ikke leveret",
    r"toimittaminen epäonnistui|(nie można|nie udało się) dostarczyć|niedostarcz|zwrot wiadomości|nedoruč",
    r"nelze doručit",
    r"не ?доставлен|невозможно доставить|ошибка доставки|kézbesíthetetlen|teslim edileme|iletileme",
    # Chinese, Japanese, Korean
    r"退信|退件|无法(送达|投递|传递|发送)|無法(傳送|傳遞|投遞|送達|寄送)|未(送达|傳遞|传递|送達)",
    r"(投递|投遞|傳遞|传递|送信|配信|配送|発信)(失败|失敗|不能|できません|エラー)",
    r"送れません|届けられません|不達|エラーメール|お届けできません|반송|배달(되지|할 수)|(전송|발송) ?(실패|오류)",
)
TEXT = _any(
    r"(could|can) ?not be (delivered|sent|reached)|couldn't be delivered|not (been )?delivered",
    r"un(deliverable|delivered)",
    r"permanent fatal errors|transcript of session|(did not|not) (reach|receive)",
    r"delivery (problem|failed|failure|status)",
    r"(unable|wasn't able|was not able|failed|impossible) to (deliver|relay|send|be delivered)",
    r"deliver(y|ing) .{0,60}(failed|failure|error)|delivery to |deliver your (mail|message)",
    r"following (address|recipient|user|destination)|(user|address|recipient|mailbox) (un|not )known",
    r"unknown (user|address|recipient|mailbox|local)|no such (user|recipient|mailbox|address|person|account)",
    r"unrouteable|unroutable|mailbox (is )?(full|unavailable|not found|disabled)|quota|not enough|not listed in",
    r"(recipient|address|user)('s)? (address |mailbox )?(is )?(rejected|not found|disabled|invalid)",
    r"does(n't| not) exist|considered unsolicited|delivery of the e-?mail was stopped|blocked by our",
    r"doesn't have an? |invalid (recipient|address|mailbox)|smtp error|remote (host|server|mail system|smtp)| said:",
    r"(message|mail) (has been )?(rejected|bounced|returned|blocked)|returned (mail|message|to sender)|<<< ?[45]\d\d",
    r"connection (timed out|refused)|retry time|will keep trying|[45]\d\d[ -]\#?[45]\.\d{1,3}\.\d{1,3}|rcpt to:",
    r"退信|无法(送达|投递|传递)|無法(傳送|傳遞|投遞|送達)|(送信|配信)できません|届けることができ|宛先不明",
    r"見つかりません|退回|收件人.{0,12}(不存在|未找到)|(用户|邮箱|郵箱)不存在|수신자|존재하지 않",
    r"unzustellbar|konnte nicht|nicht zugestellt|n'a pas pu|non (remis|distribu)|no se (pudo|puede|ha podido)",
    r"non è stato possibile|impossibile|não (foi|pôde|pode)|kon niet|kunde inte|ikke leveres|не удалось|невозможно",
    r"не (был[оаи]? )?доставлен",
)
PROTOCOL = _any(  # what stands in no letter unless it is quoted
    r"qmail-send|created automatically by mail delivery software|transcript of session|permanent fatal errors",
    r"\brcpt to:|<<< ?[45]\d\d|host [^\s]{1,80}( \[[^\]]{1,60}\])? said:|smtp (error|server)",
    r"[45]\d\d[ -]\#?[45]\.\d{1,3}\.\d{1,3}|\(#[45]\.\d{1,3}\.\d{1,3}\)|(user|recipient) unknown|unknown (user|local)",
    r"the e-?mail you sent with the following subject|considered unsolicited bulk|delivery of the e-?mail was stopped",
    r"unrouteable|not listed in (domino|public name)|(^|[\s:(<])[45][0-5]\d[ -](user|mailbox|no such|unknown|"
    r"invalid|sorry)",
    r"(^|[\s:(<])[45][0-5]\d[ -](requested (action|mail)|recipient|relay|address|rejected|mail (box|address)|"
    r"permanent)",
    r"retry timeout exceeded|mailbox (is )?(full|unavailable)|maximum delivery attempts",
    r"delivery attempts will continue|this is the (mail|postfix) (system|program)",
    r"^\s{0,4}(reporting-mta|final-recipient|diagnostic-code|arrival-date):|^\s{0,4}received: (from|by) ",
    r"(your|following) (e-?mail |mail )?(message|mail)\b.{0,100}\b(could|can) ?not be delivered to",
    r"did not reach the following recipient|following recipient(\(s\)|s)? (cannot|could not|can't) be reached",
    r"\bMSEXCH:|\bX\.400|MTS-ID|c=\w{0,20};a=.{0,20};p=|reason: (remote|host|5\d\d|4\d\d)",
)
OF_MAIL = re.compile(
    r"mail|message|smtp|rcpt|nachricht|courriel|correo|mensaje|messaggio|mensagem|bericht|meddeland|melding|besked|"
    r"viesti|wiadomo|zpráv|správ|сообщени|письм|повідомл|üzenet|ileti|μήνυμα|邮件|郵件|信件|退信|メール|메일|메시지",
    re.IGNORECASE,
)
COPY = _any(
    r"^[\s>]{0,8}-{2,80}.{0,60}(copy|original|returned|unsent|message|text|header).{0,60}$",
    r"^[\s>]{0,8}(received|return-path): .{1,200}$",
)
DELAYED = _any(
    r"will (keep|be) (trying|retried)|still (being )?(trying|attempted|in the queue|retr)|not yet been delivered",
    r"delayed",
    r"do(es)? not need to resend|warning message only|temporar(y|ily)|will continue",
)
TRIES_ON = _any(r"will (retry|keep trying|try again)|retry for \d+|delivery attempts will continue|still being retried")
FOR_GOOD = _any(r"permanent|giv(e|ing) up|gave up|unknown|no such|not exist|not found|\b5[0-5]\d[ -]|returned|expired")
ARRIVED = _any(
    r"(was|were|has been|have been) (successfully )?(delivered|relayed) to|(?<!not be )successfully (delivered|"
    r"relayed|sent)",
    r"^delivery status notification \((relay|success)|^(delivered|relayed|expanded):|delivery confirmation",
)
FAILED = _any(
    r"fail(ed|ure)|(could|can) ?n[o']t|unable|undeliver|not (be |been )?(delivered|relayed)|rejected|returned"
)
