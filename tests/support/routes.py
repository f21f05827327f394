"""Routes compiled once: most of what making an application costs, and the same for every test."""

from __future__ import annotations

from typing import Any, ClassVar

from werkzeug.routing import Rule

# What Werkzeug's Rule.compile() works out from the shape of a rule alone, and the two that are bound to it.
PARSED = ("arguments", "_parts", "_trace", "_converters")
BOUND = ("_build", "_build_unknown")


class RuleCompiledOnce(Rule):
    """A route that is compiled once in a process, however many applications it makes.

    Every test makes an application; compiling our routes takes most of its 70 ms.
    """

    _compiled: ClassVar[dict[tuple[object, ...], Rule]] = {}

    def compile(self) -> None:
        """Take over what an equal rule of an earlier application has compiled, or do the work."""
        shape: tuple[Any, ...] = (self.rule, repr(self.defaults), self.subdomain, self.host)
        if (like := self._compiled.setdefault(shape, self)) is self:
            super().compile()
            return
        for name in PARSED:
            setattr(self, name, getattr(like, name))
        for name in BOUND:
            setattr(self, name, getattr(like, name).__func__.__get__(self))
