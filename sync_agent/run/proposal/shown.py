"""What trackers show of goals besides comments, and the closing words of statuses that nothing keeps up to date."""

from collections.abc import Collection, Iterator, Sequence

from sync_agent.decide import tracker_labels
from sync_agent.decide.notices.asks import Asked
from sync_agent.decide.notices.notices import status_key
from sync_agent.model import Alert, Assessment, Channel, Message, Organisation
from sync_agent.render import render_closing
from sync_agent.run.telling.wording import word_label
from sync_agent.store import Store
from sync_agent.store.outbox.rows import load_statuses
from sync_agent.world import World


def shown_labels(
    organisation: Organisation,
    world: World,
    told: Sequence[Assessment],
    alerts: Collection[Alert],
    labels: Sequence[Message],
    asked: Asked,
) -> Iterator[Message]:
    """What trackers show of goals besides comments. What a removed source shows is left as it is."""
    rules = {name: source.label_rules for name, source in world.sources.items()}
    for label in tracker_labels(organisation, told, alerts, rules, labels, asked.agreements):
        if label.place.source in rules:
            yield word_label(label, organisation, world.channels[Channel.tracker(label.place.source)].markup)


def closings(organisation: Organisation, store: Store, world: World) -> Iterator[Message]:
    """The closing words of statuses that nothing keeps up to date. Those of a removed source are left as they are."""
    wanted = {status_key(goal, place) for goal in organisation.goals for place in goal.report_on}
    with store.read() as connection:
        left = load_statuses(connection, wanted)
    for status in left:
        if status.channel in world.channels:
            yield render_closing(status, world.channels[status.channel].markup)
