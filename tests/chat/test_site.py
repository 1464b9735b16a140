"""A site is known by its key, and its chat stands only where an admin said."""

import pytest

from chat.events import SiteChanged
from chat.site import SiteForm, add_site, edit_site, frame_ancestors, may_embed
from tests.cast import a_change
from tests.chat.shop import SHOP, a_site
from tickets.errors import Conflict, Refused


def test_only_the_exact_origin_may_show_the_chat() -> None:
    """A sibling, a look-alike, another port or another spelling is another site."""
    strangers = [
        None,
        "",
        "null",
        "http://shop.example.com",
        "https://shop.example.com:8443",
        "https://shop.example.com.evil.example",
        "https://evil.example",
        "https://SHOP.example.com",
        "https://203.0.113.7",
    ]
    assert may_embed([SHOP], SHOP)
    assert [] == [origin for origin in strangers if may_embed([SHOP], origin)]


def test_without_origins_every_page_that_has_one_may_show_the_chat() -> None:
    assert may_embed([], "https://anywhere.example")
    assert not may_embed([], "null")
    assert "*" == frame_ancestors([])
    assert "https://a.example https://b.example" == frame_ancestors(["https://a.example", "https://b.example"])


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example.com",
        "https://shop.example.com/",
        "https://shop.example.com/path",
        "https://shop.example.com:443",
        "http://shop.example.com:80",
        "https://*.example.com",
        "https://a.example;script-src *",
        "https://a.example https://b.example",
        "ftp://shop.example.com",
        "https://user@shop.example.com",
        "https://Shop.example.com",
        "https://shop.example.com:",
        "https://shop.example.com:99999",
        "https://",
        "null",
        "*",
        "",
    ],
)
def test_an_origin_is_kept_only_as_browsers_spell_it(origin: str) -> None:
    with pytest.raises(Refused) as refused:
        a_site(a_change(), origins=[origin])
    assert "origins" == refused.value.field


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "Tea Shop"),
        ("key", ""),
        ("key", "x" * 41),
        ("name", " "),
        ("colour", "red"),
        ("colour", "#12345"),
        ("languages", ["tlh"]),
        ("languages", []),
        ("ask_name", "always"),
        ("ask_email", "yes"),
        ("topics", [{"key": "billing"}]),
        ("topics", [{"key": "a", "name": {"en": "A"}}, {"key": "a", "name": {"en": "B"}}]),
        ("texts", {"en": {"footer": "x"}}),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_it_is_about(field: str, value: object) -> None:
    with pytest.raises(Refused) as refused:
        a_site(a_change(), **{field: value})
    assert field == refused.value.field


def test_two_sites_never_share_a_key() -> None:
    change = a_change()
    a_site(change)
    with pytest.raises(Conflict):
        a_site(change)


def test_an_edit_is_an_event_only_when_something_changed() -> None:
    change = a_change()
    site = a_site(change)
    form = SiteForm(key="tea", name="Tea shop", origins=[SHOP], topics=site.topics)
    edit_site(change, site.id, form)
    assert [SiteChanged(site=site.id)] == change.recorded
    edit_site(change, site.id, SiteForm(key="tea", name="茶叶店", colour="#AABBCC"))
    assert [SiteChanged(site=site.id)] * 2 == change.recorded
    assert ("茶叶店", "#aabbcc", []) == (site.name, site.colour, site.origins)


def test_the_key_stands_in_other_peoples_pages_and_stays() -> None:
    change = a_change()
    site = a_site(change)
    with pytest.raises(Refused):
        edit_site(change, site.id, SiteForm(key="coffee", name="Coffee"))


def test_the_best_language_is_the_browsers_or_else_the_sites_first() -> None:
    site = add_site(a_change(), SiteForm(key="tea", name="Tea", languages=["zh", "en"]))
    assert ["en", "zh", "zh", "zh"] == [site.best_language(wish) for wish in ("en-GB", "zh-Hans-CN", "fr", None)]


def test_a_text_falls_back_to_the_first_language() -> None:
    site = a_site(a_change(), texts={"en": {"greeting": "Hello"}, "zh": {"hours": "九点"}})
    assert ["Hello", "Hello", "九点", ""] == [
        site.text("greeting", "en"),
        site.text("greeting", "zh"),
        site.text("hours", "zh"),
        site.text("hours", "en"),
    ]
