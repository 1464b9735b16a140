"""What phones and mail programs are called, and how they say "sent from", by language: small data, no rules."""

from __future__ import annotations

# Parts of regular expressions; a name of letters only stands for itself wherever it is found.
NAMES = r"""
iphon ipad ipod \bmac\b \bios\b android samsung galaxy huawei xiaomi redmi \boppo\b \bvivo\b oneplus realme pixel
nokia \bhtc\b \blg\b xperia motorola lumia lenovo wiko windows chromebook blackberry \bhonor\b
outlook yahoo gmail \bgmx\b web\.de mail\.ru yandex яндекс proton k-9 thunderbird bluemail typemail typeapp mymail
shortwave aqua.?mail airmail \bspark\b \bspike\b \bnine\b boxer mail\.de tutanota zoho foxmail fastmail superhuman
mailspring zimbra \baol\b icloud canary.mail em.client rambler seznam libero telekom t-online
qq邮箱 qq郵箱 163 网易 三星 小米 华为 荣耀 阿里邮箱 钉钉 飞书 企业微信 新浪 搜狐 \d{3}邮箱 邮箱客户端
삼성 갤럭시 네이버 다음메일
mail.?app app.mail application.mail
"""
# Things that many speak of: they count where the line also says "my", or little else.
THINGS = r"""
smartphone tablet handy mobil móvil celular mobile phone téléphone telefon teléfono cellulare telefoon puhelime
телефон смартфон смартфона 手机 手機 スマートフォン スマホ 携帯 스마트폰 휴대폰 هاتفي جوالي unterwegs điện.thoại ponsel
"""
MY = r"""
my mein\w* mon ma mi mio mia meu minha mijn min mitt mojego mého môjho моего мого моя meg μου saya của.tôi
"""
MY_UNSPACED = "我的 私の 나의 שלי 내"

# "Sent", as the first word of such a line, with the small words that go on: without one of them it is somebody's own.
SENT = (
    ("sent", "from via with using by on through"),
    ("gesendet|geschickt|verschickt|versendet", "von vom mit über aus via per"),
    ("envoyée?", "de du depuis à via par avec d['’]\\w+"),
    ("enviad[oa]", "desde de do da dos das con com a por pelo pela vía via usando através"),
    ("inviat[oa]", "da dal dall['’]\\w+ dallo dalla con tramite via"),
    ("verzonden|verstuurd|gestuurd", "vanaf vanuit met via van door"),
    ("skickat|skickades", "från med via av"),
    ("sendt", "fra med via af av"),
    ("wysłan[eoya]", "z ze za przez przy od bezpieczną"),
    ("odesláno|odoslané|poslané|posláno", "z ze zo s přes pomocí cez"),
    ("отправлено|отправлена|послано", "с со из от через при"),
    ("надіслано|відправлено", "з із зі від через за"),
    ("изпратено", "от с чрез"),
    ("trimise?", "de din cu prin"),
    ("στάλθηκε|εστάλη|απεστάλη", "από με μέσω"),
    ("poslano|послато", "s sa iz z са с из preko"),
    ("dikirim|dihantar", "dari dengan melalui menggunakan"),
    ("đã gửi|được gửi|gửi", "từ bằng qua"),
    ("enviat", "des amb de"),
    ("saadetud|nosūtīts|išsiųsta", "minu no iš"),
    ("تم الإرسال|مرسل|مُرسل|مرسلة|أُرسلت|أرسلت|تم إرساله|تم إرسالها", "من باستخدام عبر"),
    ("ارسال شده|فرستاده شده", "از با"),
)
# In these the small word is part of another, or there is none.
SENT_ALONE = (
    r"lähetetty \w|el?küldve |küldve |provenance ?:|(נשלח|נשלחה) (מ|באמצעות|דרך)|ส่งจาก|"
    r"发自|發自|发送自|傳送自|寄自|來自|来自"
)
SENT_LAST = (
    r"^(diese (nachricht|e-?mail|mail) wurde )?(von|vom|mit|über|aus|via|per) .{2,80} "
    r"(gesendet|geschickt|verschickt|versendet)",
    r"^((dit bericht|deze e-?mail) (is|werd) )?(vanaf|vanuit|met|via|van) .{2,60} (verzonden|verstuurd|gestuurd)",
    r"(dan|den|tan|ten|ile|kullanılarak|aracılığıyla)( \S+)? gönderil(di|miştir)",
    r"(から|で|より)送信(されました|しました)?",
    r"에서 ?(보냄|보냈습니다|보낸 메일|보낸 메일입니다|전송됨)",
    r"(ról|ről|ból|ből|val|vel)( lett)? (el)?küldve",
    r"से भेजा गया",
    r"^([从從由自用]|通过|透過|通過).{1,40}(发送|發送|傳送|寄出|发出|發出|发来的?\w{0,6})",
    r"^(签名|簽名)由.{1,20}(定制|制作|製作)",
)
LAST_WORDS = (  # of those
    *("gesendet", "geschickt", "verschickt", "versendet", "verzonden", "verstuurd", "gestuurd"),
    *("gönderildi", "gönderilmiştir", "küldve", "送信", "送信されました", "送信しました"),
    *("보냄", "보냈습니다", "메일", "메일입니다", "전송됨", "गया"),
    *("发送", "發送", "傳送", "寄出", "发出", "發出", "发来", "附件", "定制", "制作", "製作"),
)
GET_FIRST = (
    r"get|try|hol\w*|laden|herunterladen|télécharge[rz]|obten\w+|obtén\w*|obtenha|obter|descarga\w*|descargar|baixar|"
    r"baixe|scarica\w*|ottieni|download|hämta|skaff\w*|hent|få|hanki|lataa|pobierz|uzyskaj|stáhn\w+|získ\w+|"
    r"получить|скачать|загрузить|установите|отримати|завантажити|obțineți|descărcați|λήψη|nabavite|dapatkan|tải|"
    r"获取|獲取|取得|下载|下載"
)
GET_LAST = (
    r"herunterladen|beziehen|downloaden|ophalen|letöltése|beszerzése|edinin|indirin|を入手|を入手する|받기|다운로드"
)
FREE_OF_VIRUSES = (
    r"virus[- ]?free|virenfrei|garanti sans virus|libre de virus|livre de vírus|privo di virus|virusvrij|virusfri|"
    r"wolny od wirusów|bez virů|без вирусов|não contém vírus"
)
