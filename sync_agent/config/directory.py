"""Reads a directory of YAML into settings, or into all mistakes in it."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from connectors.contract import ChannelConnector, Connector
from connectors.options import Secret
from sync_agent.config.build import build
from sync_agent.config.checks.ladders import check_ladders
from sync_agent.config.checks.settings import check
from sync_agent.config.declared import trackers
from sync_agent.config.errors import ConfigErrors, Mistake, quoted, unknown
from sync_agent.config.fiscal import with_days
from sync_agent.config.mistakes import validated
from sync_agent.config.nodes import MAX_BYTES, Node, parse
from sync_agent.config.own_keys import OwnKeys
from sync_agent.config.rounds.build import with_rounds
from sync_agent.config.rounds.reading import read_round
from sync_agent.config.settings import Settings, SourceSettings
from sync_agent.config.shapes.goals import GoalShape
from sync_agent.config.shapes.settings import SettingsShape, WebShape, settings_shape

_MAIN = "sync-agent.yaml"


@dataclass(frozen=True, slots=True)
class Files:
    """The content of the files: the root of sync-agent.yaml, every entry of every `goals:` list, and the roots of the
    rounds.
    """

    main: Node | None
    goals: tuple[Node, ...]
    rounds: tuple[Node, ...] = ()


def installed_connectors() -> dict[str, Connector]:
    """Returns the connectors of this Python environment, by the `type:` of sources. Raises ConfigErrors."""
    return _installed("sync_agent.connectors")


def installed_channels() -> dict[str, ChannelConnector]:
    """What opens channels in this Python environment, by the key below `channels:`. Raises ConfigErrors."""
    return _installed("sync_agent.channels")


def _installed(group: str) -> dict[str, Any]:
    found, mistakes = {}, []
    for entry in entry_points(group=group):
        try:
            found[entry.name] = entry.load()
        except Exception as error:  # noqa: BLE001  importing somebody else's module may fail in any way
            why = " ".join(f"{type(error).__name__}: {error}".split())
            text = f"this connector cannot be loaded; install it again or remove it ({why})"
            mistakes.append(Mistake(f"{entry.name} ({entry.value})", 0, 0, text))
    if mistakes:
        raise ConfigErrors(mistakes)
    return found


def load(
    directory: Path,
    environ: Mapping[str, str],
    connectors: Mapping[str, Connector],
    channels: Mapping[str, ChannelConnector] | None = None,
) -> Settings:
    """The whole configuration; `channels` default to those that are installed. Raises ConfigErrors with all mistakes of
    all files.
    """
    mistakes: list[Mistake] = []
    files = _read(directory, mistakes)
    known = installed_channels() if channels is None else channels
    main = validated(settings_shape(known), files.main, mistakes) if files.main else None
    sources = _sources(files.main, connectors, mistakes) if files.main else {}
    if main:
        goals, rounds = (_with_days(nodes, main, mistakes) for nodes in (files.goals, files.rounds))
        files = replace(files, goals=goals, rounds=rounds)
    profiles = {kind: connector.profile for kind, connector in connectors.items()}
    own = OwnKeys(trackers(files.main, profiles) if files.main else {}, profiles.values())
    files = replace(files, goals=own.read_all(files.goals, mistakes), rounds=own.read_all(files.rounds, mistakes))
    shapes = [(node, shape) for node in files.goals if (shape := validated(GoalShape, node, mistakes, own.writable))]
    written = [found for node in files.rounds if (found := read_round(node, mistakes))]
    if files.main:
        containers = {name: connectors[s.type].containers(s.options) for name, s in sources.items()}
        mistakes.extend(check(files.main, files.goals, containers, profiles, known, files.rounds))
    mistakes.extend(_environment(environ))
    if mistakes or main is None:
        raise ConfigErrors(mistakes)
    routes = files.main.many("routes") if files.main else ()

    def container_of(source: str, key: str) -> str:
        return connectors[sources[source].type].profile.selecting.container_of(key)

    settings = build(directory, environ, main, sources, known, shapes, container_of, routes)
    if unreachable := list(check_ladders(settings, (node for node, _ in shapes))):
        raise ConfigErrors(unreachable)
    settings = replace(settings, organisation=with_rounds(settings.organisation, written))
    return replace(settings, people_at=_place(files.main, "people"))


def _with_days(nodes: Iterable[Node], main: SettingsShape, mistakes: list[Mistake]) -> tuple[Node, ...]:
    return tuple(with_days(each, main.fiscal_year, mistakes) for each in nodes)


def _place(main: Node | None, name: str) -> str:
    key = main.keys.get(name) if main else None
    return f"{key.file}:{key.line}" if key else _MAIN


def fingerprint(directory: Path) -> str | None:
    """Returns a digest of the files of a configuration; None if one of them cannot be read."""
    digest = hashlib.sha256()
    try:
        for path in (directory / _MAIN, *_files(directory, "goals"), *_files(directory, "rounds")):
            digest.update(f"{path.name} {path.stat().st_size} ".encode() + path.read_bytes())
    except OSError:
        return None
    return digest.hexdigest()


def web_address(directory: Path, environ: Mapping[str, str]) -> tuple[str, int]:
    """Where `serve` shows its pages, as far as the files and the environment say so without a mistake: what runs may be
    the last good configuration. Otherwise the default.
    """
    main = _parse(directory, directory / _MAIN, [])
    web = main.get("web") if main else None
    shape = (validated(WebShape, web, []) if web else None) or WebShape()
    port = environ.get("SYNC_AGENT_WEB_PORT") if not list(_environment(environ)) else None
    return environ.get("SYNC_AGENT_WEB_HOST") or shape.host, int(port or shape.port)


def lines_of_secrets(directory: Path) -> Mapping[Secret, str]:
    """Returns where the files first name each secret, as file:line."""
    files, found = _read(directory, []), dict[Secret, str]()
    for root in (*((files.main,) if files.main else ()), *files.goals, *files.rounds):
        for node in (each for each in root.walk() if len(each.mapping) == 1):
            ((kind, value),) = node.mapping.items()
            if kind in ("env", "file") and value.text:
                secret = Secret.at(f"{kind}:{value.text}")
                found.setdefault(secret, f"{value.file}:{value.line}")
    return found


def _environment(environ: Mapping[str, str]) -> Iterable[Mistake]:
    port = environ.get("SYNC_AGENT_WEB_PORT") or "0"
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        yield Mistake("SYNC_AGENT_WEB_PORT", 0, 0, f"found {quoted(port)}; should be a port, 0 to 65535")


def _read(directory: Path, mistakes: list[Mistake]) -> Files:
    main = _parse(directory, directory / _MAIN, mistakes)
    paths = _files(directory, "goals")
    if not paths and directory.is_dir():
        mistakes.append(Mistake("goals", 0, 0, "there are no goals; write them into files such as goals/2026-q4.yaml"))
    roots = [root for path in paths if (root := _parse(directory, path, mistakes))]
    rounds = [root for path in _files(directory, "rounds") if (root := _parse(directory, path, mistakes))]
    return Files(main, tuple(node for root in roots for node in _entries(root, mistakes)), tuple(rounds))


def _files(directory: Path, folder: str) -> list[Path]:
    """Lists the files of a folder, without hidden files: editors keep locks and copies there."""
    found = (directory / folder).glob("*")
    return sorted(path for path in found if path.suffix in (".yaml", ".yml") and not path.name.startswith("."))


def _parse(directory: Path, path: Path, mistakes: list[Mistake]) -> Node | None:
    name = path.relative_to(directory).as_posix()
    try:
        if path.exists() and not path.is_file():
            raise OSError("it is not a file")
        if path.stat().st_size > MAX_BYTES:
            raise OSError(f"it is larger than {MAX_BYTES:,} bytes; split it")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        mistakes.append(Mistake(name, 0, 0, f"is not UTF-8 (byte {error.start}); save it as UTF-8"))
        return None
    except OSError as error:
        mistakes.append(Mistake(name, 0, 0, f"cannot be read{_why(error, directory, name)}"))
        return None
    root, found = parse(text, name)
    mistakes.extend(found)
    if root is None and not found:
        mistakes.append(Mistake(name, 0, 0, "is empty"))
    if root is not None and not isinstance(root.value, dict):
        mistakes.append(root.mistake(f"found {root.describe()}; a file begins with keys such as 'goals:'"))
        return None
    return root


def _why(error: OSError, directory: Path, name: str) -> str:
    """Says what is wrong with a file and, if there is no configuration at all, how to name or make one."""
    if name == _MAIN and directory.is_file():
        return f": {directory} is a file; name its directory with --config"
    where = f" in {directory}" if isinstance(error, FileNotFoundError) else ""
    fix = f"; name another directory with --config, or make one with sync-agent init {directory}" if where else ""
    return f"{where}: {error.strerror or error}{fix if name == _MAIN else ''}"


def _entries(root: Node, mistakes: list[Mistake]) -> Iterable[Node]:
    for name, key in root.keys.items():
        if name != "goals":
            mistakes.append(key.mistake(unknown("key", name, ["goals"])))
    goals = root.get("goals")
    if goals is None or not isinstance(goals.value, tuple) or not goals.value:
        mistakes.append((goals or root).mistake("a goal file holds 'goals:' and below it a list, each entry '- id: …'"))
        return ()
    return goals.value


def _sources(main: Node, connectors: Mapping[str, Connector], mistakes: list[Mistake]) -> dict[str, SourceSettings]:
    found: dict[str, SourceSettings] = {}
    sources = main.get("sources")
    for name, node in (sources.mapping if sources else {}).items():
        kind = node.get("type")
        chosen = kind.text or "" if kind else ""
        if chosen not in connectors:
            missing = f"'type' is missing here; one of {', '.join(sorted(connectors))}"
            mistakes.append((kind or node).mistake(unknown("type", chosen, connectors) if chosen else missing))
            continue
        rest = {key: value for key, value in node.mapping.items() if key not in ("type", "renamed_from")}
        options = validated(
            connectors[chosen].options, Node(node.file, node.line, node.column, rest, node.keys), mistakes
        )
        if options:
            former = tuple(each.text for each in node.many("renamed_from") if each.text)
            found[name] = SourceSettings(chosen, options, former)
    return found
