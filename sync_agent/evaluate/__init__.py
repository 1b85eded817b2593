"""Facts and goals in, judgement out. Pure: no tracker, no clock, no database."""

from sync_agent.evaluate.assess import evaluate, in_order, selectors
from sync_agent.evaluate.history import as_of
from sync_agent.evaluate.kpis import daily_samples, kpi_name
from sync_agent.evaluate.mapping import Index

__all__ = ["Index", "as_of", "daily_samples", "evaluate", "in_order", "kpi_name", "selectors"]
