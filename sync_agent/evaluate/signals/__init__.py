"""One finding a module, with its wording. Every module here is asked; none is listed."""

from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from sync_agent.evaluate.context import Context
from sync_agent.model import Health, Signal, SignalKind

_RANK = {kind: rank for rank, kind in enumerate(SignalKind)}


def find_all(context: Context, health: Health) -> tuple[Signal, ...]:
    """Every finding about a goal, in the order of the kinds. A goal that is reached needs none; of an unknown one only
    the cause is known.
    """
    asked = (module for module in _MODULES if _answers(module, context, health))
    found = (signal for module in asked for signal in _find(module)(context))
    return tuple(sorted(found, key=lambda signal: _RANK[signal.kind]))


def _modules() -> Iterator[ModuleType]:
    for module in iter_modules(__path__):
        yield import_module(f"{__name__}.{module.name}")


def _answers(module: ModuleType, context: Context, health: Health) -> bool:
    """A module says with WHEN_UNKNOWN that it looks at goals that cannot be judged."""
    return hasattr(module, "WHEN_UNKNOWN") or (not context.broken and health is not Health.DONE)


def _find(module: ModuleType) -> Callable[[Context], Iterable[Signal]]:
    find: Callable[[Context], Iterable[Signal]] = module.find
    return find


_MODULES = tuple(_modules())
