"""The carrier of one tracker: comments, and the labels, issues and reports that its keepers maintain."""

from collections.abc import Iterable

import structlog

from connectors.contract import Ability, Finding, Markup, Parcel, Sent, Source, Turn, WriteBudget
from connectors.errors import NotFound, Refused
from sync_agent.model import Place
from sync_agent.model.telling.labels import LABEL_KINDS

log = structlog.get_logger(__name__)


class TrackerCarrier:
    """Comments of one tracker, and its labels. An interrupted write may have arrived. So a comment is always looked up
    before it is written, first by its stored id and then by its marker. So not even a lost store repeats it.
    """

    can = frozenset({Ability.EDIT, Ability.LOOK_UP})

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def markup(self) -> Markup:
        """The markup of its comments."""
        return self._source.writer.markup

    @property
    def budget(self) -> WriteBudget:
        """The budget of its host."""
        return self._source.writer.budget

    def identify(self, _key: str) -> None:
        """None, because the tracker numbers its comments itself."""

    def deliver(self, parcel: Parcel, turn: Turn, /) -> Sent:
        """Writes, edits or keeps what the message says."""
        message, place = parcel.message, parcel.message.place
        if place is None:
            raise Refused(f"{message.key} names no issue of {self._source.name}; let the message go")
        if message.kind in LABEL_KINDS:
            return self._keep(parcel, place, turn)
        return Sent(self._comment(parcel, place))

    def check(self) -> Iterable[Finding]:
        """What its probe finds."""
        return self._source.probe.check()

    def container_of(self, place: Place) -> str:
        """The project or repository that an issue lies in."""
        return self._source.writer.container_of(place)

    def _keep(self, parcel: Parcel, place: Place, turn: Turn) -> Sent:
        message = parcel.message
        keeper = self._source.keepers.get(message.kind)
        if keeper is None:
            raise Refused(f"the source {message.channel.name!r} shows no such labels any more; put it back")
        kept = keeper.keep(place, message.marker, message.payload.body, parcel.known_as, turn)
        return Sent(kept.shown, kept.touched)

    def _comment(self, parcel: Parcel, place: Place) -> str:
        message, writer = parcel.message, self._source.writer
        key, body = message.marker, message.payload.body
        if parcel.known_as and message.edits:
            try:
                writer.update(place, parcel.known_as, key, body)
            except NotFound:  # Somebody deleted it; an interrupted attempt may have written it anew already.
                log.info("comment is gone", key=key, comment=parcel.known_as)
            else:
                return parcel.known_as
        comment = writer.find(place, key)
        if comment is None:
            return writer.create(place, key, body)
        if message.edits:
            writer.update(place, comment, key, body)
        return comment
