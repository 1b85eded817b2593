"""Each kind of finding is declared by one module."""

from types import ModuleType

import pytest

from sync_agent.evaluate.signals import declared_kinds
from sync_agent.model import SignalKind


def declaring(name: str, *kinds: str) -> ModuleType:
    module = ModuleType(name)
    module.KINDS = tuple(SignalKind(kind) for kind in kinds)  # type: ignore[attr-defined]
    return module


def test_two_modules_that_declare_the_same_kind_are_both_named() -> None:
    modules = [declaring("signals.quiet", "quiet", "no motto"), declaring("signals.motto", "no motto")]
    with pytest.raises(ValueError, match=r"signals\.quiet and signals\.motto both declare 'no motto'"):
        declared_kinds(modules)


def test_the_kinds_of_all_modules_are_declared() -> None:
    modules = [declaring("signals.quiet", "quiet", "no motto"), declaring("signals.late", "late")]
    assert declared_kinds(modules) == ("quiet", "no motto", "late")
