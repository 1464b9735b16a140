"""Something readable always comes out, and it is said where it had to be guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.email.charset_names import codec_of
from tickets.email.charsets import decoded, plain
from tickets.email.encoded_words import worded


@pytest.mark.parametrize(
    ("data", "declared", "text", "guessed"),
    [
        (b"plain", "", "plain", False),
        (b"plain", "us-ascii", "plain", False),
        ("café".encode(), "utf-8", "café", False),
        ("café".encode(), "", "café", True),
        ("café".encode("latin-1"), "iso-8859-1", "café", False),
        ("café".encode("latin-1"), "utf-8", "café", True),
        ("café".encode(), "iso-8859-1", "café", True),
        ("“quoted” – €".encode("cp1252"), "iso-8859-1", "“quoted” – €", False),
        ("退货".encode("gb18030"), "gb2312", "退货", False),
        ("退货".encode("gb18030"), '"GB2312"', "退货", False),
        ("返品".encode("iso-2022-jp"), "iso-2022-jp", "返品", False),
        ("반품".encode("cp949"), "ks_c_5601-1987", "반품", False),
        ("שלום".encode("iso-8859-8"), "iso-8859-8-i", "שלום", False),
        ("café".encode("cp1252"), "x-unknown", "café", True),
        ("café".encode("cp1252"), "base64", "café", True),
        ("café".encode("cp1252"), "\x00" * 5000, "café", True),
    ],
)
def test_what_is_declared_is_believed_unless_it_cannot_be(data: bytes, declared: str, text: str, guessed: bool) -> None:
    assert (text, guessed) == decoded(data, declared)


@pytest.mark.parametrize(
    ("text", "codec", "declared", "near"),
    [
        ("您好，我的包裹还没有到", "gbk", "", ""),
        ("您好，我的包裹还没有到", "gbk", "iso-8859-1", ""),
        ("您好，我的包裹还没有到", "gbk", "utf-8", ""),
        ("包裹", "gbk", "", "gb2312"),
        ("訂單問題：我的包裹還沒有到", "big5", "us-ascii", ""),
        ("お問い合わせ：荷物がまだ届きません", "cp932", "", ""),
        ("お問い合わせ：荷物がまだ届きません", "euc-jp", "iso-8859-1", ""),
        ("Грустный вопрос о доставке", "koi8-r", "", ""),
        ("Вопрос о доставке", "cp1251", "iso-8859-1", ""),
        ("주문이 아직 도착하지 않았습니다", "cp949", "", ""),
        ("Réclamation déçue", "cp1252", "", ""),
        ("您好，我的订单还没有收到", "utf-8", "gb2312", ""),
        ("ご注文について", "iso-2022-jp", "", ""),
        ("ご注文について", "iso-2022-jp", "us-ascii", ""),
        ("Příliš žluťoučký kůň úpěl ďábelské ódy", "cp1250", "windows-1250", ""),
    ],
)
def test_bytes_speak_for_themselves_where_nobody_does(text: str, codec: str, declared: str, near: str) -> None:
    assert text == decoded(text.encode(codec), declared, near=near)[0]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\x1b$B$4CmJ8-!-j\x1b(B", "ご注文①㈱"),  # letters of NEC's, which the RFC leaves out
        (b"\x1b(I123\x1b(B abc", "ｱｲｳ abc"),
        (b"\x1b$BCmJ8\x1b(B \x87\x40", "注文 ①"),  # and what never was shifted
    ],
)
def test_japanese_is_read_as_it_is_written_there(data: bytes, text: str) -> None:
    assert (text, False) == decoded(data, "iso-2022-jp")


@pytest.mark.parametrize(("codec", "cut"), [("utf-8", 1), ("gb18030", 1), ("cp932", 1)])
def test_a_text_that_breaks_off_is_read_up_to_there(codec: str, cut: int) -> None:
    text, whole = "退货" * 20, ("退货" * 20).encode(codec, "ignore")
    read, guessed = decoded(whole[:-cut], codec)
    assert guessed
    assert read.startswith(whole[:-4].decode(codec, "ignore"))
    assert len(read) <= len(text) + 1


CODECS = st.sampled_from(["utf-16", "hz", "utf-7", "idna", "rot13", "big5"])


@given(st.binary(max_size=200), st.text(max_size=20) | CODECS)
def test_nothing_is_lost_to_an_exception(data: bytes, declared: str) -> None:
    text, _ = decoded(data, declared)
    assert isinstance(text, str)


@pytest.mark.parametrize(
    ("header", "text"),
    [
        ("=?utf-8?B?6YCA6LSn?= soon", "退货 soon"),
        ("=?gb2312?B?zcu79Q==?=", "退货"),
        ("=?x-nothing?Q?caf=C3=A9?=", "café"),
        ("=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"),
        ("not =?an?encoded word", "not =?an?encoded word"),
        ("=?utf-8?B?%%%?=", None),
        ("=?gb2312?B?s8LpRrv5?=", "陈镕基"),
        ("=?UTF-8?Q?J=F6rg?=", "Jörg"),
        ("=?utf-8?Q?to_be_continued", "to be continued"),
        ("=?utf-8?Q?=3D=3Futf-8=3FQ=3Ftwice=3F=3D?=", "twice"),
        ("=?gb2312?B?tQ==?= =?gb2312?B?pbWl?=", "单单"),
        ("=??Q?caf=C3=A9?=", "café"),
    ],
)
def test_encoded_words_are_read(header: str, text: str | None) -> None:
    found, _ = worded(header)
    assert found == text if text is not None else isinstance(found, str)


def test_japanese_in_a_header_needs_no_encoded_word() -> None:
    assert ("注文", True) == plain("\x1b$BCmJ8\x1b(B")


def test_bytes_in_a_header_are_read_as_well_as_can_be() -> None:
    raw = "caf\udce9"  # as the parser hands out what is no ASCII
    assert ("café", True) == plain(raw)


SHORT = ("退货", "订单", "咨询", "包裹", "询价", "李四", "陈静", "李静", "请求帮助", "急！发票")


@pytest.mark.parametrize("text", SHORT)
def test_a_few_characters_of_daily_chinese_are_known_by_themselves(text: str) -> None:
    raw = text.encode("gbk").decode("ascii", "surrogateescape")
    assert (text, True) == plain(raw)
    assert f"Re: {text} 5588" == plain(f"Re: {raw} 5588")[0]


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        *((word, "cp1252") for word in ("Müller", "Größe", "José", "für", "ÄÖÜ", "Réclamation", "años", "“Angebot”")),
        *((word, "big5") for word in ("退貨", "訂單", "發票", "包裹", "退款")),
        *((word, "cp1251") for word in ("Вопрос", "Жалоба", "Где")),
        *((word, "koi8-r") for word in ("Вопрос", "Жалоба")),
        *((word, "cp949") for word in ("주문", "문의", "환불")),
    ],
)
@pytest.mark.parametrize("near", ["", "utf-8"])
def test_other_short_words_are_not_taken_for_it(text: str, codec: str, near: str) -> None:
    assert text == plain(text.encode(codec).decode("ascii", "surrogateescape"), near=near)[0]


@pytest.mark.parametrize("word", ["Müller", "Größe", "café"])
def test_accents_among_plain_letters_are_that_whatever_stands_beside_them(word: str) -> None:
    assert word == plain(word.encode("cp1252").decode("ascii", "surrogateescape"), near="gb2312")[0]


@given(st.text(min_size=1, max_size=40), st.sampled_from(["", "gb2312", "big5", "koi8-r", "iso-8859-1"]))
def test_what_is_utf_8_stays(text: str, near: str) -> None:
    """Whatever stands beside it (RFC 6532)."""
    kept = "".join(c for c in text if c not in "\r\n\x1b\ufeff")
    assert kept == plain(kept.encode().decode("ascii", "surrogateescape"), near=near)[0]


FRENCH, CHINESE = "Réclamation déçue à propos du café", "您好，我的订单还没有收到，请帮我查询。"


@pytest.mark.parametrize("declared", ["utf-8", "", "us-ascii", "iso-8859-1", "gb2312"])
def test_a_few_strays_make_no_other_text_of_it(declared: str) -> None:
    """All of it was read in the encoding of the strays; now they are, and it is said."""
    footer = "此邮件已通过病毒扫描，请放心阅读"
    text = f"{CHINESE}\n".encode() * 3 + footer.encode("gbk") + b"\n" + FRENCH.encode() + b" \x96 m\xe9t\xe9o"
    assert (f"{CHINESE}\n" * 3 + f"{footer}\n{FRENCH} – météo", True) == decoded(text, declared)


def test_a_letter_that_is_cut_in_two_is_lost_alone() -> None:
    assert ("您好，我的\ufffd end", True) == decoded("您好，我的".encode() + b"\xe8\xaf end", "utf-8")
    assert ("Re: café – météo", True) == plain(
        "Re: café".encode().decode("ascii", "surrogateescape") + " \udc96 m\udce9t\udce9o"
    )


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        ("訂單€碁", "cp950", "big5"),
        ("係咪嘅喺", "big5hkscs", "Big5"),
        ("包裹，镕，€", "gb18030", "gb_2312-80"),
        ("①㈱ﾊﾝｶｸ", "cp932", "x-sjis"),
        ("①㈱注文", "euc_jis_2004", "euc-jp"),
        ("šestá žena", "cp1250", "iso-8859-2"),
        ("Größe", "utf-16", "utf-16"),
        ("Größe", "utf-16-be", "utf-16"),
        ("Größe", "utf-7", "unicode-1-1-utf-7"),
        ("Größe €", "utf-8", "us-ascii"),
        ("Größe €", "cp1252", "unknown-8bit"),
        ("Hello", "ascii", "utf-16"),
        ("Hello, Größe", "utf-16-le", ""),
        ("\U0001f600".encode("utf-16", "surrogatepass").decode("utf-16"), "utf-8", "utf-8"),
    ],
)
def test_what_is_called_by_a_narrow_or_wrong_name_is_read(text: str, codec: str, declared: str) -> None:
    assert text == decoded(text.encode(codec), declared)[0]


def test_halves_of_letters_are_one_again() -> None:
    assert ("Hi 😀", False) == decoded(b"Hi \xed\xa0\xbd\xed\xb8\x80", "utf-8")


def test_shifts_that_lost_their_first_byte_are_shifts() -> None:
    assert ("注文 ok $B", False) == decoded(b"$BCmJ8(B ok $B", "iso-2022-jp")


@pytest.mark.parametrize(
    ("codec", "names"),
    [
        ("utf-8", "utf8 UTF_8 'utf-8' utf-8; \"utf-8 charset=utf-8 =3Dutf-8 utf8mb4 ANSI_X3.4-1968 646 cp65001"),
        ("cp1252", "cp-1252 windows1252 win-1252 x-cp1252 latin1 iso8859-1 8859-1 ISO-8859-1:1987 iso-8859-l ansi l1"),
        ("gb18030", "gb2312 gb_2312-80 gb2312_charset x-gbk cp936 ms936 euc-cn chinese gb18030-2000 csGB2312"),
        ("big5hkscs", "big-5 x-x-big5 cp950 windows-950 big5-eten cn-big5 csbig5"),
        ("cp949", "ks_c_5601-1987 KS_C_5601 euckr ms949 uhc x-windows-949 korean"),
        ("cp932", "x-sjis shift-jis sjis windows-31j ms_kanji x-ms-cp932 x-mac-japanese"),
        ("iso2022_jp", "iso-2022-jp-2 csISO2022JP cp50220 iso-2022-jp-ms"),
        ("koi8-r", "koi8r koi-8-r cskoi8r"),
        ("cp1251", "win-1251 x-cp1251 windows-cp1251 cp-1251"),
        ("cp874", "tis-620 tis620-2533 windows-874 iso-8859-11"),
        ("", "unknown-8bit x-unknown 8bit binary base64 rot13 idna default _autodetect x-user-defined"),
    ],
)
def test_names_are_understood_however_they_are_spelled(codec: str, names: str) -> None:
    assert {codec} == {codec_of(name) for name in names.split()}


@pytest.mark.parametrize(
    ("letters", "codec"),
    [
        ("ごちゅうもんについてお問い合わせ荷物返品交換", "cp932"),
        ("ごちゅうもんについてお問い合わせ荷物返品交換", "euc_jp"),
        ("가나다라주문환불배송문의교환취소요청안녕하세요", "cp949"),
        ("的一是不了在人有我他这中大来上个包裹退货", "gb18030"),
    ],
)
def test_two_letters_in_the_encoding_that_is_declared_are_never_utf_8_with_strays(letters: str, codec: str) -> None:
    """Two bytes of some of them are a sound letter of UTF-8 by chance."""
    wrong = [a + b for a in letters for b in letters if decoded((a + b).encode(codec), codec)[0] != a + b]
    assert [] == [pair for pair in wrong if not _is_sound(pair.encode(codec))]


def _is_sound(data: bytes) -> bool:
    return data.decode("utf-8", "ignore").encode() == data


@pytest.mark.parametrize(
    "charset", ["utf-7", "unicode_escape", "raw-unicode-escape", "utf-16", "utf-16-le", "cesu-8", ""]
)
def test_no_half_of_a_letter_is_left_of_any_text(charset: str) -> None:
    """U+D800 to U+DFFF alone are no text: nothing that is sent, kept or cleaned may hold them."""
    for data in (b"a+2AA-.pdf", b"\\ud800.pdf", b"\x00\xd8.\x00", b"\xed\xa0\x80.pdf", b"+2AA-\xff"):
        for text in (
            decoded(data, charset)[0],
            worded(f"=?{charset}?q?{data.hex('=')}?=")[0],
            plain("\ud800\udcff")[0],
        ):
            text.encode()
    assert "🙂 a\ufffd.pdf" == decoded(b"+2D3eQg- a+2AA-.pdf", "utf-7")[0]
