"""A canned reply has blanks and no language: what somebody wrote into it or into a name is never run."""

import pytest

from tests.cast import a_change
from tickets.canned import BLANKS, add_canned, edit_canned, fill, find_canned, remove_canned
from tickets.errors import Conflict, Refused

VALUES = {"customer.name": "Sam Okafor", "agent.name": "Ada", "ticket.number": "1042"}

# Ways into template languages: Jinja2, Mako, Twig, Freemarker, Velocity, ERB, Handlebars, Angular, format strings.
EXPRESSIONS = [
    "7*7", "7*'7'", "config", "config.items()", "self", "self.__dict__", "request", "request.application",
    "''.__class__", "''.__class__.__mro__[1].__subclasses__()", "[].__class__.__base__", "().__class__.__bases__[0]",
    "cycler.__init__.__globals__.os.popen('id').read()", "joiner.__init__.__globals__", "namespace.__init__",
    "lipsum.__globals__['os'].popen('id').read()", "url_for.__globals__", "get_flashed_messages.__globals__",
    "customer.name.__class__", "customer.name|attr('__class__')", "customer['name']", "customer.name()",
    "customer.name|upper", "agent.password_hash", "agent.session_epoch", "agent.__init__", "ticket.customer.email",
    "customer.__class__", "customer", "agent", "ticket", "dict", "range(9)", "7|string", "x if 1 else y",
    "constructor.constructor('alert(1)')()", "this", "@root", "lookup this 'constructor'", "> partial",
    "_self.env.display('x')", "app.request.server.all", "dump(app)", "T(java.lang.Runtime).getRuntime()",
    "'a'.toUpperCase()", "php echo 1", "system('id')", "import os", "eval('1')", "open('/etc/passwd').read()",
]  # fmt: skip
FRAMES = [
    "{{%s}}",
    "{{ %s }}",
    "${%s}",
    "#{%s}",
    "<%%= %s %%>",
    "{%% print %s %%}",
    "{{{%s}}}",
    "%%(%s)s",
    "{%s}",
    "[[%s]]",
]


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_what_is_no_blank_stays_as_it_was_written(frame: str, expression: str) -> None:
    """CVE-2024-27516 and others: templates of users were run."""
    text = frame % expression

    assert text == fill(text, VALUES)


def test_blanks_are_filled_with_and_without_room_around_them() -> None:
    assert "Hello Sam Okafor, this is Ada about 1042." == fill(
        "Hello {{customer.name}}, this is {{ agent.name }} about {{ticket.number }}.", VALUES
    )


@pytest.mark.parametrize("name", ["{{agent.name}}", "{{ticket.number}}", r"\1", r"\g<0>", "{0}", "%s", "$&"])
def test_a_name_that_looks_like_a_blank_is_a_name(name: str) -> None:
    assert f"Hello {name}." == fill("Hello {{customer.name}}.", {**VALUES, "customer.name": name})


def test_a_blank_that_nobody_can_fill_becomes_nothing() -> None:
    assert "Hello ." == fill("Hello {{customer.name}}.", {})


def test_a_value_that_is_no_blank_is_never_shown() -> None:
    assert "{{agent.email}}" == fill("{{agent.email}}", {"agent.email": "ada@frontdesk.example"})
    assert ("customer.name", "agent.name", "ticket.number") == BLANKS


def test_an_adversarial_text_is_filled_in_no_time() -> None:
    """64 KiB of almost-blanks: the pattern is linear."""
    text = "{{ " * 20_000 + "{{" + "a." * 10_000

    assert text == fill(text, VALUES)


def test_a_shortcut_is_unique_whatever_its_case_and_slash() -> None:
    change = a_change(by="agent:1")
    add_canned(change, shortcut="/Hello", title="Greeting", text="Hello {{customer.name}}")

    with pytest.raises(Conflict) as refused:
        add_canned(change, shortcut="HELLO", title="Another", text="Hi")
    assert "shortcut" == refused.value.field


@pytest.mark.parametrize("shortcut", ["", "two words", "_x", "a" * 31, "<b>", "a/b", "-x"])
def test_a_shortcut_can_be_typed_after_a_slash(shortcut: str) -> None:
    with pytest.raises(Refused):
        add_canned(a_change(), shortcut=shortcut, title="Greeting", text="Hello")


def test_a_chinese_shortcut_is_as_good() -> None:
    assert "退款" == add_canned(a_change(), shortcut="退款", title="退款", text="您好").shortcut


def test_every_change_is_heard_of_and_none_that_changes_nothing() -> None:
    change = a_change(by="agent:1")
    canned = add_canned(change, shortcut="hi", title="Greeting", text="Hello")
    edit_canned(change, canned.id, shortcut="hi", title="Greeting", text="Hello")
    edit_canned(change, canned.id, shortcut="hi", title="Greeting", text="Hello there")
    remove_canned(change, canned.id)

    assert ["CannedChanged"] * 3 == change.kinds


def test_shortcuts_that_begin_so_come_first_and_wildcards_mean_themselves() -> None:
    change = a_change()
    add_canned(change, shortcut="offer", title="An offer", text="Refund or exchange?")
    add_canned(change, shortcut="refund", title="Refund", text="It is on its way.")
    add_canned(change, shortcut="billing-only", title="Refund", text="By invoice", queue_id=7)
    change.write()

    assert ["refund", "offer"] == [found.shortcut for found in find_canned(change.session, "refund")]
    assert ["refund", "billing-only", "offer"] == [
        found.shortcut for found in find_canned(change.session, "REFUND", queue_id=7)
    ]
    assert [] == list(find_canned(change.session, "%"))
    assert [] == list(find_canned(change.session, "r_f"))
