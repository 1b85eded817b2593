"""A link as the pages make it."""

from dataclasses import replace
from datetime import timedelta

from sync_agent.evaluate import evaluate
from sync_agent.model import (
    SourceState,
)
from sync_agent.web import Snapshot
from tests.support.builders import NOW, done, facts, goal, item, organisation

PLACE = organisation(replace(goal(), objective="<script>alert(1)</script>"))

JUDGED = evaluate(PLACE, facts(done("SHOP-1"), item("SHOP-2")), NOW)

GOOD = Snapshot(
    beat=0.0, interval=timedelta(minutes=15), organisation=PLACE, assessments=JUDGED,
    sources=(SourceState("jira", complete_at=NOW),), began=NOW, ended=NOW,
)  # fmt: skip
