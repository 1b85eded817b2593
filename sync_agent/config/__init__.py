"""The configuration: a directory of YAML, checked as a whole. Every mistake is told with its file, line and column."""

from sync_agent.config.directory import (
    fingerprint,
    installed_channels,
    installed_connectors,
    lines_of_secrets,
    load,
    web_address,
)
from sync_agent.config.errors import ConfigErrors, Mistake
from sync_agent.config.schema import json_schemas
from sync_agent.config.settings import ChannelSettings, Settings, SourceSettings

__all__ = [
    "ChannelSettings",
    "ConfigErrors",
    "Mistake",
    "Settings",
    "SourceSettings",
    "fingerprint",
    "installed_channels",
    "installed_connectors",
    "json_schemas",
    "lines_of_secrets",
    "load",
    "web_address",
]
