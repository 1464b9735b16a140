"""Words by which somebody is a person who writes of a mail that came back, and no server that sends it back."""

from __future__ import annotations

import re

_TO_DELIVER = (
    r"(?! ?(?:afraid|sorry|given|unable to del|not able to del|to deliver|to reach|not deliver|deliver |reach ))"
)
PERSON = re.compile(
    "|".join(
        (
            # English; servers are sorry, too, and were not able to
            rf"\b(?-i:I)(?:['’](?:m|ve|d|ll)| (?:am|was|have|had|get|got|keep|kept|receive|received|returned|wrote|"
            rf"write)\b"
            r"| (?:sent|send|want|need|do|did|don['’]t|didn['’]t|ordered|bought|see|saw|tried|try|can|can['’]t)\b"
            r"| (?:cannot|could|couldn['’]t|would|think|thought|just|still|also|always|never|noticed|wonder|hope|"
            r"forward)\b"
            rf"){_TO_DELIVER}",
            r"\bwe (?:get|got|receive|returned|wrote|write|sent|want|need|did|ordered|bought|see|saw|keep)\b",
            r"\bmy (?:order|mail|e-?mail|parcel|account|invoice|customer|colleague|question|letter|refund|address)",
            r"\b(?:our|my) (?:mails?|e-?mails?|messages?) to you\b|\bon your (?:side|end|server)\b|\bto you is\b",
            r"\bour (?:code|app|shop|customers?|users?|gateway|company|staff|colleagues?|last|logs?|office|"
            r"newsletter)\b",
            r"\b(?:kind|best|warm) regards\b|^\W{0,4}(?:regards|cheers|sincerely)\b|\bmit freundlichen grüßen\b|"
            r"\bcordialement\b",
            r"\bcordiali saluti\b|\bun saludo\b|\bsaludos\b|\batenciosamente\b|\bmet vriendelijke groet|"
            r"^с уважением, \w+\s*$",
            r"\bmy (?:last|previous|message|reply|question|boss|friend|husband|wife|company)\b",
            r"\b(?:why|how|what) (?:do|does|did|is|was|can|could|should|are)\b|\b(?:could|can|would|will) you\b",
            r"\bplease (?:help|advise|fix|tell|let (?:me|us)|send (?:me|us)|have a look|look)\b|\bhelp me\b|"
            r"\bthanks?\b",
            r"\b(?:dear|hi|hello|hey) (?:support|team|sirs?|madam|there|all|everyone)\b|\bbest wishes\b",
            r"\b(?:got|getting|seeing|received) (?:this|the following|these)\b|\bany (?:idea|help|advice)\b",
            # German, French, Spanish, Italian, Portuguese, Dutch
            r"\b(?:ich|wir) (?:bekomme|bekam|habe|erhalte|wollte|kann|kriege|möchte|bin)|\b(?:bitte um|können sie|"
            r"könnten sie)",
            r"\bmeine?[mnr]? (?:bestellung|mail|e-?mail|nachricht|paket)|\b(?:warum|wieso|weshalb)\b|\bviele grüße\b",
            r"\bje (?:reçois|veux|viens|n['’]arrive|vous|suis)|\bj['’](?:ai|essaie)|\bpouvez-vous\b|\bpourquoi\b|"
            r"\bmerci d",
            r"\b(?:me (?:llega|aparece|sale)|he (?:recibido|enviado|intentado)|quiero|podrían?|por qué|"
            r"mi (?:pedido|correo))\b",
            r"\b(?:ho (?:ricevuto|inviato|provato)|vorrei|potete|perché|il mio|la mia)\b|\b(?:recebi|enviei|meu|"
            r"minha|por que)\b",
            r"\bik (?:krijg|heb|wil|kreeg)\b|\b(?:kunt u|waarom|mijn)\b|\bjag (?:får|har|fick)\b|\bjeg (?:får|har|"
            r"fikk)\b",
            # Slavic languages, Turkish, Greek
            r"\b(?:я|мне|мой|моё|моя|у меня|подскажите|почему|помогите|здравствуйте)\b|\b(?:dostaję|dlaczego|mój|"
            r"moje|moja)\b",
            r"\b(?:dostávám|proč|můj)\b|\b(?:aldım|neden|benim)\b|\b(?:γιατί|έλαβα|μου)\b",
            # Chinese, Japanese, Korean
            r"我(?!们?[的]?(?:很抱歉|邮件系统|已))|请问|请(?:看|帮|告诉|教)|怎么|为什么|為什麼|麻烦|帮忙|帮我|您好，我|[吗嗎呢][？?]",
            r"(?:ですか|でしょうか|ますか|ください[。！]?$|私[はのが]|届きました|困って)",
            r"(?:나요|까요|습니까)\s?\?|저[는희]|제 ?주문",
        )
    ),
    re.IGNORECASE | re.MULTILINE,
)
ASKS = re.compile(r"(?<![\w/=&])\w{1,40}\s?[?？](?=\s|$)")
"""A question; an address of a page that has one in it asks nothing."""
