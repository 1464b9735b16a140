"""Words by which lines of mail programs are told from those of people, by language: small data, no rules."""

from __future__ import annotations

# What stands in a program's line about an older mail besides names, figures and the word for writing: small words
# before days and times, and the days and months of languages that write them small.
_OF_PROGRAMS = """
en: on at in by via from of and pm am article message writes wrote
de: am um uhr den der dem hat haben schrieb folgendes geschrieben im auf von vom
fr: le la à a an de du h heures écrit écrivait lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven
fr: sam dim janvier février mars avril mai juin juillet août septembre octobre novembre décembre janv févr avr juil
fr: sept oct nov déc
es: el la las los a de del día hora horas escribió lunes martes miércoles jueves viernes sábado domingo lun mié jue vie
es: sáb dom enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre ene feb abr may
es: jun jul ago sep dic
pt: em no na às à o os de do da dia ter qua qui sex seg sáb terça quarta quinta sexta segunda sábado feira escreveu
pt: janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro fev mai set out dez
it: il alle ore giorno data ha scritto lunedì martedì mercoledì giovedì venerdì sabato domenica gennaio febbraio
it: marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre gen mag giu lug ott
nl: op om heeft het volgende geschreven schreef maandag dinsdag woensdag donderdag vrijdag zaterdag zondag ma di wo
nl: do vr za zo januari februari maart april mei juni juli augustus september oktober november december mrt
sv: den kl skrev måndag tisdag onsdag torsdag fredag lördag söndag mån tis ons tors fre lör sön januari februari mars
sv: april maj juni juli augusti september oktober november december följande
da: den kl skrev mandag tirsdag onsdag torsdag fredag lørdag søndag man tir tirs tor fre lør søn januar februar marts
da: april juni juli august september oktober november december følgende på
fi: klo kello kirjoitti maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai ma ti ke to pe la su
fi: tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta
fi: marraskuuta joulukuuta tammik helmik maalisk huhtik toukok kesäk heinäk elok syysk lokak marrask jouluk
pl: w dniu dnia o godz użytkownik przez napisał napisała pisze poniedziałek wtorek środa czwartek piątek sobota
pl: niedziela pon wt śr czw pt sob niedz stycznia lutego marca kwietnia maja czerwca lipca sierpnia września
pl: października listopada grudnia sty lut kwi cze lip sie wrz paź lis gru
cs: dne v ve odesílatel napsal napsala pondělí úterý středa středu čtvrtek pátek sobota sobotu neděle neděli po út st
cs: čt pá so ne ledna února března dubna května června července srpna září října listopadu prosince
sk: dňa o napísal napísala pondelok utorok streda štvrtok piatok sobota nedeľa ut št pi januára februára marca apríla
sk: mája júna júla augusta septembra októbra novembra decembra
hu: ezt írta időpont keltezéssel dátummal időpontban hétfő kedd szerda csütörtök péntek szombat vasárnap január
hu: február március április május június július augusztus szeptember október november december jan febr márc ápr máj
hu: jún júl aug szept okt dec
ro: la pe în a scris luni marți miercuri joi vineri sâmbătă duminică ianuarie februarie martie aprilie iunie iulie
hr: u je napisao napisala dana uto pon sri čet pet sub ned ožu
ru: пользователь своём письме
ru: в во г от пишет писал писала написал написала понедельник вторник среда среду четверг пятница пятницу суббота
ru: субботу воскресенье пн вт ср чт пт сб вс января февраля марта апреля мая июня июля августа сентября октября
ru: ноября декабря янв февр мар апр авг сент окт нояб дек
uk: в у о р від користувач пише написав написала понеділок вівторок середа четвер пʼятниця субота неділя нд січня лютого
uk: березня квітня травня червня липня серпня вересня жовтня листопада грудня січ лют бер квіт трав черв лип серп вер
uk: жовт лист груд
bg: на г в написа пон
tr: tarihinde şunu şunları yazdı saat
el: στις ο η χρήστης έγραψε πμ μμ
ca: el la les a del dia de missatge va escriure
id: pada tanggal pukul menulis
vi: vào lúc ngày tháng năm thg
lt: an rašė
et: kirjutas kuupäeval kell
"""
# Somebody of whom a person speaks: "my", "your", "he". A program names whoever wrote.
_OF_PEOPLE = """
en: he she they we you my his her their our your me him them us
de: ich mir mich wir uns ihr ihre ihrem ihren er sie mein meine meinem unser unsere unserem
fr: nous vous elle mon notre nos votre vos
es: me mi mis su sus nos nuestro nuestra yo usted
pt: me meu minha seu sua nosso nossa eu ele ela vocês
it: mi ci mio mia suo sua nostro vostro vostra lui lei
nl: ik mij me wij ons onze mijn uw jullie hij zij
sv: jag mig vi oss er ert era han hon min mitt vår vårt
da: jeg mig meg vi os oss deres han hun min mit vores vår
fi: hän minä minulle meille he teidän meidän
pl: mi mnie mój moja nam nas nasz wasz wasza państwa pan pani
cs: mi mně můj moje nám náš váš vaše vaši
sk: mňa môj moja nám náš vaša vaši
hu: nekem nekünk önök önöknek
ro: nouă dumneavoastră
ru: я мне мы нам он она они вы вам мой моя наш наша ваш ваша ваши вашего вашей
uk: я мені ми він вона вони ви мій моя наш наша ваш ваша ваші
bg: аз ми той тя вие вашият
tr: bana bize benim bizim sizin
el: μου μας σας
he: לי לנו שלי שלכם
ar: لي لنا
id: saya kami anda
vi: tôi chúng bạn
"""
UNSPACED_OF_PEOPLE = "我 你 您 贵司 貴司 贵公司 貴公司 私 弊社 御社 貴社 저에게 제게 귀사"
# So too with a capital letter: to be polite, or where a sentence begins that is going to say who wrote.
_CAPITAL = """
en: I As Here Please
de: Ihr Ihre Ihrem Ihren Wie Hier Bitte
fr: Comme Voici Votre
es: Como Aquí Esto
it: Come Ecco Vostro Vostra
nl: Zoals Uw
pl: Jak Państwa Pana Pani
ru: Как Вот Ваш Ваша Ваше Ваши Вам Вас Вы
uk: Як Ось Ваш Ваша Ваші
"""

