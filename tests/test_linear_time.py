"""No text may cost more than linear time: every regular expression and every parser that meets text from outside.

Matching holds the interpreter's lock, so that one that takes long silences `/healthz`, too, and the agent is killed.
"""

import ast
import gc
import importlib
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import Mail
from connectors.errors import ConnectorError, Malformed
from connectors.github import client as github_client
from connectors.github.decode.items import make_item as github_item
from connectors.http import quota
from connectors.http.policy import Response, _decoded
from connectors.jira.items import plain
from connectors.jira.names import CurrentNames, HistoryName
from connectors.jira.read.changes import _labels
from connectors.jira.sprints import read_sprints
from connectors.jira.words import own_words
from connectors.kpis.csv import CsvReader
from connectors.mail.compose import compose
from connectors.reading.references import written_links
from connectors.reading.wildcard import fits
from connectors.redact import Keyring
from sync_agent.ask.identity.links import Links
from sync_agent.ask.texts.grammar import Misunderstood, understand, until_when
from sync_agent.config.errors import nearest, quoted
from sync_agent.config.nodes import parse
from sync_agent.config.values import day, digest, duration, hours, period
from sync_agent.model import CsvKpi, ItemKind
from sync_agent.render.markup.adf import adf
from sync_agent.render.markup.chat import chat
from sync_agent.render.markup.document import Link, link, paragraph
from sync_agent.render.markup.mail import html, text
from sync_agent.render.markup.markdown import markdown
from sync_agent.render.markup.wiki import wiki
from sync_agent.run.process.logs import Redact

_ROOT = Path(__file__).parent.parent
_NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_MOST = 6.0  # Four times the text at six times the cost at most: linear, and what a loaded machine adds.
_TOO_LITTLE = 0.02  # Seconds of processor time below which a ratio says nothing.
_ENOUGH = 0.06
_ALL_OF_IT = 1_000_000
_SIZES = (4_000, 16_000, 64_000)
_KEYRING = Keyring()
for _word in ("secret-word", "secret-words"):
    _KEYRING.learn(_word, _word)

