"""Which goals people have been told about; and sources have alerts of their own, in place of one for each goal.

Revision ID: 0045
"""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_SOURCE_DOWN = "source down"
_TAKEN_OVER = "taken over as told before, from a store that was lost"
_LEVEL = 2


def upgrade() -> None:
    """Adds the table. Whoever was told that a source cannot be read knows it, at whatever level."""
    known = op.create_table(
        "known_goals",
        sa.Column("goal", sa.String(), primary_key=True),
        sa.Column("taken_over", sa.Boolean(), nullable=False),
    )
    connection = op.get_bind()
    judged = set(connection.scalars(sa.text("SELECT goal FROM judged")))
    alerted = set(connection.scalars(sa.text("SELECT goal FROM alerts")))
    logged = sa.text("SELECT 1 FROM decisions WHERE reason = :reason LIMIT 1").bindparams(reason=_TAKEN_OVER)
    lost = connection.scalar(logged) is not None
    rows = [{"goal": goal, "taken_over": lost and goal not in judged} for goal in sorted(judged | alerted)]
    if rows:
        op.bulk_insert(known, rows)
    _join_sources(connection)


def _join_sources(connection: sa.Connection) -> None:
    alerts = sa.table("alerts", *(sa.column(name) for name in ("goal", "kind", "subject", "data")))
    mine = alerts.c.kind == _SOURCE_DOWN
    found: dict[str, list[dict[str, Any]]] = {}
    for row in list(connection.execute(sa.select(alerts).where(mine).order_by(alerts.c.goal))):
        found.setdefault(row.subject, []).append(json.loads(row.data))
    connection.execute(sa.delete(alerts).where(mine))
    for subject, group in found.items():
        if told := [alert for alert in group if alert["state"] == "firing" and alert.get("readings")]:
            one = {"goal": "", "kind": _SOURCE_DOWN, "subject": subject, "data": json.dumps(_joined(told))}
            connection.execute(sa.insert(alerts).values(one))


def _joined(told: Iterable[dict[str, Any]]) -> dict[str, Any]:
    first, *_ = told
    readings = {reading["person"]: {**reading, "level": _LEVEL} for alert in told for reading in alert["readings"]}
    signal = {**first["signal"], "goal": "", "level": _LEVEL}
    return {**first, "goal": "", "signal": signal, "readings": list(readings.values())}
