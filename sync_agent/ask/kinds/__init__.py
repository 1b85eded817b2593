"""The kinds of ask. Each module of this package is one; a new one is found because it is there."""

import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from types import ModuleType

from sync_agent.ask.kind import Kind, Situation
from sync_agent.model.asking import Ask


@cache
def every_kind() -> Mapping[str, Kind]:
    """All kinds by their names."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    return by_name(modules)


def by_name(modules: Iterable[ModuleType]) -> Mapping[str, Kind]:
    """Their kinds by name. With one name for two, the answers to one would be read as those to the other."""
    found: dict[str, ModuleType] = {}
    for module in modules:
        name = module.KIND.name
        other = found.setdefault(name, module)
        if other is not module:
            raise ValueError(f"{other.__name__} and {module.__name__} both declare '{name}'; rename one of them")
    return {name: module.KIND for name, module in found.items()}


def asks(situation: Situation) -> tuple[Ask, ...]:
    """All questions to all people, in the order in which they open. Ids are unique."""
    found = {ask.id: ask for kind in every_kind().values() for ask in kind.asks(situation)}
    return tuple(sorted(found.values(), key=lambda ask: (ask.opens, ask.id)))
