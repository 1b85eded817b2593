"""KPIs read from CSV files beside the configuration."""

from connectors.kpis.csv.reader import CsvReader

__all__ = ["CsvReader"]
