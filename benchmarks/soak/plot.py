"""What happens to whom. Every goal has a part by its number; its owner has the same. Blocks begin on a Monday and are
over on a Friday.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
CYCLES = (8, 12, 16)
"""Hours of a day at which the agent runs."""
PARTS = 20
REPOSITORY = "acme/shop"
(
    SILENCED, SILENCED_LATER, LONG, LONG_ACKNOWLEDGED, NEW_YORK, REMOVED, ADDED, DEPENDENT, DELETED, COMMENTED, REFUSED,
    ACKNOWLEDGED_UNTIL, ESCALATED, OVERDUE, WAITING, LIMITED, RENAMED,
) = range(1, 18)  # fmt: skip
"""Parts with something of their own; the others are blocked for a week now and then, and that is all."""
FOUR_WEEKS = (LONG, LONG_ACKNOWLEDGED, ACKNOWLEDGED_UNTIL, ESCALATED)
"""Parts that are blocked for so long at a time."""
_NEVER_BLOCKED = (OVERDUE, WAITING)
LADDER = ((5, "lead"), (10, "sponsor"))
"""Working days after which others are asked about a part that is escalated, and who."""
_ON_GITHUB = 10
AGAIN = "-again"
"""What the new id of a goal ends with once it was renamed."""
_RENAMED_FROM = {LONG: 6, RENAMED: 1}
"""By parts, the week from which their goals have another id; the long one is blocked then."""
_AWAY = 13
"""The week in which nobody runs the agent."""
AWAY_FROM_CONFIG = range(6, 10)
JOINS = 4
"""The week in which goals are added to the configuration."""
_REFUSES = range(8, 10)
_FORBIDS = (2, 18)
_DUE = 9 * DAY
_DONE = 3 * WEEK + DAY + 14 * HOUR
_OUTAGES = (
    (3 * DAY + 10 * HOUR, 4 * DAY + 10 * HOUR),
    (3 * DAY + 7 * HOUR, 3 * DAY + 17 * HOUR),
    (6 * DAY + 7 * HOUR, 6 * DAY + 17 * HOUR),
)


_JUMPS = ((12, timedelta(hours=-2)), (20, timedelta(days=3)), (20, timedelta(days=365)))
"""The hour of a Thursday at which the agent's clock is wrong, in turn, and by how much; far ahead in the evening."""
_THURSDAY = 3


