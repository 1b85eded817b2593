"""One word has one meaning: for classes and the names of types, for modules and for commands."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
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
SANDBOX = ROOT / "sync_agent" / "sandbox"
"""It speaks the words of the trackers."""


def names_of_types(path: Path) -> Iterator[str]:
    """Classes, and what other types are called: `Row = tuple[str, int]`."""
    for node in ast.parse(path.read_text()).body:
        match node:
            case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]) if re.match("[A-Z]+[a-z]", name):
                yield name


def test_no_name_of_a_type_means_two_things() -> None:
    modules: dict[str, set[str]] = defaultdict(set)
    for package in ("sync_agent", "connectors"):
        for path in (ROOT / package).rglob("*.py"):
            for name in names_of_types(path) if SANDBOX not in path.parents else ():
                modules[name].add(str(path.relative_to(ROOT)))
    assert not {name: found for name, found in modules.items() if len(found) > 1}


def test_the_sandbox_has_no_class_twice() -> None:
    classes = [
        node.name
        for path in SANDBOX.rglob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.ClassDef)
    ]
    assert len(classes) == len(set(classes))


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
