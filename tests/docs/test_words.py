"""One word has one meaning: for classes, for modules and for commands."""

import ast
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules, walk_packages
from types import ModuleType

import click
import pytest

import connectors
import sync_agent
from sync_agent.cli import commands, main

ROOT = Path(__file__).parents[2]
# The digest of a status that was told is made from a document's `repr`, so its class names stay as they are.
KEPT = {"Facts"}


def room(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts[:2])


def test_no_class_name_means_two_things() -> None:
    rooms: dict[str, set[str]] = defaultdict(set)
    for package in ("sync_agent", "connectors"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.parse(path.read_text()).body:
                if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                    rooms[node.name].add(room(path))
    assert not {name: found for name, found in rooms.items() if len(found) > 1 and name not in KEPT}


def packages() -> list[ModuleType]:
    found = [sync_agent, connectors]
    for root in (sync_agent, connectors):
        walked = walk_packages(root.__path__, f"{root.__name__}.")
        found += [import_module(each.name) for each in walked if each.ispkg and "migrations" not in each.name]
    return found


def test_no_name_of_a_package_hides_a_module_of_it() -> None:
    hidden = []
    for package in packages():
        names = [module.name for module in iter_modules(package.__path__)]
        hidden += [
            f"{package.__name__}.{name}"
            for name in names
            if hasattr(package, name) and not isinstance(getattr(package, name), ModuleType)
        ]
    assert not hidden


@pytest.mark.parametrize("name", [module.name for module in iter_modules(commands.__path__)])
def test_a_file_of_a_command_has_its_name(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