@dataclass(frozen=True, slots=True)
class Block:
    """A goal's last story is flagged from `begins` until `ends`."""

    number: int
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that happens to `goals` goals in `days` days. Aware UTC."""

    goals: int
    days: int
    clock_jumps: bool = True
    mail_down: bool = True

    @property
    def weeks(self) -> int:
        """So many begin."""
        return self.days // 7 + 1

    def part(self, number: int) -> int:
        """The part of a goal."""
        return number % PARTS

    def place(self, number: int, epic: str) -> str:
        """Where a goal reports; every tenth on GitHub."""
        return f"{REPOSITORY}#{number + 1}" if number % _ON_GITHUB == 0 else epic

    def on_github(self, number: int) -> bool:
        """Whether a goal reports on GitHub."""
        return number % _ON_GITHUB == 0

    def configured(self, number: int, week: int) -> bool:
        """Whether a goal is in the configuration."""
        part = self.part(number)
        return not (part == ADDED and week < JOINS) and not (part == REMOVED and week in AWAY_FROM_CONFIG)

    def renamed(self, number: int, week: int) -> bool:
        """Whether a goal has another id than it had at first."""
        return week >= _RENAMED_FROM.get(self.part(number), self.weeks)

    def rotations(self) -> Iterator[tuple[datetime, str]]:
        """When the trackers' tokens are replaced while the agent runs, and by which: on Saturdays."""
        for week in range(self.weeks):
            yield START + week * WEEK + 5 * DAY + 14 * HOUR, f"token-of-week-{week}"

    def away(self, week: int) -> bool:
        """Whether nobody runs the agent."""
        return week == _AWAY

    def refuses(self, owner: int, week: int) -> bool:
        """Whether a mailbox is gone."""
        return owner == REFUSED and week in _REFUSES

    def forbids(self, week: int) -> bool:
        """Whether GitHub lets the agent read, but write no new comment."""
        return week in _FORBIDS

    def due(self, number: int) -> datetime:
        """The last day of a goal's period. One part has too short a one: it is overdue until its work is done."""
        return START + (_DUE if self.part(number) == OVERDUE else (self.days + 60) * DAY)

    def done(self, number: int) -> datetime | None:
        """When all work of a goal is finished at once; None: never."""
        return START + _DONE if self.part(number) == OVERDUE else None

    def cut(self, day: int, hour: int) -> bool:
        """Whether Jira gives half answers only: at noon of every other Wednesday."""
        week, weekday = divmod(day, 7)
        return (weekday, hour, week % 2) == (2, 12, 1)

    def outages(self) -> Iterator[tuple[datetime, datetime]]:
        """When Jira refuses everything: every third week, in turn after an alert has been told, when it should be told,
        and when there is nothing to tell.
        """
        for week in range(2, self.weeks, 3):
            if not self.away(week):
                begins, ends = _OUTAGES[week // 3 % 3]
                yield START + week * WEEK + begins, START + week * WEEK + ends

    def mail_outages(self) -> Iterator[tuple[datetime, datetime]]:
        """When nobody listens at the mail server: for two days in which much begins and ends, and over a Monday."""
        for week in range(0, self.weeks, 4):
            begins = START + week * WEEK + (-4 * HOUR if week % 12 == 4 else 3 * DAY + 6 * HOUR)
            spoilt = self.away(week) or week in (*_REFUSES, *_FORBIDS)
            if self.mail_down and not spoilt:
                yield begins, begins + 2 * DAY

    def mail_is_down(self, at: datetime) -> bool:
        """Whether mails can be handed over."""
        return any(begins <= at < ends for begins, ends in self.mail_outages())

    def jumps(self) -> Iterator[tuple[datetime, timedelta]]:
        """When the agent's clock is wrong for one cycle, and by how much: every other week."""
        for week in range(1, self.weeks if self.clock_jumps else 0, 2):
            hour, by = _JUMPS[week // 2 % 3]
            if not self.away(week):
                yield START + week * WEEK + _THURSDAY * DAY + hour * HOUR, by

    def out(self, at: datetime) -> bool:
        """Whether Jira refuses everything."""
        return any(begins <= at < ends for begins, ends in self.outages())

    def blocks(self) -> Iterator[Block]:
        """Those that last to a Friday; the long ones to the Friday of the fourth week."""
        for number in (n for n in range(self.goals) if self.part(n) not in _NEVER_BLOCKED):
            every, lasts = (8, 4) if self.part(number) in FOUR_WEEKS else (4, 1)
            early = self.part(number) in (ACKNOWLEDGED_UNTIL, ESCALATED)
            for week in range(self.weeks):
                if (week + (number // PARTS if early else number)) % every == 0:
                    monday = START + week * WEEK
                    yield Block(number, monday + 10 * HOUR, monday + (lasts - 1) * WEEK + 4 * DAY + 14 * HOUR)

    def short_blocks(self) -> Iterator[Block]:
        """Those that are over on Tuesday: nobody hears of them."""
        for number in (n for n in range(self.goals) if self.part(n) not in (*FOUR_WEEKS, *_NEVER_BLOCKED)):
            for week in range(self.weeks):
                if (week + number) % 4 == 2:
                    monday = START + week * WEEK
                    yield Block(number, monday + 10 * HOUR, monday + DAY + 15 * HOUR)

    def said(self) -> Iterator[tuple[datetime, int, str]]:
        """What owners write on their goals' issues: when, on which goal, and what."""
        for block in self.blocks():
            part = self.part(block.number)
            if part == SILENCED:
                yield block.begins + 23 * HOUR, block.number, "sync-agent silence 6d the team is moving"
            elif part == SILENCED_LATER:
                yield block.ends - 5 * HOUR, block.number, "sync-agent silence 3d we know"
            elif part == LONG_ACKNOWLEDGED:
                yield self.acknowledged_at(block), block.number, "sync-agent ack waiting for the vendor"
            elif part == ACKNOWLEDGED_UNTIL:
                words = f"sync-agent ack until {self.acknowledged_until(block):%F} the vendor comes then"
                yield self.acknowledged_at(block), block.number, words

    def acknowledged_at(self, block: Block) -> datetime:
        """When an owner takes a long block on: on the Saturday of its first week."""
        return block.begins + 4 * DAY + 23 * HOUR

    def acknowledged_until(self, block: Block) -> datetime:
        """The last day for which an owner has taken a block on: the Wednesday of its third week."""
        return block.begins.replace(hour=0) + 2 * WEEK + 2 * DAY

    def deletions(self) -> Iterator[tuple[datetime, int]]:
        """When somebody deletes the status comment of which goal."""
        for week in range(3, self.weeks, 5):
            for number in (n for n in range(self.goals) if self.part(n) == DELETED):
                yield START + week * WEEK + 2 * DAY + 9 * HOUR, number
