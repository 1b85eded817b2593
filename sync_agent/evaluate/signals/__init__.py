"""One finding a module, with its wording. Every module here is asked; none is listed.

A module says in `KINDS` what it finds, and has a function `find`. A kind needs no other place: `SignalKind("no motto")`
is one as soon as a module declares it. `WHEN_UNKNOWN` says that a module looks at goals that cannot be judged, too.
"""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from sync_agent.evaluate.context import Context
from sync_agent.model import Health, Signal, SignalKind


def find_all(context: Context, health: Health) -> tuple[Signal, ...]:
    """Every finding about a goal, in the order of `KINDS`. A goal that is reached needs none; of an unknown one only
    the cause is known.
    """
    asked = (module for module in _MODULES if _answers(module, context, health))
    found = (signal for module in asked for signal in _find(module)(context))
    return tuple(sorted(found, key=lambda signal: _RANK[signal.kind]))


def declared_kinds(modules: Iterable[ModuleType]) -> tuple[SignalKind, ...]:
    """What the modules find. Two that find the same would tell everybody of it twice."""
    by: dict[SignalKind, str] = {}
    for module in modules:
        for kind in module.KINDS:
            if kind in by:
                raise ValueError(f"{by[kind]} and {module.__name__} both declare '{kind}' in KINDS; rename one of them")
            by[kind] = module.__name__
    return tuple(by)


def _in_order(kinds: Iterable[SignalKind]) -> tuple[SignalKind, ...]:
    """Kinds in the order in which they are told."""
    named = list(SignalKind)
    return tuple(sorted(kinds, key=lambda kind: (named.index(kind) if kind in named else len(named), kind)))


def _modules() -> Iterator[ModuleType]:
    for module in iter_modules(__path__):
        yield import_module(f"{__name__}.{module.name}")


def _answers(module: ModuleType, context: Context, health: Health) -> bool:
    return hasattr(module, "WHEN_UNKNOWN") or (not context.broken and health is not Health.DONE)


def _find(module: ModuleType) -> Callable[[Context], Iterable[Signal]]:
    find: Callable[[Context], Iterable[Signal]] = module.find
    return find


_MODULES = tuple(_modules())
KINDS: tuple[SignalKind, ...] = _in_order(declared_kinds(_MODULES))
"""Every kind of finding there is: first those that the model names, in its order, then the others by name."""
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}
