"""Names that mean cancelled, what a pull request closes, and moves of many items at once."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.github.decode.closing import closing_links
from connectors.jira import stock
from connectors.jira.fields import Statuses
from connectors.reading.mass_moves import MANY, find_mass_moves, undated
from connectors.reading.names import fold
from sync_agent.model import Change, Field, StatusCategory, WorkItem
from tests.support.builders import done

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@given(st.text(max_size=50))
def test_a_name_folds_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)
    assert fold(f"  {name.upper()} ") == fold(fold(name.upper()))


@pytest.mark.parametrize(
    "name",
    [
        "Won't Do",
        "WON\u2019T DO",
        "won\u02bct  do",
        "Wont_Do",
        "\uff37\uff2f\uff2e\uff07\uff34 \uff24\uff2f",
        "won`t-do",
    ],
)
def test_one_name_in_many_spellings_is_cancelled(name: str) -> None:
    assert fold(name) in stock.GIVEN_UP


@pytest.mark.parametrize(
    "name",
    [
        "\u274c Cancelled",
        "Closed - Won't Do",
        "Closed / Duplicate",
        "07. Cancelled",
        "Done (cancelled)",
        "\u30af\u30ed\u30fc\u30ba\uff08\u5bfe\u5fdc\u4e0d\u8981\uff09",
        "\u5df2\u5173\u95ed\uff08\u53d6\u6d88\uff09",
        "Abgelehnt \U0001f6ab",
        "Sans suite",
        "No procede",
        "WONTFIX",
        "Closed as obsolete",
        "CLOSED_WONT_FIX",
        "Resolved Duplicate",
        "Superseded by SHOP-9",
        "Duplicate of SHOP-1",
        "Cancelado por el cliente",
        "Abgelehnt durch Kunde",
        "Deferred",
        "Deprioritised",
        "De-prioritized",
        "Postponed until 2027",
        "Moved elsewhere",
        "Closed - Moved",
        "Not implemented",
        "No longer relevant",
        "Nicht mehr gewollt",
        "Nicht umgesetzt",
        "No corregido",
        "Не выполнено",
        "\u672a\u5b8c\u6210",
        "Überholt",
        "Ueberholt",
        "Uberholt",
        "Zurückgestellt bis Q3",
        "Reporte\u0301e",
        "Annulee",
        "Aplazado para 2027",
        "Utsatt",
        "Odłożone",
        "Отложено",
        "Ertelendi",
        "\u30ad\u30e3\u30f3\u30bb\u30eb\u6e08",
        "\u30ad\u30e3\u30f3\u30bb\u30eb\u6e08(\u307f)",
        "\u5df2\u63a8\u8fdf",
        "\ubcf4\ub958\ub428",
    ],
)
def test_a_name_of_which_a_part_means_cancelled_does(name: str) -> None:
    assert stock.cancelled(fold(name))


@pytest.mark.parametrize(
    "name",
    [
        "Done",
        "Erledigt",
        "Cancellation flow built",
        "Duplicate check passed",
        "Order 7",
        "",
        "Closed",
        "Closed Won",
        "Approved by QA",
        "Closed by customer",
        "Part of a release",
        "Moved to production",
        "Released to customers",
        "Not tested",
        "Approved for deletion",
        "Löst",
        "Finalizado sin errores",
        "\u5df2\u53d1\u5e03",
        "\u5bfe\u5fdc\u6e08\u307f",
    ],
)
def test_a_name_that_only_mentions_it_does_not(name: str) -> None:
    assert not stock.cancelled(fold(name))


@pytest.mark.parametrize("name", ["Accepted by PO", "Shipped \U0001f680", "Erledigt (abgenommen)", "Live in prod"])
def test_a_name_of_which_a_part_means_done_needs_no_person(name: str) -> None:
    assert stock.known(fold(name))
    assert not stock.cancelled(fold(name))


def test_no_name_means_done_and_cancelled() -> None:
    assert not (stock.GIVEN_UP | stock.PUT_OFF) & stock.DONE


def test_no_name_takes_more_than_a_glance() -> None:
    assert not stock.cancelled(fold("- " * 500_000))
    assert not stock.cancelled(fold("(" * 1_000_000))


def test_a_status_that_was_renamed_is_known_by_its_id() -> None:
    statuses = Statuses({}, {}, {"given up": StatusCategory.CANCELLED})
    statuses.learn({"id": "7", "name": "Given up", "statusCategory": {"key": "done"}})
    assert statuses.category("7", "Shelved", None) is StatusCategory.CANCELLED
    assert statuses.category("8", "Shelved", None) is None


@pytest.mark.parametrize(
    ("title", "body", "targets"),
    [
        ("Pay by card", "Closes #12", ["acme/shop#12"]),
        ("Fix #3", "It resolves: acme/pay#4, see #5", ["acme/shop#3", "acme/pay#4"]),
        ("SHOP-12: Pay by card", None, ["SHOP-12"]),
        ("Prefix #3", "disclosed #4", []),
        ("", "implements https://github.com/acme/shop/issues/9.", ["https://github.com/acme/shop/issues/9"]),
    ],
)
def test_what_a_pull_request_closes(title: str, body: str | None, targets: list[str]) -> None:
    assert [link.target for link in closing_links(title, body, "acme/shop")] == targets


def moved(number: int, gap: timedelta, by: str, *extra: Field) -> tuple[WorkItem, list[Change]]:
    key, at = f"SHOP-{number}", NOON + number * gap
    fields = [(Field.STATUS, "Old", "Done"), (Field.CATEGORY, "doing", "done"), *((f, None, "x") for f in extra)]
    return done(key, at), [Change("jira", key, f"{key}:{f.value}", at, f, b, a, by) for f, b, a in fields]


@pytest.mark.parametrize(
    ("count", "gap", "authors", "extra", "mass"),
    [
        (MANY, timedelta(seconds=3), ["dana"], (), True),
        (3 * MANY, timedelta(seconds=50), ["dana"], (), True),
        (MANY - 1, timedelta(seconds=3), ["dana"], (), False),
        (MANY, timedelta(minutes=10), ["dana"], (), False),
        (MANY, timedelta(seconds=3), ["dana", "noor"], (), False),
        (MANY, timedelta(seconds=3), ["dana"], (Field.RESOLUTION,), False),
    ],
)
def test_many_items_one_author_and_nothing_else_is_no_work(
    count: int, gap: timedelta, authors: list[str], extra: tuple[Field, ...], *, mass: bool
) -> None:
    made = [moved(number, gap, authors[number % len(authors)], *extra) for number in range(count)]
    items, changes = [item for item, _ in made], [change for _, each in made for change in each]
    found = find_mass_moves(items, changes)
    bare, kept = undated(items, changes, found)
    assert len(found) == mass
    assert all((item.finished is None) is mass for item in bare)
    assert any(change.field is Field.CATEGORY for change in kept) is not mass
    assert all(a.at <= b.at for a, b in pairwise(kept))
