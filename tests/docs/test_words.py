"""One word has one meaning: for classes and the names of types, for modules and for commands."""

import re
from collections import defaultdict
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules, walk_packages
from types import ModuleType

import click
import pytest

import connectors
import sync_agent
from sync_agent.cli import main

ROOT = Path(__file__).parents[2]
SANDBOX = ROOT / "sync_agent" / "sandbox"
"""It speaks the words of the trackers."""


NAME_OF_A_TYPE = re.compile(r"^(?:class (?=_?[A-Z])|(?=[A-Z]+[a-z]\w* = ))(\w+)", re.MULTILINE)
"""A class, or what another type is called: `Row = tuple[str, int]`. Such a name with `_` is read in one file alone,
and may mean something else in the next.
"""
BORROWED = re.compile(r"^\s*((?:from|import) tests\b[^\n(]*(?:\([^)]*)?\btest_\w+)", re.MULTILINE)


def test_no_name_of_a_type_means_two_things() -> None:
    modules: dict[str, set[str]] = defaultdict(set)
    for package in ("sync_agent", "connectors"):
        for path in (ROOT / package).rglob("*.py"):
            for name in NAME_OF_A_TYPE.findall(path.read_text()) if SANDBOX not in path.parents else ():
                modules[name].add(str(path.relative_to(ROOT)))
    assert not {name: found for name, found in modules.items() if len(found) > 1}


def test_the_sandbox_has_no_class_twice() -> None:
    classes = [name for path in SANDBOX.rglob("*.py") for name in re.findall(r"(?m)^class (\w+)", path.read_text())]
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


def test_what_tests_share_is_in_support() -> None:
    borrowed = [
        f"{path.relative_to(ROOT)}: {line}"
        for path in (ROOT / "tests").rglob("*.py")
        for line in BORROWED.findall(path.read_text())
        if path != Path(__file__)
    ]
    assert not borrowed


@pytest.mark.parametrize(
    "line",
    [
        "from tests.docs.test_docs import commands",
        "from tests.docs import test_docs as docs",
        "from tests.docs import (\n    helpers,\n    test_docs,\n)",
        "import tests.docs.test_docs",
    ],
)
def test_every_way_to_borrow_from_a_test_is_seen(line: str) -> None:
    assert BORROWED.search(line)


@pytest.mark.parametrize("name", main.list_commands(click.Context(main)))
def test_a_file_of_a_command_has_its_name(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name
