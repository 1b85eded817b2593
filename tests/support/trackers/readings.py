"""Sources read from the sandboxes."""

import threading
from dataclasses import replace

from connectors.contract import Batch, Runtime, Source
from sync_agent.config import installed_connectors
from tests.support.theatre import Theatre


def source(stage: Theatre, name: str) -> Source:
    settings_ = stage.settings.sources[name]
    context = Runtime(stage.environ, stage.clock.now, threading.Event())
    return installed_connectors()[settings_.type].open(name, settings_.options, context)


def read(stage: Theatre, name: str, cursor: str | None) -> tuple[list[Batch], str]:
    batches = list(source(stage, name).reader.read(cursor))
    return batches, batches[-1].cursor


def keys(batches: list[Batch]) -> list[str]:
    return sorted(item.key for batch in batches for item in batch.items)


def scoped(stage: Theatre, *repositories: str) -> Theatre:
    old = stage.settings.sources["github"]
    options = old.options.model_copy(update={"repositories": repositories})
    sources = {**stage.settings.sources, "github": replace(old, options=options)}
    stage.settings = replace(stage.settings, sources=sources)
    return stage


def containers(batches: list[Batch]) -> set[str]:
    return {item.container for batch in batches for item in batch.items}
