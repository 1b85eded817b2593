"""The secrets that a configuration refers to, and which of them are missing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import BaseModel

from connectors.errors import SecretMissing
from connectors.hooks import HOOK_SECRET
from connectors.options import Secret
from sync_agent.config import Settings


@dataclass(frozen=True, slots=True)
class Needed:
    """A secret and what needs it: a source, `kpis`, a goal, or a channel.

    `setting` names the setting that refers to it (`channels.email.password`) if no pull would find it missing.
    """

    name: str
    secret: Secret
    setting: str | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """A secret that is needed but missing, and how to fix that."""

    needed: Needed
    fix: str


def needed(settings: Settings) -> Iterator[Needed]:
    """Yields every secret that the configuration refers to."""
    for name, source in settings.sources.items():
        for where, secret in _secrets(source.options):
            yield Needed(name, secret, f"sources.{name}.{where}" if where == HOOK_SECRET else None)
    for channel, its in settings.channels.items():
        yield from (Needed(channel.name, s, f"channels.{its.key}.{where}") for where, s in _secrets(its.options))
    yield from (Needed("kpis", secret) for _, secret in _secrets(settings.kpis))
    yield from (Needed("web", secret, "web.secret") for secret in settings.web_secrets)
    for goal in settings.organisation.goals:
        tokens = (getattr(result.kpi, "token", None) for result in goal.key_results)
        yield from (Needed(f"goal {goal.id}", Secret.at(token)) for token in tokens if token)


def missing(settings: Settings, environ: Mapping[str, str]) -> tuple[Missing, ...]:
    """Returns all secrets that are missing now."""
    return tuple(found for each in needed(settings) if (found := _missing(each, environ)))


def _missing(each: Needed, environ: Mapping[str, str]) -> Missing | None:
    try:
        each.secret.reveal(environ)
    except SecretMissing as error:
        return Missing(each, str(error))
    return None


def _secrets(model: BaseModel) -> Iterator[tuple[str, Secret]]:
    """With the keys that lead to each."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, Secret):
            yield name, value
        elif isinstance(value, BaseModel):
            yield from ((f"{name}.{inner}", secret) for inner, secret in _secrets(value))
