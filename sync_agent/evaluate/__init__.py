"""Turns facts and goals into assessments. Pure: no tracker, no clock, no database."""

from sync_agent.evaluate.assess import evaluate, in_order
from sync_agent.evaluate.items.history import as_of
from sync_agent.evaluate.items.mapping import Index, selectors
from sync_agent.evaluate.kpis.measures import daily_samples, kpi_name

__all__ = ["Index", "as_of", "daily_samples", "evaluate", "in_order", "kpi_name", "selectors"]
