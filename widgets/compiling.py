"""Makes templates quick: what can be said beforehand is said once, and our own functions are called without ado."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.idtracking import VAR_LOAD_RESOLVE
from markupsafe import Markup, escape

FORETOLD = frozenset({"_", "icon", "asset"})
"""Functions that say the same of the same words for as long as the process lives. No fact may have such a name."""


def shown(fact: object) -> str:
    """As `escape`, without ado where there is nothing to escape: most of what a template shows."""
    kind = type(fact)
    if kind is Markup:
        return fact  # type: ignore[return-value]
    return str(fact) if kind is int else escape(fact)


class Compiling(CodeGenerator):
    """A text of ours or an icon becomes part of the template, in its language.

    Jinja calls every function by way of its context, which costs more than most of ours do. What takes the context
    itself cannot be called like this; none of ours does.
    """

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        self.writeline(f"from {__name__} import {shown.__name__}")
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        ours = self._ours(node, frame)
        if ours is None or forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for given in (*node.args, *node.kwargs):
            self.visit(given, frame)
            self.write(", ")
        self.write(")")

    def _output_child_to_const(self, node: nodes.Expr, frame: Frame, finalize: Any) -> str:
        ours = self._ours(node, frame) if isinstance(node, nodes.Call) else None
        if isinstance(node, nodes.Call) and ours in FORETOLD:
            said: Any = self.environment.globals[ours]
            node = nodes.Const(said(*_given(node, frame), **_named(node, frame)))
        return super()._output_child_to_const(node, frame, finalize)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write(f"{shown.__name__}(")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _ours(self, node: nodes.Call, frame: Frame) -> str | None:
        """The name of the function, where it is one that every template may call and nothing hides it."""
        if not isinstance(node.node, nodes.Name) or node.node.name not in self.environment.globals:
            return None
        name, symbols = node.node.name, frame.symbols
        here = symbols.find_ref(name)
        load = symbols.find_load(here) if here else None
        return name if load == (VAR_LOAD_RESOLVE, name) else None


def _given(node: nodes.Call, frame: Frame) -> list[Any]:
    """Raises Impossible where something is known only when it is drawn."""
    return [one.as_const(frame.eval_ctx) for one in node.args]


def _named(node: nodes.Call, frame: Frame) -> dict[str, Any]:
    return {one.key: one.value.as_const(frame.eval_ctx) for one in node.kwargs}
