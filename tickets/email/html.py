"""Formatted mail made harmless: only what is listed here stays, pictures from elsewhere wait to be asked for."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape
from typing import Literal

import nh3

from tickets.email.fitting import parted_to_fit, without_data
from tickets.email.plain import text_of
from tickets.files.kinds import PICTURES, sniffed

LONGEST = 2 * 1024 * 1024  # characters that are shown
MOST_PASSES = 10
LARGEST_PICTURE = 2 * 1024 * 1024  # bytes of one picture inside of the mail
LARGEST_PICTURES = 10 * 1024 * 1024  # of all
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
Remote = Literal["blocked", "shown"]


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TAGS = _listed(
    "a abbr address b bdi bdo big blockquote br caption center cite code col colgroup dd del details dfn div dl dt em "
    "figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section "
    "small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u ul var wbr"
)
_DROPPED = _listed(
    "applet audio button canvas datalist dialog embed fieldset form frame frameset head iframe input link map math "
    "meta noembed noframes noscript object option param plaintext portal script select source style svg template "
    "textarea title track video xmp"
)
_EVERYWHERE = {"align", "bgcolor", "dir", "lang", "style", "valign"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "hr": {"size", "width"},
    "img": {"alt", "border", "height", "src", "width"},
    "li": {"value"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "height", "width"},
    "td": {"colspan", "height", "rowspan", "width"},
    "th": {"colspan", "height", "rowspan", "scope", "width"},
    "time": {"datetime"},
    "tr": {"height"},
}
_STYLES = _listed(
    "background-color border border-bottom border-collapse border-color border-left border-radius border-right "
    "border-spacing border-style border-top border-width color direction display font font-family font-size font-style "
    "font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left margin-right "
    "margin-top max-width min-width padding padding-bottom padding-left padding-right padding-top text-align "
    "text-decoration text-indent text-transform vertical-align white-space width word-break"
)
# Plain words, numbers, colours: nothing that fetches, computes, or is written so that nobody sees what it is.
_STYLE_VALUE = re.compile(r"(rgba?\([0-9., %]{1,40}\)|[\w #%.,'\"!+/-])+")
_LENGTH = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4})?(px|%|em)?")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_NO_HOST = frozenset({"mailto", "tel"})
_WEB = re.compile(
    r"[/\\]{2,}(?P<host>(?:[^/\\?#]*@)?[^/\\?#@:][^/\\?#@]*)(?P<path>(?:[/\\][^?#]*)?)(?P<more>.*)", re.DOTALL
)
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]")
_FETCHED = re.compile(r"<img\b[^>]{0,2000}?\bsrc\s{0,5}=\s{0,5}[\"']?\s{0,5}https://", re.IGNORECASE)


def harmless(html: str, *, remote: Remote = "blocked", inside: Mapping[str, bytes] | None = None) -> str:
    """The formatted text with nothing in it that runs, fetches or deceives by its form; the same when done again.

    `inside` are pictures of the mail by their Content-ID: they are drawn into the text. Pictures from elsewhere are
    left out unless `remote` is "shown", and then only over https. Of a text without end the rest stands below in
    plain words.
    """
    begin, rest = parted_to_fit(without_data(html), LONGEST)
    settled = _settled(begin)
    if inside or remote == "shown":
        settled = _cleaner(_Pictures(remote, inside or {}).attribute).clean(settled)
    else:
        settled = _blocked().clean(settled)
    return settled + _in_words(rest) if rest else settled


def fetches_pictures(html: str) -> bool:
    """Whether it would load pictures from elsewhere, if it were asked to."""
    return bool(_FETCHED.search(parted_to_fit(without_data(html), LONGEST)[0]))


def _in_words(rest: str) -> str:
    return f'<hr><div style="white-space:pre-wrap">{escape(text_of(rest), quote=False)}</div>'


def _settled(html: str) -> str:
    """Cleaned until a browser reads it as it stands there: of tags that cross each other it may read something else
    the second time."""
    for _ in range(MOST_PASSES):
        before, html = html, _usual().clean(html)
        if html == before:
            break
    return html


class _Pictures:
    """Decides about each attribute while the text is read; counts how much has been drawn in."""

    def __init__(self, remote: Remote, inside: Mapping[str, bytes]) -> None:
        self._remote = remote
        self._inside = inside
        self._left = LARGEST_PICTURES

    def attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return self._source(_UNSEEN.sub("", value)) if tag == "img" else None
        if name == "href":
            return _link(value)
        if name == "style":
            return _style(value)
        if name in {"width", "height"}:
            return value if _LENGTH.fullmatch(value.strip()) else None
        return value

    def _source(self, address: str) -> str | None:
        if address.lower().startswith("cid:"):
            return self._drawn(address[4:])
        if self._remote == "shown" and address.lower().startswith("https://"):
            return address
        return None

    def _drawn(self, content_id: str) -> str | None:
        content = self._inside.get(content_id, b"")
        kind = sniffed(content[:4096])
        if kind not in PICTURES or len(content) > min(LARGEST_PICTURE, self._left):
            return None
        self._left -= len(content)
        return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _link(address: str) -> str | None:
    """Only absolute addresses of the schemes we list, as a browser reads them: it skips what cannot be seen.

    On the web one without `//` and a host would lead into the console, whatever its scheme. A browser takes a `\\` for
    a `/` there, and any number of them: we write what it reads (URL Standard 4.4).
    """
    bare = _UNSEEN.sub("", address)
    scheme = _SCHEME.match(bare)
    if scheme is None or scheme[1].lower() not in SCHEMES:
        return None
    if scheme[1].lower() in _NO_HOST:
        return bare
    rest = _WEB.fullmatch(bare, scheme.end())
    return f"{scheme[0]}//{rest['host']}{rest['path'].replace(chr(92), '/')}{rest['more']}" if rest else None


def _style(value: str) -> str | None:
    """The declarations that are listed and plain, each in the same spelling."""
    kept = []
    for declaration in value[:4000].split(";"):
        name, _, told = declaration.partition(":")
        name, told = name.strip().lower(), " ".join(told.split())
        if name in _STYLES and _STYLE_VALUE.fullmatch(told):
            kept.append(f"{name}:{told}")
    return ";".join(kept) or None


def _cleaner(attribute: Callable[[str, str, str], str | None]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags=_DROPPED,
        attributes=_ATTRIBUTES,
        attribute_filter=attribute,
        strip_comments=True,
        link_rel="noopener noreferrer nofollow",
        url_schemes={*SCHEMES, "data", "cid"},  # narrowed by the filter: data only what we drew ourselves
        url_relative="deny",
    )


@cache
def _usual() -> nh3.Cleaner:
    """Everything but pictures, about which somebody else decides."""
    attribute = _Pictures("blocked", {}).attribute
    return _cleaner(lambda tag, name, value: value if name == "src" else attribute(tag, name, value))


@cache
def _blocked() -> nh3.Cleaner:
    return _cleaner(_Pictures("blocked", {}).attribute)
