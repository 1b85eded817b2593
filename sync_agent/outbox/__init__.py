"""The reconciler's last step: desired − delivered, and delivery that loses nothing and repeats nothing."""

from sync_agent.outbox.attempt import BACK_OFF, Channels
from sync_agent.outbox.delivery import DeliveryReport, deliver
from sync_agent.outbox.plan import Action, Planned, difference, digest, drop, enqueue, revive, take_over, told_otherwise

__all__ = [
    "BACK_OFF",
    "Action",
    "Channels",
    "DeliveryReport",
    "Planned",
    "deliver",
    "difference",
    "digest",
    "drop",
    "enqueue",
    "revive",
    "take_over",
    "told_otherwise",
]
