"""Reads dated numbers out of a CSV file."""

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from connectors.errors import ConnectorError, Malformed, NotFound
from connectors.reading.values import MOST, shown
from sync_agent.model import EARLIEST, LATEST, CsvKpi

_LARGEST = 5_000_000
_MOST_COLUMNS = 1_000
_DELIMITERS = ",;\t"
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_Line = tuple[int, Mapping[str, str]]


class CsvReader:
    """Reads files below `directory`. Dates are days of `timezone` (an IANA name)."""

    def __init__(self, directory: Path, timezone: str) -> None:
        self._directory = directory
        self._zone = ZoneInfo(timezone)

    def read(self, kpi: CsvKpi, at: datetime) -> tuple[tuple[datetime, float], ...]:
        """Returns every value dated until `at`, oldest first. Of a file without dates, it is the last row, dated `at`.

        Raises ConnectorError, naming the file, the line and the column.
        """
        rows = [row for row in self._rows(kpi) if _wanted(kpi, row)]
        if not rows:
            raise Malformed(f"{kpi.file}: no row{_filter(kpi)} has a value in '{kpi.column}'")
        if kpi.date is None:
            return ((at, _number(kpi, rows[-1])),)
        dated = ((self._moment(kpi, row), _number(kpi, row)) for row in rows)
        found = tuple(sorted(point for point in dated if point[0] <= at))
        if not found:
            raise Malformed(f"{kpi.file}: every row{_filter(kpi)} is dated later than today")
        return found

    def _rows(self, kpi: CsvKpi) -> Iterator[_Line]:
        text = self._text(kpi)
        first = text.partition("\n")[0]
        delimiter = max(_DELIMITERS, key=first.count)
        reader = csv.DictReader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True)
        names = [name.strip() for name in reader.fieldnames or ()]
        if len(names) > _MOST_COLUMNS:  # Every row is given all of them.
            raise Malformed(f"{kpi.file}:1: there are {len(names):,} columns; there should be {_MOST_COLUMNS} at most")
        for wanted in (kpi.column, *([kpi.date] if kpi.date else ()), *(name for name, _ in kpi.where)):
            if wanted not in names:
                raise Malformed(f"{kpi.file}:1: there is no column '{wanted}'; there are: {', '.join(names) or 'none'}")
        reader.fieldnames = names
        try:
            for row in reader:
                yield reader.line_num, {name: value.strip() for name, value in row.items() if isinstance(value, str)}
        except csv.Error as error:
            raise Malformed(f"{kpi.file}:{reader.line_num}: {error}") from None

    def _text(self, kpi: CsvKpi) -> str:
        path = (self._directory / kpi.file).resolve()
        if not path.is_relative_to(self._directory.resolve()):
            raise ConnectorError(f"{kpi.file} lies outside the configuration's directory; put it inside")
        try:
            if path.stat().st_size > _LARGEST:
                raise ConnectorError(f"{kpi.file} is larger than {_LARGEST:,} bytes; keep what the KPI needs")
            return path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            raise Malformed(f"{kpi.file} is not UTF-8 (byte {error.start}); save it as UTF-8") from None
        except OSError as error:
            raise NotFound(f"{kpi.file} cannot be read in {self._directory}: {error.strerror}") from None

    def _moment(self, kpi: CsvKpi, row: _Line) -> datetime:
        """The beginning of a day, the first of a month, or an instant."""
        line, values = row
        text = values.get(kpi.date or "", "")
        try:
            if _MONTH.fullmatch(text):
                text = f"{text}-01"
            found = datetime.fromisoformat(text)
            local = found if found.tzinfo else found.replace(tzinfo=self._zone)
            if EARLIEST <= found.date() <= LATEST:
                return local.astimezone(UTC)
        except ValueError:
            pass
        problem = f"found {shown(text)} in '{kpi.date}'"
        span = f"between {EARLIEST.year} and {LATEST.year}"
        raise Malformed(f"{kpi.file}:{line}: {problem}; should be such as 2026-10-31 or 2026-10, {span}")


def _wanted(kpi: CsvKpi, row: _Line) -> bool:
    """Yields rows that match and have a value. An empty cell is a day on which nobody measured."""
    _, values = row
    matches = all(values.get(name, "").casefold() == value.casefold() for name, value in kpi.where)
    return matches and bool(values.get(kpi.column))


def _filter(kpi: CsvKpi) -> str:
    return " with " + ", ".join(f"{name}: {value}" for name, value in kpi.where) if kpi.where else ""


def _number(kpi: CsvKpi, row: _Line) -> float:
    """`1234.5`, `1234,5`, and `97.2 %`."""
    line, values = row
    text = values[kpi.column]
    try:
        bare = text.removesuffix("%").strip()
        number = float(bare if "." in bare else bare.replace(",", ".", 1))
    except ValueError:
        number = math.nan
    if not abs(number) <= MOST:
        raise Malformed(f"{kpi.file}:{line}: found {shown(text)} in '{kpi.column}'; should be a number such as 97.2")
    return number
