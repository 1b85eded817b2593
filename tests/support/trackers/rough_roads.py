"""Sources read over connections that fail."""

import math
from datetime import timedelta
from typing import Any

from connectors.contract import Runtime
from sync_agent.config import installed_connectors
from tests.support.agents.patience import Patience
from tests.support.theatre import Theatre


def patiently(
    stage: Theatre, name: str, skew: timedelta = timedelta(0), at_most: float = math.inf, **more: Any
) -> tuple[Any, Patience]:
    """A source that waits, `at_most` for so many seconds, without taking long. Its host's clock is wrong by `skew`."""
    settings, patience = stage.settings.sources[name], Patience()
    options = settings.options.model_copy(update={"give_up_after": 300, **more})
    patience.now = stage.clock.now() + skew
    context = Runtime(stage.environ, lambda: patience.now, patience, at_most)
    return installed_connectors()[settings.type].open(name, options, context), patience
