"""The kinds of ask. Each module of this package is one; a new one is found because it is there."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from sync_agent.ask.kind import Kind, Situation
from sync_agent.model.asking import Ask


@cache
def every_kind() -> Mapping[str, Kind]:
    """All kinds by their names."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    kinds = [module.KIND for module in modules]
    return {kind.name: kind for kind in kinds}


def asks(situation: Situation) -> tuple[Ask, ...]:
    """All questions to all people, in the order in which they open. Ids are unique."""
    found = {ask.id: ask for kind in every_kind().values() for ask in kind.asks(situation)}
    return tuple(sorted(found.values(), key=lambda ask: (ask.opens, ask.id)))
