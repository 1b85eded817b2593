"""The reconciler's last step: desired − delivered, and delivery that loses nothing and repeats nothing."""

from sync_agent.outbox.attempt import BACK_OFF, Channels
from sync_agent.outbox.delivery import deliver
from sync_agent.outbox.plan import Action, Planned, difference, digest, drop, enqueue, revive, take_over, told_otherwise
from sync_agent.outbox.report import DeliveryReport
from sync_agent.outbox.tracker import TrackerCarrier

__all__ = [
    "BACK_OFF",
    "Action",
    "Channels",
    "DeliveryReport",
    "Planned",
    "TrackerCarrier",
    "deliver",
    "difference",
    "digest",
    "drop",
    "enqueue",
    "revive",
    "take_over",
    "told_otherwise",
]
