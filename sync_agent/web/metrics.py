"""What Prometheus may scrape. Every metric is listed in docs/operate.md."""

from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from connectors.base import Usage
from sync_agent.model import Health
from sync_agent.store.outbox import Problem
from sync_agent.web.view import Snapshot


class Metrics:
    """The daemon's own metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.cycles = Counter("sync_agent_cycles", "Cycles by outcome", ["outcome"], registry=self.registry)
        self.cycle_seconds = Histogram(
            "sync_agent_cycle_seconds",
            "Duration of a cycle",
            registry=self.registry,
            buckets=(1, 5, 15, 60, 300, 900, 3600),
        )
        self.delivered = Counter(
            "sync_agent_deliveries", "Messages by what became of them", ["outcome"], registry=self.registry
        )
        self._goals = Gauge("sync_agent_goals", "Goals by health", ["health"], registry=self.registry)
        self._source_complete = Gauge(
            "sync_agent_source_complete_timestamp_seconds",
            "When the last complete pull began",
            ["source"],
            registry=self.registry,
        )
        self._source_failing = Gauge(
            "sync_agent_source_failing", "1 while pulls of a source fail", ["source"], registry=self.registry
        )
        self._requests = Counter(
            "sync_agent_source_requests", "Requests made to read a source", ["source"], registry=self.registry
        )
        labels = ["source", "resource"]
        self._quota_left = Gauge(
            "sync_agent_source_quota_remaining", "What the server says is left", labels, registry=self.registry
        )
        self._quota = Gauge(
            "sync_agent_source_quota_limit", "What the server says is allowed", labels, registry=self.registry
        )
        self._quota_reset = Gauge(
            "sync_agent_source_quota_reset_timestamp_seconds",
            "When the server's count begins anew",
            labels,
            registry=self.registry,
        )
        self._expires = Gauge(
            "sync_agent_source_token_expires_timestamp_seconds",
            "When a source's token expires, where that is known",
            ["source"],
            registry=self.registry,
        )
        self._waits = Gauge(
            "sync_agent_source_waiting_until_timestamp_seconds",
            "Until when a limit or the reserve keeps a source from being read; 0: it is read",
            ["source"],
            registry=self.registry,
        )
        self._outbox = Gauge("sync_agent_outbox_messages", "Messages not delivered", ["state"], registry=self.registry)
        self._problems = Gauge(
            "sync_agent_outbox_problems",
            "Messages that cannot be delivered until somebody acts",
            ["problem"],
            registry=self.registry,
        )
        self._waiting = Gauge(
            "sync_agent_goals_waiting",
            "Goals that nobody is told of until somebody has looked at the plan",
            registry=self.registry,
        )
        self.taken_over = Counter(
            "sync_agent_goals_taken_over",
            "Goals taken over as told from a store that was lost",
            registry=self.registry,
        )
        self._mistakes = Gauge(
            "sync_agent_config_mistakes", "Mistakes in the configuration on disk", registry=self.registry
        )

    def count(self, source: str, usage: Usage) -> None:
        """Adds what one pull of a source cost, and shows what is left."""
        self._requests.labels(source).inc(usage.requests)
        if usage.expires:
            self._expires.labels(source).set(usage.expires.timestamp())
        for quota in usage.quotas.values():
            self._quota_left.labels(source, quota.resource).set(quota.remaining)
            self._quota.labels(source, quota.resource).set(quota.limit)
            self._quota_reset.labels(source, quota.resource).set(quota.reset.timestamp())

    def wait(self, source: str, until: datetime | None) -> None:
        """Shows whether a source waits."""
        self._waits.labels(source).set(until.timestamp() if until else 0)

    def show(self, snapshot: Snapshot) -> None:
        """Sets the gauges from the newest cycle."""
        for health in Health:
            found = sum(assessment.health is health for assessment in snapshot.assessments)
            self._goals.labels(health.value).set(found)
        for source in snapshot.sources:
            if source.complete_at:
                self._source_complete.labels(source.source).set(source.complete_at.timestamp())
            self._source_failing.labels(source.source).set(source.failing_since is not None)
        self._outbox.labels("waiting").set(snapshot.pending)
        self._outbox.labels("dead").set(snapshot.dead)
        for problem in Problem:
            self._problems.labels(problem.value).set(snapshot.problems.get(problem.value, 0))
        self._waiting.set(len(snapshot.waiting.goals) if snapshot.waiting else 0)
        self._mistakes.set(len(snapshot.config_mistakes))
