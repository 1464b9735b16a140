"""What a phone or a mail program puts below a mail to say what it was written with: "Sent from my iPhone"."""

from __future__ import annotations

import re

_LONGEST = 110  # characters
_MOST_WORDS = 15
_FEW_WORDS, _MANY_WORDS = 5, 8
_PRODUCT = re.compile(
    r"iphon|ipad|ipod|\bmac\b|\bios\b|android|samsung|galaxy|huawei|xiaomi|redmi|\boppo|\bvivo\b|oneplus|"
    r"pixel|nokia|\bhtc\b|"
    r"\blg\b|xperia|motorola|lumia|windows|blackberry|outlook|yahoo|gmail|\bgmx\b|web\.de|mail\.ru|yandex|"
    r"яндекс|proton|"
    r"k-9|thunderbird|bluemail|typemail|mymail|aqua ?mail|airmail|\bspark\b|\bnine\b|boxer|tutanota|zoho|"
    r"foxmail|qq邮箱|163|"
    r"网易|三星|小米|华为|삼성|갤럭시|네이버|smartphone|tablet|handy|mobil|móvil|celular|mobile|téléphone|"
    r"telefon|телефон|手机|手機|"
    r"스마트폰|\bmail\b|\bapp\b|courrier|posta\b|почты|邮件|郵件|メール",
    re.IGNORECASE,
)
_MINE = re.compile(
    r"\b(my|mein\w*|mon|ma|mi|mio|mia|meu|minha|mijn|min|mitt|mojego|mého|моего|мого|meg|我的)\b|我的|私の",
    re.IGNORECASE,
)
_SENT = (
    r"gesendet|geschickt|envoyée?|enviad[oa]|inviat[oa]|verzonden|verstuurd|gestuurd|skickat|skickades|"
    r"sendt|lähetetty|"
    r"wysłan[eoy]|odesláno|odoslané|отправлено|надіслано|изпратено|küldve|elküldve|trimis|στάλθηκε|εστάλη|poslano|"
    r"dikirim|đã gửi|được gửi|provenance|תמסר|נשלח|تم الإرسال|أُرسلت"
)
_BEGINS = re.compile(
    rf"(sent (from|via|with|using|by|on|through) |({_SENT})(?![^\W_])|发自|發自|发送自|來自|来自|(从|"
    rf"從).{{1,40}}(发送|傳送|发来|寄出))",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"(gesendet|geschickt|verzonden|verstuurd|gönderildi|lähetetty|送信|送信されました|傳送|发送|보냄|"
    r"보냈습니다|보낸 메일|נשלח)[.。]?\s*$",
    re.IGNORECASE,
)
_GET = re.compile(
    r"^(get|try|hol\w*|laden|herunterladen|télécharge[rz]|obten\w+|obtén\w*|obtenha|obter|descarga\w*|"
    r"descargar|baixar|baixe|"
    r"scarica\w*|ottieni|download|hämta|skaff\w*|hent|få|hanki|lataa|pobierz|uzyskaj|stáhn\w+|získ\w+|"
    r"получить|скачать|загрузить|"
    r"установите|отримати|завантажити|obțineți|descărcați|λήψη|nabavite|dapatkan|tải|获取|獲取|取得|下载|下載)"
    r"|(herunterladen|beziehen|downloaden|ophalen|letöltése|beszerzése|edinin|indirin|を入手|を入手する|"
    r"받기|다운로드)[.。]?\s*$",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(
    r"(i|we|ich|wir|ik|jeg|jag|je|j['’]|nous|yo|he|hemos|ho|eu|я|мы|我们|我)(?![^\W_])", re.IGNORECASE
)
_SOME_THING = re.compile(r"(?i:sent from my) \S+( (phone|device|tablet|[A-Z0-9]\S*)){0,4}")
_NAMED_THING = re.compile(r"(?i:sent from my)( [A-Z0-9]\S*){1,5}")
_LONGEST_END = 16  # characters of what a line may end with, and more
_SLOGAN = re.compile(r"yahoo mail: \w+(, \w+){1,3}", re.IGNORECASE)
_LINK = re.compile(r"\[([^\]]{0,80})\]\([^)\s]{0,300}\)|<https?://[^>\s]{1,300}>|\((https?://|www\.)[^)\s]{1,300}\)")


def is_device_line(line: str) -> bool:
    line = _LINK.sub(r"\1", line[:600]).strip().strip("*_[]| ")
    if not 4 <= len(line) <= _LONGEST or len(line.split()) > _MOST_WORDS or line.endswith(("?", "？", "!", ":")):
        return False
    if _SLOGAN.fullmatch(line) or _SOME_THING.fullmatch(line):
        return True
    if _FIRST_PERSON.match(line):
        return False
    if _BEGINS.match(line):
        return names_a_product(line) or bool(_MINE.search(line) and len(line.split()) <= _FEW_WORDS)
    gets_it = _names_a_program(line) and len(line.split()) <= _MANY_WORDS and _GET.search(line)
    ends_so = _ENDS.search(
        line.rstrip()[-_LONGEST_END:]
    )  # to look for it everywhere in every line of a mail costs most
    return bool(gets_it or ends_so) and names_a_product(line)  # last: there are many of them


def _names_a_program(line: str) -> bool:
    small = line.lower()
    return "mail" in small or "outlook" in small


def names_a_product(line: str) -> bool:
    return bool(_PRODUCT.search(line) or _NAMED_THING.fullmatch(line.strip()))
