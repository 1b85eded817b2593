"""Numbers from CSV files as spreadsheets save them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.errors import ConnectorError
from connectors.kpis.csv import CsvReader
from sync_agent.model import CsvKpi

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MONTHLY = "month,region,score\n2026-10,EU,41.5\n2026-09,EU,40\n2026-10,US,12\n2026-11,EU,\n2026-12,EU,99\n"
SCORE = CsvKpi("nps.csv", "score", "month", (("region", "eu"),))


def read(directory: Path, text: str | bytes, kpi: CsvKpi = SCORE) -> tuple[tuple[datetime, float], ...]:
    (directory / "nps.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return CsvReader(directory, "Europe/Berlin").read(kpi, NOW)


def test_rows_are_dated_in_the_organisations_zone_and_ordered_without_plans_and_gaps(tmp_path: Path) -> None:
    assert read(tmp_path, MONTHLY) == (
        (datetime(2026, 8, 31, 22, tzinfo=UTC), 40.0),
        (datetime(2026, 9, 30, 22, tzinfo=UTC), 41.5),
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("day;score\r\n2026-11-01;1234,5\r\n", 1234.5),
        ("\ufeffday,score\n2026-11-01,97.2 %\n", 97.2),
        ("day\tscore\n2026-11-01T10:00:00Z\t-3\n", -3),
        (' day , "score" \n2026-11-01, "7"\n', 7),
    ],
)
def test_the_usual_dialects_are_understood(tmp_path: Path, text: str, number: float) -> None:
    assert read(tmp_path, text, CsvKpi("nps.csv", "score", "day"))[0][1] == number


def test_without_dates_the_last_row_is_of_now(tmp_path: Path) -> None:
    assert read(tmp_path, "score\n1\n2\n", CsvKpi("nps.csv", "score")) == ((NOW, 2.0),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("month,region\n", "nps.csv:1: there is no column 'score'; there are: month, region"),
        ("", "nps.csv:1: there is no column 'score'; there are: none"),
        (
            "month,region,score\n2026-10,EU,good\n",
            "nps.csv:2: found 'good' in 'score'; should be a number such as 97.2",
        ),
        ("month,region,score\n2026-10,EU,1.234,5\n2026-10,EU,inf\n", "nps.csv:3: found 'inf'"),
        ("month,region,score\n0001-01-01,EU,1\n", "nps.csv:2: found '0001-01-01' in 'month'"),
        ("month,region,score\n9999-12-31,EU,1\n", "nps.csv:2: found '9999-12-31' in 'month'"),
        ("month,region,score\nOctober,EU,1\n", "nps.csv:2: found 'October' in 'month'; should be such as 2026-10-31"),
        ("month,region,score\n2026-10,US,1\n", "nps.csv: no row with region: eu has a value in 'score'"),
        ("month,region,score\n2026-12,EU,1\n", "nps.csv: every row with region: eu is dated later than today"),
        (b"month,region,score\n2026-10,EU,\xff\n", "nps.csv is not UTF-8 (byte 30); save it as UTF-8"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(tmp_path: Path, text: str | bytes, words: str) -> None:
    with pytest.raises(ConnectorError) as caught:
        read(tmp_path, text)
    assert str(caught.value).startswith(words)


def test_a_missing_file_says_where_it_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(ConnectorError, match=rf"nps.csv cannot be read in {tmp_path}: No such file"):
        CsvReader(tmp_path, "UTC").read(SCORE, NOW)


def test_a_link_does_not_lead_out_of_the_directory(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("score\n1\n")
    inside = tmp_path / "config"
    inside.mkdir()
    (inside / "nps.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(ConnectorError, match="outside the configuration's directory"):
        CsvReader(inside, "UTC").read(CsvKpi("nps.csv", "score"), NOW)
