"""The pure rooms take values and the time: they read no clock, open nothing, and draw the same numbers each time."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PURE = ("model", "ask", "evaluate", "decide", "render")
CLOCKS = {"now", "today", "utcnow", "monotonic", "perf_counter", "time_ns"}
FILES = {"open", "read_text", "write_text", "read_bytes", "write_bytes", "urlopen"}
LUCK = {"uuid1", "uuid4", "urandom", "token_hex", "token_bytes", "token_urlsafe", "default_rng", "getrandbits"}
OUTSIDE = {"random", "secrets", "uuid", "time", "os", "io", "pathlib", "tempfile", "shutil"}
ALLOWED = {
    ("ask/rounds/ranking.py", "random"): "its `Random` has a fixed seed",
}
"""What may be there, with the reason."""


def impure(code: str) -> Iterator[str]:
    """Calls and modules that make an answer depend on more than the arguments."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) if name in CLOCKS | FILES | LUCK:
                yield name
            case ast.Import(names=names):
                yield from (each.name for each in names if each.name.partition(".")[0] in OUTSIDE)
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in OUTSIDE:
                yield module
            case ast.Attribute(value=ast.Attribute(attr="random"), attr=name) if name not in ("Generator", "PCG64"):
                yield f"random.{name}"


def found() -> set[tuple[str, str]]:
    package = ROOT / "sync_agent"
    paths = (path for room in PURE for path in (package / room).rglob("*.py"))
    return {(str(path.relative_to(package)), name) for path in paths for name in impure(path.read_text())}


def test_the_pure_rooms_take_nothing_but_arguments() -> None:
    assert found() == set(ALLOWED)


@pytest.mark.parametrize(
    "code",
    [
        "at = datetime.now(UTC)",
        "day = date.today()",
        "from time import monotonic",
        "import random",
        "import os.path",
        "from secrets import token_hex",
        "words = Path('words').read_text()",
        "with open('words') as file: pass",
        "luck = np.random.default_rng()",
        "luck = np.random.normal()",
    ],
)
def test_what_is_impure_is_seen(code: str) -> None:
    assert list(impure(code))


def test_what_is_seeded_is_pure() -> None:
    assert not list(impure("np.random.Generator(np.random.PCG64(seed)).poisson(2)"))