# Every regular expression that meets text from outside: where it is, and texts that nearly fit it.
_PATTERNS: Mapping[str, tuple[str, ...]] = {
    "connectors.http.answers._ESCAPE": ("\\", "\\u", "\\ud83d", "\\\\ud8"),
    "connectors.chat.chat._STATUS": ("error=", "error=12"),
    "connectors.kpis.csv.reader._MONTH": ("2026-", "2026-1"),
    "connectors.mail.options._ADDRESS": ("a@", "@a", "a@b "),
    "sync_agent.ask.identity.reply_addresses._TOKEN": (
        "0",
        "0123456789ab",
        "0123456789ab.",
        "0123456789ab.abcdefghijklmnop",
    ),
    "connectors.github.decode.items._POINTS": ("points: ", "1.", "size :", "1 pt", "points:1."),
    "connectors.github.decode.items._PRIORITY": ("prio: ", "prio: \na", " :", "p1"),
    "connectors.github.profile._ITEM": ("a/", "a/b#", ".-"),
    "connectors.github.write.problems._KEY": ("a/", "a/b#", "a/b#1", ".-"),
    "connectors.redact._LOOKS_SECRET": (
        "ghp_",
        "github_pat_",
        "ATATT",
        "xoxb-",
        "eyJ",
        "eyJaaaaaaaa.",
        "authorization: ",
        "authorization:a ",
        "bearer ",
        "basic a",
        "://",
        "://a",
        "?token=",
        "&key=a&",
    ),
    "connectors.http.policy._PEER": ("HTTPConnection(host='", "HTTPConnection(host='', port=1", "HTTPSConnectionPool("),
    "connectors.jira.read.changes._KEY": ("A", "A-", "A-1"),
    "connectors.jira.client._NO_FURTHER": ("exceeded the search ", "Result window "),
    "connectors.jira.profile._ITEM": ("A", "A-"),
    "connectors.jira.write.problems._KEY": ("A", "A-", "A-1"),
    "connectors.jira.read.reader._ORDER_BY": (" order", " order by", "order  by\n", "  order b"),
    "connectors.jira.sprints._BEFORE_A_PAIR": (",", ",a", ",a=", "[a=", "[a=,"),
    "connectors.reading.references._PHRASE": ("> * _-", "blocked by", "- depends on", "* blocked b", "#", "1.", "is "),
    "connectors.reading.references._TICKED": (" >", "- ", "- [", "- [x"),
    "connectors.reading.references._ITEM": (" -", "1. ", "*"),
    "connectors.reading.references._TARGET": (
        "A",
        "A-",
        "A1-1a",
        "a/",
        "a/b#",
        ".-/",
        "#1a",
        "http://",
        "https://a,",
        "#",
    ),
    "connectors.reading.references._WORDS": (": * _", ":\r"),
    "sync_agent.ask.texts.grammar._COMMAND": ("sync-agent ", "@sync-agent", "/sync-agent\t"),
    "sync_agent.ask.texts.comments._LIST_MARKS": ("- ", "1. ", " ", "* +\t"),
    "sync_agent.ask.texts.comments._FENCE": ("`", "~", " ```", "~~~`"),
    "sync_agent.ask.texts.comments._DELIMITER": ("\\", "`", "~", "<!--", "</", "<s>"),
    "sync_agent.ask.texts.comments._WIKI_BLOCK": ("{code", "{quote:", "{noformat:a", "\\{code}"),
    "sync_agent.ask.fields.days._DAY_FIRST": ("1", "1st ", "1 a", "1 may 2"),
    "sync_agent.ask.fields.days._DOTTED": ("1.", "1.1", "1.1.2"),
    "sync_agent.ask.fields.days._ISO": ("2", "2026-", "2026-1-"),
    "sync_agent.ask.fields.days._MONTH_FIRST": ("a", "a 1", "may 1st "),
    "sync_agent.ask.fields.lines._KEY": ("_", " -", "a_"),
    "sync_agent.ask.fields.short._ESCAPED": ("\\", "a\\"),
    "sync_agent.ask.fields.short._TOKEN": ('"', '"\\', '" a', '"a"b'),
    "sync_agent.ask.fields.values._BREAKS": ("\r", "\r\n", "\u2028"),
    "sync_agent.ask.fields.values._NUMBER": ("+", "1", "1.", ".1"),
    "sync_agent.ask.fields.values._THOUSANDS": ("1", "1,", "1,000"),
    "sync_agent.ask.fields.values._UNFIT": ("\x00", "a\x00"),
    "sync_agent.config.errors._CREDENTIAL": ("gh", "ghp_", "://", "://a:", "://:a", "xoxb-", "ATATT", "://a:b"),
    "sync_agent.config.nodes._UNPRINTABLE": ("a", "\x85"),
    "sync_agent.config.values._DAY": ("2026-", "1-"),
    "sync_agent.config.values._DIGEST": ("mon ", "daily 09:0"),
    "sync_agent.config.values._DURATION": ("1", "1.", "1 "),
    "sync_agent.config.values._HOURS": ("mon,", "mon-", "9 - ", "mon 9:00-"),
    "sync_agent.config.values._PERIOD": ("2026", "2026-Q", "2026-0"),
    "sync_agent.ask.texts.grammar._DAY": ("until", "until ", "until a "),
    "sync_agent.ask.texts.grammar._SPAN": ("for ", "for 1", "1", "1h "),
    "connectors.github.decode.closing._CLOSES": ("closes ", "closes #", "closes a/b#", "closes https://github.com/"),
    "connectors.github.decode.closing._KEY": ("A", "AB-", "AB-1"),
    "connectors.jira.counts._BARE": ("a", "a-", "1"),
    "connectors.jira.stock._BREAKS": (" ", "-", "("),
    "connectors.jira.stock._ENDINGS": ("\u5df2", "\u6e08\u307f", "\ub428"),
    "connectors.jira.stock._NO_LONGER": ("no longer", "no longer ", " "),
    "connectors.jira.stock._NOT": ("not", "not ", "noch nicht"),
    "connectors.jira.stock._TAIL": (" ", " to", " to "),
    "connectors.reading.names._APOSTROPHES": ("'", "\u2019"),
    "connectors.reading.names._DASHES": ("-", "\u2013"),
    "connectors.reading.names._GAPS": (" ", "_", "\t"),
    "sync_agent.render.markup.chat._ACTIVE": ("www", ":/", "@"),
    "sync_agent.render.markup.chat._MENTIONS": ("@", "!"),
    "sync_agent.render.markup.document._FOUND": (":", "://", "www", "mailto"),
    "sync_agent.render.markup.document._DOTTED": ("a", "a.", ".a", "-.", "a.1", "a.b.c."),
    "sync_agent.render.markup.document._WEB": ("https://", "https://a(", "a"),
    "sync_agent.render.markup.markdown._ACTIVE": ("GH-", "www", ":/", "#"),
    "sync_agent.render.markup.markdown._ENDS_A_LINK": ("(", ")"),
    "sync_agent.render.markup.markdown._SPECIAL": ("\\", "*_"),
    "sync_agent.render.markup.wiki._ACTIVE": ("h1", "h1.", "bq", "www", ":/"),
    "sync_agent.render.markup.wiki._ENDS_A_LINK": ("|", "\\"),
    "sync_agent.render.markup.wiki._SPECIAL": ("{", "\\-"),
}
# Those that never do: what they are matched against is our own.
_OUR_OWN = {
    "sync_agent.demo.people._SHOWN": "a page of ours, in the demo",
    "sync_agent.demo.people._words": "a page of ours, in the demo",
    "sync_agent.demo.people.fill_in": "a page of ours, in the demo",
    "sync_agent.demo.show._TOKEN": "a mail of ours, in the demo",
    "sync_agent.config.fiscal._FISCAL": "a period of a goal, at most a file of ours",
    "sync_agent.config.values._NONE": "a duration in a file of ours",
    "connectors.chat.chat.AppriseChat": "parts of an address from the configuration",
    "connectors.redact._spelt": "a secret of ours",
    "sync_agent.ask.texts.comments._plain": "single characters are replaced",
    "sync_agent.store.engine.migrations.versions.v0058_reasons._OPENS": "sentences of an earlier version",
    "sync_agent.store.engine.migrations.versions.v0058_reasons._PATTERNS": "sentences of an earlier version",
    "sync_agent.config.directory._environment": "a port, five characters at most",
    "connectors.redact.Keyring": "made of our own secrets, each of which is plain text",
    "sync_agent.store.engine.bulk._VALUES": "statements that SQLAlchemy makes of our tables",
}


