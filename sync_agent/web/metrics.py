"""What Prometheus may scrape. Every metric is listed in docs/operate.md."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from connectors.contract import Usage
from sync_agent.model import DeliveryProblem, Health
from sync_agent.web.view import Snapshot


class CycleStage(StrEnum):
    """The parts of a cycle that can go well or fail by themselves."""

    PULL = "pull"
    JUDGE = "judge"
    TELL = "tell"
    CYCLE = "cycle"


_CYCLE_SECONDS = (1, 5, 15, 60, 300, 900, 3600)


class Metrics:
    """The daemon's own metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.cycles = self._counter("cycles", "Cycles by outcome", "outcome")
        self.cycle_seconds = Histogram(
            "sync_agent_cycle_seconds", "Duration of a cycle", registry=self.registry, buckets=_CYCLE_SECONDS
        )
        self._succeeded = self._gauge(
            "last_success_timestamp_seconds", "When a part of the cycle last went well; 0: not since the start", "stage"
        )
        self.clock_jumps = self._counter("clock_jumps", "Jumps of the machine's clock by more than a minute")
        self._deliveries = self._counter("deliveries", "Messages by what became of them", "outcome")
        self._goals = self._gauge("goals", "Goals by health", "health")
        self._waiting = self._gauge("goals_waiting", "Goals that nobody is told of until somebody has seen the plan")
        self.taken_over = self._counter("goals_taken_over", "Goals taken over as told from a store that was lost")
        self._outbox = self._gauge("outbox_messages", "Messages not delivered", "state")
        self._problems = self._gauge("outbox_problems", "Messages that nobody gets until somebody acts", "problem")
        self._mistakes = self._gauge("config_mistakes", "Mistakes in the configuration on disk")
        self._missing = self._gauge("secrets_missing", "Sources, goals and settings that wait for a missing secret")
        self._add_sources()
        self._begin()

    def _begin(self) -> None:
        """What may never happen is there from the start all the same: rules that look for growth need the zero."""
        for outcome in ("ok", "failed"):
            self.cycles.labels(outcome)
        for outcome in ("delivered", "waiting", "dead"):
            self._deliveries.labels(outcome)
        for stage in CycleStage:
            self._succeeded.labels(stage.value)

    def _add_sources(self) -> None:
        source, resource = "source", "resource"
        self._complete = self._gauge("source_complete_timestamp_seconds", "When the last complete pull began", source)
        self._failing = self._gauge("source_failing", "1 while pulls of a source fail", source)
        self._requests = self._counter("source_requests", "Requests made to a source", source)
        self._counted: dict[str, int] = {}
        self._shown: set[str] = set()
        self._counting = Lock()
        self._quota_left = self._gauge("source_quota_remaining", "What the server says is left", source, resource)
        self._quota = self._gauge("source_quota_limit", "What the server says is allowed", source, resource)
        self._quota_reset = self._gauge(
            "source_quota_reset_timestamp_seconds", "When the server's count begins anew", source, resource
        )
        self._expires = self._gauge(
            "source_token_expires_timestamp_seconds", "When a source's token expires, where that is known", source
        )
        self._waits = self._gauge(
            "source_waiting_until_timestamp_seconds",
            "Until when a limit or the reserve keeps a source from being read; 0: it is read",
            source,
        )
        self._of_sources = (self._complete, self._failing, self._requests, self._waits, self._expires, self._quota_left,
                            self._quota, self._quota_reset)  # fmt: skip

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"sync_agent_{name}", meaning, labels, registry=self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"sync_agent_{name}", meaning, labels, registry=self.registry)

    def count(self, source: str, usage: Usage) -> None:
        """Shows what an opened source has cost so far and what is left. A later call adds what came since."""
        with self._counting:
            self._requests.labels(source).inc(max(0, usage.requests - self._counted.get(source, 0)))
            self._counted[source] = usage.requests
        if usage.held_until:
            self.wait(source, usage.held_until)
        if usage.expires:
            self._expires.labels(source).set(usage.expires.timestamp())
        for quota in usage.quotas.values():
            self._quota_left.labels(source, quota.resource).set(quota.remaining)
            self._quota.labels(source, quota.resource).set(quota.limit)
            self._quota_reset.labels(source, quota.resource).set(quota.reset.timestamp())

    def forget(self, source: str) -> None:
        """A source was closed; when it is opened again, its counts begin again."""
        with self._counting:
            self._counted.pop(source, None)

    def wait(self, source: str, until: datetime | None) -> None:
        """Shows whether a source waits, and until when."""
        self._waits.labels(source).set(until.timestamp() if until else 0)

    def delivered(self, counts: Mapping[str, int], now: datetime) -> None:
        """What became of the messages that were due. Telling works if one arrived, or none was due."""
        for outcome, count in counts.items():
            self._deliveries.labels(outcome).inc(count)
        if counts.get("delivered") or not any(counts.values()):
            self.succeeded(CycleStage.TELL, now)

    def succeeded(self, stage: CycleStage, now: datetime) -> None:
        """A part of the cycle went well."""
        self._succeeded.labels(stage.value).set(now.timestamp())

    def _drop_sources(self, snapshot: Snapshot) -> None:
        """A source that has left the configuration would look as it was for ever."""
        present = {source.source for source in snapshot.sources}
        for gone in self._shown - present:
            for metric in self._of_sources:
                metric.remove_by_labels({"source": gone})
        self._shown = present

    def show(self, snapshot: Snapshot) -> None:
        """Sets the gauges from the newest cycle."""
        for health in Health:
            found = sum(assessment.health is health for assessment in snapshot.assessments)
            self._goals.labels(health.value).set(found)
        self._drop_sources(snapshot)
        for source in snapshot.sources:
            if source.complete_at:
                self._complete.labels(source.source).set(source.complete_at.timestamp())
            self._failing.labels(source.source).set(source.failing_since is not None)
        self._outbox.labels("waiting").set(snapshot.pending)
        self._outbox.labels("dead").set(snapshot.dead)
        for problem in DeliveryProblem:
            self._problems.labels(problem.value).set(snapshot.problems.get(problem.value, 0))
        self._waiting.set(len(snapshot.waiting.goals) if snapshot.waiting else 0)
        self._mistakes.set(len(snapshot.config_mistakes))
        self._missing.set(len(snapshot.missing))
