"""How mail programs call what stands above an older mail, by what it says: words of some forty languages, no rules.

Alternatives of regular expressions, one after another.
"""

from __future__ import annotations

AUTHOR = (
    r"from|von|de|da|van|od|fra|från|fran|lähettäjä|feladó|kimden|gönderen|від|від кого|от|от кого|expéditeur|"
    r"mittente|remitente|remetente|absender|afzender|avsändare|afsender|avsender|nadawca|odesílatel|odosielateľ|"
    r"de la|expeditor|από|αποστολέας|מאת|من|message du|发件人|發件人|寄件者|寄件人|差出人|送信者|送信元|보낸 ?사람|"
    r"từ|dari|šalje|пошиљалац|pošiljatelj|saatja|sūtītājs|nuo|siuntėjas|expeditorul|người gửi|발신자|발신인|จาก|از|"
    r"فرستنده|प्रेषक|المرسل"
)
SENT = (
    r"sent|gesendet|envoyé|envoyé le|date d['’]envoi|enviado|enviada|enviado el|enviado em|enviada em|inviato|"
    r"verzonden|skickat|sendt|lähetetty|wysłano|wysłane|odesláno|odoslané|elküldve|küldve|trimis|отправлено|"
    r"надіслано|изпратено|gönderildi|gönderilen|gönderme tarihi|gönderilme tarihi|στάλθηκε|εστάλη|נשלח|تم الإرسال|"
    r"تاريخ الإرسال|发送时间|發送時間|傳送時間|寄件日期|送信日時|보낸 ?날짜|보낸 ?시간|đã gửi|dikirim|poslano|"
    r"odoslaná|envoyé à|ημερομηνία αποστολής|تم إرساله|תאריך שליחה|saadetud|nosūtīts|išsiųsta|poslato|послато|"
    r"enviat|ngày gửi|발신 ?날짜|ส่ง|ส่งเมื่อ|ارسال ?شده|भेजा गया|傳送日期|送信日|发送日期|發送日期|寄件時間|"
    r"发件时间|發件時間|发信时间"
)
DATE = (
    r"date|datum|fecha|data|dato|päivämäärä|päiväys|dátum|дата|tarih|ημερομηνία|תאריך|التاريخ|日期|时间|時間|日時|"
    r"日付|날짜|ngày|tanggal|kuupäev|datums|ημ/νία|วันที่|تاریخ|दिनांक|發送日期|日期時間"
)
TO = (
    r"to|cc|bcc|reply-to|an|à|a|para|aan|till|til|vastaanottaja|do|komu|címzett|către|catre|кому|до|kime|alıcı|"
    r"προς|אל|إلى|copie|copie à|kopie|kopio|kopia|cópia|копия|копія|bilgi|κοινοποίηση|עותק|收件人|收件者|宛先|"
    r"받는 ?사람|참조|抄送|副本|đến|kepada|prima|másolatot kap|másolat|kópia|адресат|адресаты|adressaat|koopia|kam|"
    r"kopija|kp|za|per a|per|dw|udw|blind kopie|κοιν|נמען|עותק לידיעה|نسخة|نسخة إلى|المستلم|密件抄送|密件副本|同報|"
    r"người nhận|수신자|수신인|받는이|ถึง|สำเนา|به|رونوشت|प्रति|प्रतिलिपि"
)
SUBJECT = (
    r"subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|tárgy|"
    r"subiect|тема|относно|konu|θέμα|נושא|الموضوع|主 ?题|主 ?題|主旨|件名|題名|标题|제목|chủ đề|subjek|perihal|ogg|"
    r"assumpte|zadeva|naslov|teema|tēma|tema|onderw|제 ?목|เรื่อง|หัวเรื่อง|موضوع|विषय|件 ?名"
)
ORIGINAL = (
    r"original message|reply message|original-?nachricht|ursprüngliche nachricht|message d['’]origine|"
    r"message original|messaggio originale|mensaje original|mensagem original|oorspronkelijk bericht|"
    r"oprindelig besked|opprinnelig melding|ursprungligt meddelande|oryginalna wiadomość|wiadomość oryginalna|"
    r"исходное сообщение|alkuperäinen viesti|původní zpráva|původní e-mail|eredeti üzenet|özgün ileti|"
    r"orijinal mesaj|原始邮件|原始郵件|原邮件|邮件原件|回复的原邮件|原始訊息|元のメッセージ|원본 메시지|원본 메일|"
    r"pôvodná správa|mesaj original|mesajul original|вихідне повідомлення|оригінальне повідомлення|"
    r"оригинално съобщение|оригинальное сообщение|исходное письмо|orijinal ileti|orijinal e-?posta|"
    r"oprindelig meddelelse|oprindelig mail|opprinnelig e-post|ursprungligt e-postmeddelande|"
    r"ursprungliga meddelandet|αρχικό μήνυμα|הודעה מקורית|الرسالة الأصلية|رسالة أصلية|原始信件|원본 이메일|"
    r"원본 ?메시지|원문 메시지|thư gốc|tin nhắn gốc|email gốc|pesan asli|mesej asal|izvorna poruka|"
    r"originalna poruka|оригинална порука|izvirno sporočilo|algsõnum|algne sõnum|sākotnējais ziņojums|"
    r"pradinis pranešimas|pradinis laiškas|missatge original|ข้อความต้นฉบับ|ข้อความเดิม|پیام اصلی|मूल संदेश|"
    r"original mail|original e-?mail|original mitteilung|ursprüngliche e-?mail|messages? d['’]origine|"
    r"e-?mail d['’]origine|correo original|e-?mail original|e-?mail originale|oorspronkelijke e-?mail|"
    r"originele bericht|eredeti e-?mail|původní e-?mail|pôvodný e-?mail|oryginalny e-?mail|元のメール|原文|"
    r"原邮件信息|original"
)
FORWARDED = (
    r"forward|weitergeleitet|transf[ée]r|inoltrat|reenviad|encaminhad|doorgestuurd|vidarebefordra|videresend|"
    r"przekazan|p[řr]eposlan|пересыл|пересл|препрат|továbbít|yönlendir|iletil|välitet|edelleenläh|redirec[țt]ion|"
    r"προωθ|הועבר|转发|轉寄|轉發|転送|전달|reenvia|tramès|posredovan|proslijeđen|прослеђ|pārsūtīt|persiųst|"
    r"edastatud|chuyển tiếp|diteruskan|ส่งต่อ|فوروارد|هدایت|अग्रेषित|تحويل|مُعاد توجيه|معاد توجيه"
)
# "Please type your reply above this line"
ABOVE = (
    r"above this line|reply above|above the line|oberhalb dieser (zeile|linie)|über dieser (zeile|linie)|"
    r"au[- ]dessus de cette ligne|encima de esta línea|arriba de esta línea|acima desta linha|"
    r"sopra questa (riga|linea)|boven deze (regel|lijn)|powyżej tej linii|"
    r"nad (tuto|tento|túto) (linku|řádek|čáru|čiaru)|ovanför (denna|den här) (raden|linjen|rad|linje)|"
    r"over denne (linjen|linje)|tämän (rivin|viivan) yläpuol|выше этой (линии|строки|черты)|"
    r"вище ц(ієї|ього) (лінії|рядка)|bu (satırın|çizginin) üst|ezen sor fölé|deasupra acestei linii|"
    r"在此(行|线|線)(之)?上|この(行|線)(より|の)上|이 (줄|선) 위"
)
