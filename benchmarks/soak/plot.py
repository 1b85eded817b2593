"""What happens to whom, and what should be told of it: from the calendar and the specification, not from the agent.

Every goal has a part by its number; its owner has the same. Blocks begin on a Monday and are over on a Friday.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from benchmarks.soak.collector import Expected

START = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday."""
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)
CYCLES = (8, 12, 16)
"""Hours of a day at which the agent runs."""
PARTS = 20
REPOSITORY = "acme/shop"
SILENCED, SILENCED_LATER, LONG, LONG_ACKNOWLEDGED, NEW_YORK, REMOVED, ADDED, DEPENDENT, DELETED, REFUSED = (
    1, 2, 3, 4, 5, 6, 7, 8, 9, 11,
)  # fmt: skip
"""Parts with something of their own; the others are blocked for a week now and then, and that is all."""
BLOCKED_FOR = 3
"""Working days after which a block is told; by the day, so what began on Monday is due when Thursday begins."""
_ON_GITHUB = 10
_AWAY = 13
"""The week in which nobody runs the agent."""
_AWAY_FROM_CONFIG = range(6, 10)
_JOINS = 4
_REFUSES = range(8, 10)
_SLACK = 20 * HOUR
_OUTAGES = (
    (3 * DAY + 10 * HOUR, 4 * DAY + 10 * HOUR),
    (3 * DAY + 7 * HOUR, 3 * DAY + 17 * HOUR),
    (6 * DAY + 7 * HOUR, 6 * DAY + 17 * HOUR),
)
# https://www.opm.gov/policy-data-oversight/pay-leave/federal-holidays/, 2026.
_US_HOLIDAYS = frozenset(
    {
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),
    }
)


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
        return not (part == ADDED and week < _JOINS) and not (part == REMOVED and week in _AWAY_FROM_CONFIG)

    def away(self, week: int) -> bool:
        """Whether nobody runs the agent."""
        return week == _AWAY

    def refuses(self, owner: int, week: int) -> bool:
        """Whether a mailbox is gone."""
        return owner == REFUSED and week in _REFUSES

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

    def out(self, at: datetime) -> bool:
        """Whether Jira refuses everything."""
        return any(begins <= at < ends for begins, ends in self.outages())

    def blocks(self) -> Iterator[Block]:
        """Those that last to a Friday; the long ones to the Friday of the fourth week."""
        for number in range(self.goals):
            long = self.part(number) in (LONG, LONG_ACKNOWLEDGED)
            every, lasts = (8, 4) if long else (4, 1)
            for week in range(self.weeks):
                if (week + number) % every == 0:
                    monday = START + week * WEEK
                    yield Block(number, monday + 10 * HOUR, monday + (lasts - 1) * WEEK + 4 * DAY + 14 * HOUR)

    def short_blocks(self) -> Iterator[Block]:
        """Those that are over on Tuesday: nobody hears of them."""
        for number in range(self.goals):
            for week in range(self.weeks):
                if (week + number) % 4 == 2 and self.part(number) not in (LONG, LONG_ACKNOWLEDGED):
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
                yield block.begins + 4 * DAY + 23 * HOUR, block.number, "sync-agent ack waiting for the vendor"

    def deletions(self) -> Iterator[tuple[datetime, int]]:
        """When somebody deletes the status comment of which goal."""
        for week in range(3, self.weeks, 5):
            for number in (n for n in range(self.goals) if self.part(n) == DELETED):
                yield START + week * WEEK + 2 * DAY + 9 * HOUR, number

    def expected(self, epics: list[str]) -> Iterator[Expected]:
        """Everything that should be told."""
        end = START + self.days * DAY
        wanted = [
            *self._statuses(epics),
            *(each for block in self.blocks() for each in self._of_block(block, epics[block.number])),
            *self._silences(),
            *self._of_operations(),
            *self._digests(),
        ]
        return (each for each in wanted if each.begins < end)

    def _runs(self, at: datetime) -> bool:
        week = (at - START) // WEEK
        return at.hour in CYCLES and not self.away(week)

    def _cycle(self, at: datetime, *, number: int | None = None) -> datetime:
        """The first cycle from then on in which Jira can be read, and the owner of a goal is at work."""
        at = at.replace(minute=0, second=0, microsecond=0) + (HOUR if at.minute or at.second else timedelta())
        while not (self._runs(at) and not self.out(at) and not self._cut(at) and self._at_work(number, at)):
            at += HOUR
        return at

    def _cut(self, at: datetime) -> bool:
        return self.cut((at - START).days, at.hour)

    def _at_work(self, number: int | None, at: datetime) -> bool:
        """Of all cycles only that at 16:00 UTC is within the day of somebody in New York."""
        if number is None or self.part(number) != NEW_YORK:
            return True
        return at.hour == CYCLES[2] and at.weekday() < 5 and at.date() not in _US_HOLIDAYS

    def _statuses(self, epics: list[str]) -> Iterator[Expected]:
        for number in range(self.goals):
            joins = START + (_JOINS if self.part(number) == ADDED else 0) * WEEK
            yield self._status(number, epics, joins, DAY)
        for at, number in self.deletions():
            if self.configured(number, (at - START) // WEEK):
                yield self._status(number, epics, at, 2 * WEEK)

    def _status(self, number: int, epics: list[str], begins: datetime, within: timedelta) -> Expected:
        return Expected("status", self.place(number, epics[number]), f"goal-{number:03}", begins, begins + within)

    def _of_block(self, block: Block, epic: str) -> Iterator[Expected]:
        """Told on Thursday, three working days after Monday; over once two cycles have missed it. What nobody could see
        in time, what is silenced, and what is not configured is not told at all.
        """
        number, part = block.number, self.part(block.number)
        due = block.begins.replace(hour=0) + BLOCKED_FOR * DAY
        told = self._cycle(due, number=number)
        if part == SILENCED or not self.configured(number, (told - START) // WEEK) or told >= block.ends:
            return
        yield from self._both("alert", number, epic, told)
        if part == LONG:
            yield from self._reminders(block, told)
        missed = self._cycle(block.ends)
        over = self._cycle(self._cycle(missed + HOUR), number=number)
        yield from self._both("resolved", number, epic, over)

    def _both(self, kind: str, number: int, epic: str, at: datetime) -> Iterator[Expected]:
        """A mail to the owner, and a comment; what was not taken before Jira went away comes once it is back."""
        if not self.refuses(self.part(number), (at - START) // WEEK):
            yield Expected(kind, f"owner-{self.part(number)}@example.org", f"Goal {number:03}", at, at + _SLACK)
        delays = [back + 10 * HOUR for gone, back in self.outages() if at <= gone < at + _SLACK]
        ends = max([at + _SLACK, *delays])
        yield Expected(kind, self.place(number, epic), f"goal-{number:03}", at, ends)

    def _reminders(self, block: Block, told: datetime) -> Iterator[Expected]:
        """After 3, then 7, then 14 working days, each from the one before."""
        owner, last = f"owner-{self.part(block.number)}@example.org", told
        for wait in (3, 7, 14):
            last = self._cycle(_working_days_later(last, wait))
            if last >= block.ends:
                return
            yield Expected("reminder", owner, f"Goal {block.number:03}", last, last + _SLACK)

    def _silences(self) -> Iterator[Expected]:
        """The author is warned within a day of the end."""
        for at, number, words in self.said():
            if "silence" in words and self.configured(number, (at - START) // WEEK):
                until = at + (6 if " 6d " in words else 3) * DAY
                if until - DAY < START + self.days * DAY:
                    owner = f"owner-{self.part(number)}@example.org"
                    yield Expected("silence", owner, f"Goal {number:03}", until - DAY, until)

    def _of_operations(self) -> Iterator[Expected]:
        for begins, ends in self.outages():
            yield Expected("down", "ops@example.org", "", begins, ends)
            yield Expected("back", "ops@example.org", "", ends, ends + DAY)
        refused = [
            told
            for block in self.blocks()
            for told in (self._cycle(block.begins.replace(hour=0) + BLOCKED_FOR * DAY),)
            if self.refuses(self.part(block.number), (told - START) // WEEK)
        ]
        if refused:
            yield Expected("undelivered", "ops@example.org", "", min(refused), min(refused) + _SLACK)

    def _digests(self) -> Iterator[Expected]:
        for week in (w for w in range(self.weeks) if not self.away(w)):
            monday = START + week * WEEK + 9 * HOUR
            yield Expected("digest", "board@example.org", "", monday, monday + DAY)


def _working_days_later(at: datetime, days: int) -> datetime:
    """The beginning of the day that lies so many working days later."""
    day = at.replace(hour=0)
    while days:
        day += DAY
        days -= day.weekday() < 5
    return day
