"""Metrics for Prometheus. All of them are listed in docs/operate.md."""

from datetime import datetime
from enum import StrEnum
from importlib.metadata import version
from platform import python_version
from threading import Lock

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, ProcessCollector

from connectors.contract import Usage
from sync_agent.model import DeliveryProblem, Health
from sync_agent.outbox import DeliveryReport
from sync_agent.store import Store
from sync_agent.web.hooks import HookVerdict
from sync_agent.web.view import Snapshot


class CycleStage(StrEnum):
    """The parts of a cycle that can fail independently."""

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
        self._failures = self._gauge("cycle_failures", "Cycles that have failed in succession")
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
        self._add_surroundings()
        self._begin()

    def _begin(self) -> None:
        """Creates metrics of events that may never happen: rules that look for growth need a zero to start from."""
        for outcome in ("ok", "failed"):
            self.cycles.labels(outcome)
        for outcome in ("delivered", "waiting", "dead"):
            self._deliveries.labels(outcome)
        for outcome in ("ok", "failed"):
            self._reloads.labels(outcome)
        for stage in CycleStage:
            self._succeeded.labels(stage.value)

    def _add_surroundings(self) -> None:
        """The process, the store, the files and the channels."""
        ProcessCollector(registry=self.registry)
        build = Info("sync_agent_build", "The version of the agent and of Python", registry=self.registry)
        build.info({"version": version("goal-sync-agent"), "python": python_version()})
        self._store_bytes = self._gauge("store_bytes", "Size of the store")
        self._reloads = self._counter("config_reloads", "Readings of changed files", "outcome")
        self._channel_failing = self._gauge("channel_failing", "1 while a channel takes no messages", "channel")
        self._arrived = self._gauge("channel_delivered_timestamp_seconds", "When a message last arrived", "channel")

    def _add_sources(self) -> None:
        source, resource = "source", "resource"
        self._complete = self._gauge("source_complete_timestamp_seconds", "When the last complete pull began", source)
        self._failing = self._gauge("source_failing", "1 while pulls of a source fail", source)
        self._pull_seconds = Histogram(
            "sync_agent_pull_seconds", "Duration of a pull", [source], registry=self.registry, buckets=_CYCLE_SECONDS
        )
        self._requests = self._counter("source_requests", "Requests made to a source", source)
        self._hooks = self._counter("hooks", "Webhooks by what became of them", source, "outcome")
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
        self._of_sources = (
            *(
                self._complete,
                self._failing,
                self._pull_seconds,
                self._requests,
                self._waits,
                self._expires,
                self._hooks,
            ),
            *(self._quota_left, self._quota, self._quota_reset),
        )

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(f"sync_agent_{name}", meaning, labels, registry=self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(f"sync_agent_{name}", meaning, labels, registry=self.registry)

    def count(self, source: str, usage: Usage) -> None:
        """Shows what an opened source has cost so far and what is left. Each later call adds the difference."""
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

    def hooked(self, source: str, verdict: HookVerdict) -> None:
        """Counts a hook."""
        self._hooks.labels(source, verdict.value).inc()

    def forget(self, source: str) -> None:
        """Notes that a source was closed. When it is opened again, its counts start at zero."""
        with self._counting:
            self._counted.pop(source, None)

    def wait(self, source: str, until: datetime | None) -> None:
        """Shows whether a source waits, and until when."""
        self._waits.labels(source).set(until.timestamp() if until else 0)

    def pulled(self, source: str, seconds: float, waits_until: datetime | None) -> None:
        """Notes that a pull of a source is over."""
        self._pull_seconds.labels(source).observe(seconds)
        self.wait(source, waits_until)

    def delivered(self, report: DeliveryReport, now: datetime) -> None:
        """Shows what became of the messages that were due. Telling works if one arrived or none was due."""
        for outcome, count in report.counts.items():
            self._deliveries.labels(outcome).inc(count)
        if report.delivered or not report.rows:
            self.succeeded(CycleStage.TELL, now)
        for channel in {message.channel for message in report.delivered}:
            self._channel_failing.labels(str(channel)).set(0)
            self._arrived.labels(str(channel)).set(now.timestamp())
        for channel in report.down:
            self._channel_failing.labels(str(channel)).set(1)

    def reloaded(self, *, well: bool) -> None:
        """Notes that the files have changed and were read."""
        self._reloads.labels("ok" if well else "failed").inc()

    def weigh(self, store: Store) -> None:
        """Shows how large the store is."""
        self._store_bytes.set(store.size())

    def succeeded(self, stage: CycleStage, now: datetime) -> None:
        """Notes that a part of the cycle went well."""
        self._succeeded.labels(stage.value).set(now.timestamp())

    def _drop_sources(self, snapshot: Snapshot) -> None:
        """Removes sources that have left the configuration. They would otherwise keep their last values for ever."""
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
        self._failures.set(snapshot.failures)
        self._waiting.set(len(snapshot.waiting.goals) if snapshot.waiting else 0)
        self._mistakes.set(len(snapshot.config_mistakes))
        self._missing.set(len(snapshot.missing))
