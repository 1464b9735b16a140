"""Templates say beforehand what never changes, and everything else each time they are drawn."""

from functools import partial

import pytest
from jinja2 import DictLoader, Environment

from widgets.compiling import Compiling
from widgets.drawing import render


def compiled(template: str, **may_call: object) -> Environment:
    environment = Environment(loader=DictLoader({"it": template}), autoescape=True)
    environment.code_generator_class = Compiling
    environment.globals.update(may_call)
    return environment


def test_our_own_words_are_looked_up_once_however_often_they_are_shown() -> None:
    asked: list[str] = []

    def translated(text: str) -> str:
        asked.append(text)
        return f"<{text}>"

    template = compiled("{{ _('Seen') }} {{ name }}", _=translated).get_template("it")

    assert [template.render(name=one) for one in ("Ada", "Bo")] == ["&lt;Seen&gt; Ada", "&lt;Seen&gt; Bo"]
    assert asked == ["Seen"]


def test_words_with_something_of_the_moment_in_them_are_looked_up_each_time() -> None:
    filled = partial(str.format, "{n} m")
    template = compiled("{{ _(n=minutes) }}", _=filled).get_template("it")

    assert ["3 m", "4 m"] == [template.render(minutes=3), template.render(minutes=4)]


def test_a_name_of_the_templates_own_is_not_taken_for_one_of_ours() -> None:
    own = "{% macro icon(name) %}own {{ name }}{% endmacro %}{{ icon('x') }}"

    assert compiled(own, icon=lambda name: "ours").get_template("it").render() == "own x"


def test_no_fact_may_hide_a_function_whose_answer_is_already_written_down() -> None:
    with pytest.raises(AssertionError, match="icon"):
        render("console/_count.html", "en", view="mine", n=1, icon="x")
