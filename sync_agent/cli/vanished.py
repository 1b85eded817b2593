"""Names that the files and the store do not share: perhaps renamed, perhaps mistyped."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches

from connectors.contract import Finding, Level
from sync_agent.config import Settings
from sync_agent.config.errors import nearest
from sync_agent.model import Organisation
from sync_agent.model.renames import Named
from sync_agent.store.upkeep.names import KnownNames

_CLOSE = 0.5
"""How much of two names has to be the same: `checkout` and `fast-checkout` are closer."""


def perhaps_renamed(settings: Settings, known: Mapping[Named, KnownNames]) -> Iterator[Finding]:
    """Warns of each name that the store knows and the files do not, and says what it may be called now."""
    organisation = settings.organisation
    present: Mapping[Named, KnownNames] = {
        Named.GOAL: {g.id: frozenset(place.key for place in g.report_on) for g in organisation.goals},
        Named.PERSON: {p.id: frozenset([p.email] if p.email else []) for p in organisation.people.values()},
        Named.SOURCE: dict.fromkeys(settings.sources, frozenset[str]()),
    }
    said = {(kind, old) for kind, old, _ in settings.renames.every}
    for kind, names in present.items():
        fresh = {name: marks for name, marks in names.items() if name not in known[kind]}
        for gone, marks in known[kind].items():
            if gone in names or (kind, gone) in said:
                continue
            if now := _like(gone, marks, fresh):
                yield Finding(
                    Level.WARNING,
                    f"{kind.value} {now}",
                    f"is new, and the {kind.value} {gone} has gone: if it is the same one, add `renamed_from: {gone}` "
                    "to it, or it begins anew and people are told again",
                )


def unknown_inputs(organisation: Organisation, said: Collection[str]) -> Iterator[Finding]:
    """Warns of each goal that is there `because` of an input that nobody has given."""
    wanted = ((goal.id, name) for goal in organisation.goals for name in goal.because if name not in said)
    for goal, name in wanted:
        near = nearest(name, said)
        hint = f"did you mean '{near}'?" if near else "`sync-agent explain` shows the inputs to a goal"
        yield Finding(Level.WARNING, f"goal {goal}", f"because: the store knows no input '{name}'; {hint}")


def _like(gone: str, marks: frozenset[str], fresh: KnownNames) -> str | None:
    same = next((name for name, others in fresh.items() if marks & others), None)
    return same or next(iter(get_close_matches(gone, fresh, 1, _CLOSE)), None)
