"""What a connector says of its kind of tracker before one is opened, so that nothing else has to know it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.hooks import HookScheme


@dataclass(frozen=True, slots=True)
class Selecting:
    """What a selector can say about such a tracker.

    `keys` are those that it understands, of all that selectors have; `own` are keys of this tracker alone, each with
    the one of all trackers that it means, such as `{"board": "project"}`. `instead` says what to do where somebody
    writes another. `containers` are the keys that name projects or repositories, `items` those that name items. The
    key of an item matches `item`, whose first group is the container that it lies in; `example` is such a key in words.
    """

    keys: frozenset[str]
    containers: tuple[str, ...]
    items: tuple[str, ...]
    item: re.Pattern[str]
    example: str
    own: Mapping[str, str] = field(default_factory=dict)
    instead: Mapping[str, str] = field(default_factory=dict)

    @property
    def written(self) -> frozenset[str]:
        """Every key that somebody may write."""
        return self.keys.union(self.own)

    def meaning(self, key: str) -> str:
        """The key of all trackers that a key means."""
        return self.own.get(key, key)

    def container_of(self, key: str) -> str:
        """The project or repository of an item; a key that is none's stands for itself."""
        found = self.item.fullmatch(key)
        return found[1] if found else key


@dataclass(frozen=True, slots=True)
class Question:
    """An option of `sync-agent init`, such as `--email`. Where it was left out and the tracker lets nobody in, `missed`
    is said.
    """

    option: str
    help: str
    metavar: str | None = None
    default: str | None = None
    missed: str = ""


Answers = Mapping[str, str | None]
"""What was answered, by the questions' options."""


@dataclass(frozen=True, slots=True)
class Starter:
    """How a first configuration is made. The tracker is asked what it has where the first question is answered.

    `options` makes a source's options of the answers, with any container under `scope`, the option that lists them.
    `selector` gives the keys of a selector for one of the survey's targets, or for all that is in a container.
    """

    questions: tuple[Question, ...]
    scope: str
    options: Callable[[Answers], dict[str, Any]]
    selector: Callable[[str, str | None], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of tracker. `title` is its name as people write it. `deploys`: it tells of releases or deployments.
    `hooks`: how it calls when something changed; its options then have a `hook_secret`.
    """

    title: str
    selecting: Selecting
    starter: Starter
    deploys: bool = False
    hooks: HookScheme | None = None
