"""KPIs read over HTTP: from JSON documents and from Prometheus."""

from connectors.http_kpi.options import KpiOptions
from connectors.http_kpi.reader import KpiReader

__all__ = ["KpiOptions", "KpiReader"]