def _tolerant(read: Callable[[str], object]) -> Callable[[str], object]:
    """To be refused is an answer, too."""

    def tried(said: str) -> object:
        try:
            return read(said)
        except (ValueError, Misunderstood, ConnectorError):
            return None

    return tried


def _document(said: str) -> tuple[object, ...]:
    return (paragraph(said, Link("a", f"https://example.org/{said}")),)


def _nested(said: str) -> object:
    """A document of Jira's whose depth grows with the text, as far as its JSON may."""
    node: object = {"type": "text", "text": said}
    for _ in range(400):
        node = {"type": "paragraph", "content": [node]}
    return node


def _sprints(said: str) -> object:
    """A board has a sprint with far too many commas in its name."""
    names = CurrentNames(["sprint"])
    names.learn({"fields": {"sprint": [{"id": 7, "name": ", ".join("a" * 80)}, {"id": 8, "name": "Q4, Sprint 7"}]}})
    return names.several(HistoryName.SPRINT, "7, 8", said), names.several(HistoryName.SPRINT, said, said)


def _csv(said: str, folder: list[Path]) -> object:
    (folder[0] / "a.csv").write_text(said, encoding="utf-8", errors="replace")
    kpi = CsvKpi(file="a.csv", column="a")
    return CsvReader(folder[0], "UTC").read(kpi, _NOW)


