"""Kinds of finding as people write them into the files: those that the modules of findings declare."""

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticKnownError

from sync_agent.evaluate.signals import KINDS
from sync_agent.model import SignalKind


def finding(value: Any) -> Any:
    """The kind of that name. Raises an error that lists them all."""
    if value in KINDS:
        return SignalKind(value)
    raise PydanticKnownError("enum", {"expected": ", ".join(f"'{kind}'" for kind in KINDS)})


FindingName = Annotated[
    SignalKind, BeforeValidator(finding), WithJsonSchema({"type": "string", "enum": [kind.value for kind in KINDS]})
]
