"""The page inside the frame in which a formatted mail is shown: on white paper, whatever the console looks like."""

from __future__ import annotations

from html import escape

# It stands here and in no file of its own: a frame without an origin may load nothing, not even from us.
_LOOKS = (
    ":root{color-scheme:light}"
    "body{margin:12px;font:14px/1.5 system-ui,-apple-system,'Segoe UI','Noto Sans','Noto Sans CJK SC',sans-serif;"
    "color:#1d1f24;background:#fff;overflow-wrap:anywhere}"
    "img{max-width:100%;height:auto}table{max-width:100%}"
    "blockquote{margin-inline:0;padding-inline-start:12px;border-inline-start:3px solid #d9d9de}"
    "pre{white-space:pre-wrap}"
)


def mail_frame(html: str, language: str) -> str:
    """`html` has been made harmless. Its links open elsewhere."""
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8"><title>Mail</title>'
        f'<base target="_blank"><style>{_LOOKS}</style></head><body dir="auto">{html}</body></html>'
    )