def _issue(said: str) -> object:
    named = {"nodes": [{"name": said}]}
    raw = {"id": "1", "number": 1, "createdAt": "2026-11-24T08:15:00Z", "updatedAt": "2026-11-24T08:15:00Z"}
    return github_item("github", "acme/shop", {**raw, "body": said, "title": said, "labels": named}, ItemKind.ISSUE)


def _mail(said: str) -> bytes:
    mail = Mail("<1@example.org>", _NOW, "ada@example.org", said[:1000], said, f"<p>{said}</p>")
    return compose(mail, "Goals <goals@example.org>").as_bytes()


# Every other reader or writer of text from outside, whole.
_PARSERS: Mapping[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
    "a body's links": (
        lambda said: written_links(said, "acme/shop"),
        (
            "Blocked by: A",
            "Blocked by:\n",
            "\nblocked by",
            "Depends on #1 ",
            "a/#1",
            "A-1,",
            "```\n",
            "<!--\n",
            "{code",
        ),
    ),
    "an issue of GitHub": (_issue, ("Blocked by: A", "prio: ", "points: 1")),
    "a document of Jira": (lambda said: plain(_nested(said)), ("a", "\n")),
    "a comment that is a document": (lambda said: own_words({"content": [{"text": said}]}), ("\n", "`")),
    "labels in a history": (lambda said: _labels({"fromString": said, "toString": f"b {said}"}), ("a ", "ab c ")),
    "many labels in a history": (
        lambda said: _labels({"fromString": " ".join(map(str, range(len(said) // 6))), "toString": ""}),
        ("a",),
    ),
    "old sprints": (lambda said: list(read_sprints([said])), ("[a=", ",a=", "[a=,", ",a", "[id=1,name=", "]")),
    "sprints in a history": (_sprints, ("a, ", ", ", "Q4, ", "7, ")),
    "a silence": (
        _tolerant(lambda said: understand(f"silence {said}", _NOW, "UTC")),
        ("until ", "for 1d ", "1d "),
    ),
    "the end of a silence": (_tolerant(lambda said: until_when(said, _NOW, "UTC")), ("1d ", "2026-")),
    "RateLimit": (
        lambda said: list(quota.quotas({"ratelimit": said, "ratelimit-policy": said}, _NOW)),
        ('"a";r=1', "limit=1,", ";r=", '"', ";", ";a=1"),
    ),
    "Retry-After": (lambda said: quota.wait_until({"retry-after": said}, _NOW), ("1", "Mon, ", "1e", "24 Nov ", "(")),
    "x-ratelimit-reset": (quota.instant, ("1", "2026-", "0.")),
    "x-ratelimit-limit": (quota.count, ("1", "0.", "1_")),
    "Date": (quota.http_date, ("Mon, ", "24 Nov 2026 ", ":", "(", "+", "1:")),
    "Link": (github_client._next, ("<a>;", ",", 'rel="next', "<")),
    "when a token ends": (github_client._expiry, ("2026-", "UTC", " ")),
    "JSON": (_tolerant(lambda said: Response(200, {}, said).json("it")), ('{"a":', "[1,", '"', "\\u00", "1", "[")),
    "JSON within JSON": (lambda said: Response(200, {}, json.dumps({"a": said})).json("it"), ("a", "\\", '"')),
    "a body of no charset": (lambda said: _decoded(said.encode("utf-8", "replace"), None), ("é", "日本", "a")),
    "a body of an odd charset": (lambda said: _decoded(said.encode("utf-8", "replace"), "punycode"), ("é", "a-")),
    "a pattern of repositories": (lambda said: fits("acme/*a*a*a*a*b", f"acme/{said}"), ("a", "aaab", "/")),
    "YAML": (
        lambda said: parse(said, "it.yaml"),
        ("a: ", "- ", "[", "{a: ", "&a ", "*a ", "? ", "'", "a:\n- ", "#", "\t"),
    ),
    "YAML in quotes": (lambda said: parse(f'a: "{said}"', "it.yaml"), ("\\", "a ", "\n ")),
    "a duration": (_tolerant(duration), ("1", "1.", " ")),
    "a day": (_tolerant(day), ("2026-",)),
    "a period": (_tolerant(period), ("2026-Q",)),
    "a digest": (_tolerant(digest), ("mon ",)),
    "hours": (_tolerant(hours), ("mon,", "9-")),
    "a name that is not known": (lambda said: nearest(said, [said[1:], "shop", "search"]), ("a", "ab", "shop")),
    "a value in a mistake": (quoted, ("://a:", "ghp_", "a")),
    "what is logged": (
        lambda said: Redact(_KEYRING)(None, "info", {"event": said, "more": [said]}),
        ("secret-wor", "bearer ", "ghp_"),
    ),
    "Markdown": (lambda said: markdown(_document(said)), ("www", "@", "a.", "\\")),
    "wiki text": (lambda said: wiki(_document(said)), ("{", "h1.", "\\")),
    "ADF": (lambda said: adf(_document(said)), ("a", '"')),
    "chat": (lambda said: chat(_document(said), said, ""), ("<!", "@", "www")),
    "a mail's text": (lambda said: text(_document(said), said), ("a ", "<")),
    "a mail's HTML": (lambda said: html(_document(said), said, said), ("<", "&", "a.")),
    "a mail as it is sent": (_mail, ("a", "é", "=?", "a ", ".\n")),
    "a link's words": (lambda said: link(said, "https://example.org"), ("a", "a.", "a.1", "1.", "example.org ")),
    "a link's address": (lambda said: link("a", f"https://{said}"), ("a.", "@", "[", ":")),
    "an address that ends mails": (Links("https://example.org", "s3cret-s3cret").verified, ("a", ".", "=")),
}
_ANY = ("\n", " ", "\t", "'", '"', "(", "[", "{", "<", ")", "1", "a", ",", ";", "=", ":", "-")

_FEW = ("\n", " ", '"', "[", "1")


def _calls() -> Iterator[str]:
    """Each regular expression of the agent: its module and the name that it is given, or where it is used."""
    for path in sorted((*_ROOT.glob("sync_agent/**/*.py"), *_ROOT.glob("connectors/**/*.py"))):
        module = ".".join(path.relative_to(_ROOT).with_suffix("").parts)
        if module.startswith("sync_agent.sandbox"):  # Not a part of the agent.
            continue
        for statement in ast.parse(path.read_text()).body:
            if any(_is_re(node) for node in ast.walk(statement)):
                yield f"{module}.{_name(statement)}"


def _keyring(*secrets: str) -> Keyring:
    keyring = Keyring()
    for secret in secrets:
        keyring.learn(secret, secret)
    return keyring


def _is_re(node: ast.AST) -> bool:
    """`re.compile(…)`, `re.sub(…)` and the like; or `from re import …`, which would hide them."""
    if isinstance(node, ast.ImportFrom):
        return node.module == "re"
    made = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr != "escape"
    return made and isinstance(node.func.value, ast.Name) and node.func.value.id == "re"


def _name(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign):
        return ast.unparse(statement.targets[0])
    if isinstance(statement, ast.AnnAssign):
        return ast.unparse(statement.target)
    return getattr(statement, "name", ast.unparse(statement))


def test_every_regular_expression_is_in_the_table() -> None:
    """One that is not is either to be tried here, or never meets text from outside."""
    assert sorted(_calls()) == sorted({*_PATTERNS, *_OUR_OWN})


def _tried(name: str) -> Callable[[str], object]:
    """A regular expression in all the ways in which its module uses it; anchored ones may be slow in a search."""
    module, _, attribute = name.rpartition(".")
    used = importlib.import_module(module)
    found = getattr(used, attribute)
    patterns = [found] if isinstance(found, re.Pattern) else [pattern for pattern, _ in found.values()]
    source = Path(str(used.__file__)).read_text()
    ways = set(re.findall(rf"\b{attribute}\.(match|fullmatch|search|sub|split|findall|finditer)\(", source))

    def every_way(said: str) -> None:
        for pattern in patterns:
            for way in ways or {"match", "fullmatch"}:  # They are handed to somebody else.
                _use(pattern, way, said[2:])  # An anchored one begins with what it nearly takes.

    return every_way


def _use(pattern: re.Pattern[str], way: str, said: str) -> None:
    match way:
        case "finditer" | "findall":
            for _ in pattern.finditer(said):
                pass
        case "sub":
            pattern.sub("", said)
        case _:
            getattr(pattern, way)(said)


def _seconds(read: Callable[[str], object], said: str, times: int) -> float:
    """Of the processor, at best: what else the machine does is not counted."""
    found = []
    for _ in range(times):
        began = time.thread_time()
        read(said)
        found.append(time.thread_time() - began)
    return min(found)


def _check(read: Callable[[str], object], seed: str, sizes: tuple[int, ...]) -> None:
    """Climbs from small texts to large ones until a ratio says enough: what is not linear takes no time either."""
    smaller, before = "", 0.0
    for size in sizes:
        said = f"a {seed * (size // len(seed))} z"
        cost = _seconds(read, said, 1)
        if smaller and cost >= max(_TOO_LITTLE, _MOST * before):  # Once more, for something else may have held it up.
            ratio = _seconds(read, said, 5) / max(_seconds(read, smaller, 5), 1e-4)
            assert ratio < _MOST, f"{len(said):,} characters of {seed!r} cost {ratio:.1f} times {len(smaller):,}"
        if cost >= _ENOUGH and smaller:
            break
        smaller, before = said, cost


@pytest.fixture(autouse=True)
def _without_collections() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


_ALL = {**{name: (_tried(name), near) for name, near in _PATTERNS.items()}, **_PARSERS}


@pytest.mark.parametrize("name", _ALL)
def test_four_times_the_text_costs_four_times_as_much(name: str) -> None:
    read, near = _ALL[name]
    for seed in (*(_ANY if name in _PATTERNS else _FEW), *near):
        _check(read, seed, _SIZES)


@pytest.mark.parametrize(
    "name", [*_PATTERNS, "a body's links", "old sprints", "sprints in a history", "RateLimit", "JSON"]
)
def test_a_megabyte_does_too(name: str) -> None:
    """Of what it nearly takes, and of lines without anything."""
    read, near = _ALL[name]
    for seed in ("\n", near[0]):
        _check(read, seed, tuple(_ALL_OF_IT // 4**step for step in reversed(range(5))))


_LETTERS = st.sampled_from("\n\t \r'\"()[]{}<>19aAzZ,;=:-_/.#@\\|*&!?%+é\u200b")


@pytest.mark.parametrize("name", _PATTERNS)
def test_so_does_any_other_text(name: str) -> None:
    read, near = _ALL[name]
    seeds = st.lists(st.one_of(_LETTERS, st.sampled_from(near)), min_size=1, max_size=4).map("".join)

    @settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(seeds)
    def holds(seed: str) -> None:
        _check(read, seed, (4_000, 16_000))

    holds()


def test_a_log_of_empty_lines_does_not_hold_the_agent() -> None:
    """What an issue may hold at most, as somebody once wrote it."""
    assert _seconds(lambda said: written_links(said, "acme/shop"), f"My log:{chr(10) * 65_000}end", 3) < 1
    assert _seconds(lambda said: list(quota.quotas({"ratelimit": said}, _NOW)), " " * 300, 3) < 1


def test_a_table_of_far_too_many_columns_is_refused(tmp_path: Path) -> None:
    """Each row would be given all of them."""
    with pytest.raises(Malformed, match="columns; there should be 1000 at most"):
        _csv(f"a{',' * 100_000}\n" + "1\n" * 100_000, [tmp_path])


@pytest.mark.parametrize("seed", ["\n", " ", '"', ",", "a", "1,", '"a', "a\n1\n"])
def test_a_table_costs_its_length(seed: str, tmp_path: Path) -> None:
    _check(_tolerant(lambda said: _csv(f"a\n1{said}", [tmp_path])), seed, (16_000, 64_000, 256_000))
