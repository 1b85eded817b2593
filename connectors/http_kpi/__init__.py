"""KPIs read from JSON documents over HTTP."""

from connectors.http_kpi.reader import KpiReader

__all__ = ["KpiReader"]