# A legal notice speaks of secrecy as well as of whoever got it by mistake.
_SECRET = """
en: confidential confidentiality privileged
de: vertraulich vertrauliche vertraulichen
fr: confidentiel confidentielle confidentiels confidentielles confidentialité
es: confidencial confidencialidad
pt: confidencial confidenciais confidencialidade
it: riservate riservato confidenziale confidenziali riservatezza
nl: vertrouwelijk vertrouwelijke
sv: konfidentiell konfidentiellt sekretess
da: fortrolig fortrolige fortroligt konfidensiell konfidensielle konfidentielle
fi: luottamuksellinen luottamuksellista
pl: poufne poufna poufny
cs: důvěrné důvěrná důvěrný dôverné
hu: bizalmas
ru: конфиденциальной конфиденциальную конфиденциально конфиденциальная
uk: конфіденційну конфіденційна конфіденційно
tr: gizli gizlidir
el: εμπιστευτικό εμπιστευτικές
"""
_RECEIVED = """
en: recipient recipients addressee addressees
de: empfänger adressat adressaten
fr: destinataire destinataires
es: destinatario destinatarios destinataria
pt: destinatário destinatários
it: destinatario destinatari
nl: geadresseerde geadresseerden ontvanger
sv: mottagare mottagaren adressaten
da: modtager modtageren mottaker mottakeren adressaten
fi: vastaanottaja vastaanottajalle
pl: adresata adresatem odbiorcy
cs: adresáta adresát příjemce príjemcu
hu: címzett címzettnek
ru: адресата адресатом адресату получателя
uk: адресата адресатом отримувача
tr: alıcı alıcısı
el: παραλήπτη παραλήπτης
"""
UNSPACED_SECRET = "保密 机密 機密 秘密情報 기밀"
UNSPACED_RECEIVED = "收件人 收件者 受信者 宛先 수신인 수신자"


def _listed(table: str) -> frozenset[str]:
    return frozenset(word for line in table.split("\n") for word in line.partition(":")[2].split())


OF_PROGRAMS = _listed(_OF_PROGRAMS)
OF_PEOPLE = _listed(_OF_PEOPLE)
CAPITAL_OF_PEOPLE = _listed(_CAPITAL)
SECRET = _listed(_SECRET)
RECEIVED = _listed(_RECEIVED)
