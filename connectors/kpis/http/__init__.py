"""KPIs read over HTTP: from JSON documents and from Prometheus."""

from connectors.kpis.http.options import KpiOptions
from connectors.kpis.http.reader import KpiReader

__all__ = ["KpiOptions", "KpiReader"]
