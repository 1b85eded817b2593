"""KPIs read from CSV files beside the configuration."""

from connectors.csv_kpi.reader import CsvReader

__all__ = ["CsvReader"]
