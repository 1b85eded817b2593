"""Charts: a chart is a function from facts to a `Chart`, and one drawing of it serves pages and mails."""

from sync_agent.render.charts.chart import Chart
from sync_agent.render.charts.drawing import svg
from sync_agent.render.charts.goals import burn_up_chart, ends_chart, moved_chart
from sync_agent.render.charts.kpis import kpi_chart
from sync_agent.render.charts.png import picture

__all__ = ["Chart", "burn_up_chart", "ends_chart", "kpi_chart", "moved_chart", "picture", "svg"]
