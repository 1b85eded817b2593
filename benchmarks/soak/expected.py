"""What should be told: worked out from the calendar and the specification, not from the agent."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from benchmarks.soak.calendar import in_new_york, working_days_later
from benchmarks.soak.collector import OPENS, Expected
from benchmarks.soak.plot import (
    ACKNOWLEDGED_UNTIL,
    ADDED,
    AWAY_FROM_CONFIG,
    COMMENTED,
    CYCLES,
    DAY,
    ESCALATED,
    HOUR,
    JOINS,
    LADDER,
    LIMITED,
    LONG,
    NEW_YORK,
    OVERDUE,
    REMOVED,
    SILENCED,
    START,
    WAITING,
    WEEK,
    Block,
    Plot,
)

_BLOCKED_FOR = 3
"""Working days after which a block is told; by the day, so what began on Monday is due when Thursday begins."""
_REPEATS = (3, 7, 14)
"""Working days from one message to the next about something that lasts."""
_SLACK = 20 * HOUR
_OPS = "ops@example.org"


@dataclass(frozen=True, slots=True)
class Expectations:
    """What the people of a plot should hear; `epics` are those of its goals."""

    plot: Plot
    epics: Sequence[str]

    def all(self) -> list[Expected]:
        """Everything that should be told before the end."""
        end = START + self.plot.days * DAY
        wanted = (
            *self._statuses(),
            *(each for block in self.plot.blocks() for each in self._of_block(block)),
            *self._overdue(),
            *self._gathered(),
            *self._silences(),
            *self._of_operations(),
            *self._digests(),
            *self._ended(),
        )
        return [each for each in self._without_mail(list(wanted)) if each.begins < end]

    def _without_mail(self, wanted: list[Expected]) -> list[Expected]:
        """While mail is down nothing comes by mail. Then comes what is still true; what is over by then does not come,
        and neither does its end.
        """
        for gone, back in self.plot.mail_outages():
            works = self._cycle(back)
            over = self._over_by(gone, works)
            late = [each for each in wanted if "@" in each.target and gone <= each.begins < back]
            missed = {(e.target, e.goal) for e in late if e.goal in over and e.kind in OPENS}
            ends = {
                min((e.begins, e) for e in wanted if _is_end(e, *target) and e.begins >= gone)[1]
                for target in missed
                if any(_is_end(e, *target) and e.begins >= gone for e in wanted)
            }
            kept = [e for e in wanted if e not in ends and not (e in late and (e.target, e.goal) in missed)]
            wanted = [replace(e, begins=back, ends=works + _SLACK) if e in late else e for e in kept]
        return wanted

    def _over_by(self, gone: datetime, works: datetime) -> set[str]:
        """The goals whose blocks were over when mail worked again, and not when it went down."""
        blocks = ((block.number, self._second_cycle(block.ends)) for block in self.plot.blocks())
        return {_name(number) for number, over in blocks if gone <= over <= works}

    def _cycle(self, at: datetime, *, number: int | None = None) -> datetime:
        """The first cycle from then on in which Jira can be read, and the owner of a goal is at work."""
        at = at.replace(minute=0, second=0, microsecond=0) + (HOUR if at.minute or at.second else timedelta())
        while not (self._runs(at) and (number is None or self._at_work(number, at))):
            at += HOUR
        return at

    def _second_cycle(self, at: datetime) -> datetime:
        """The cycle that sees something for the second time."""
        return self._cycle(self._cycle(at) + HOUR)

    def _runs(self, at: datetime) -> bool:
        since = at - START
        read = not self.plot.out(at) and not self.plot.cut(since.days, at.hour)
        return at.hour in CYCLES and not self.plot.away(since // WEEK) and read

    def _at_work(self, number: int, at: datetime) -> bool:
        return self.plot.part(number) != NEW_YORK or in_new_york(at)

    def _statuses(self) -> Iterator[Expected]:
        for number in range(self.plot.goals):
            joins = START + (JOINS if self.plot.part(number) == ADDED else 0) * WEEK
            yield self._status(number, joins, DAY)
        for at, number in self.plot.deletions():
            if self.plot.configured(number, (at - START) // WEEK):
                yield self._status(number, at, 2 * WEEK)

    def _status(self, number: int, begins: datetime, within: timedelta) -> Expected:
        return Expected("status", self._place(number), _id(number), begins, begins + within)

    def _told(self, block: Block) -> datetime | None:
        """When a block is told: on Thursday, three working days after Monday. What nobody could see in time, what is
        silenced, and what is not configured is not told at all.
        """
        number = block.number
        told = self._cycle(block.begins.replace(hour=0) + _BLOCKED_FOR * DAY, number=number)
        known = self.plot.part(number) != SILENCED and self.plot.configured(number, (told - START) // WEEK)
        return told if known and told < block.ends else None

    def _of_block(self, block: Block) -> Iterator[Expected]:
        """Its beginning, what is said while it lasts, and its end once two cycles have missed it."""
        number, part, told = block.number, self.plot.part(block.number), self._told(block)
        if told is None:
            return
        yield from self._news("alert", number, told)
        # Nobody can take on what the agent has not told yet, for they cannot know all of it: such a command is refused.
        taken_on = part == ACKNOWLEDGED_UNTIL and told <= self.plot.acknowledged_at(block)
        if part in (LONG, ESCALATED) or (part == ACKNOWLEDGED_UNTIL and not taken_on):
            yield from self._reminders(number, told, block.ends)
        if taken_on:
            begins = self._cycle(self.plot.acknowledged_until(block) + DAY)
            yield self._mail("reminder", number, begins)
            yield from self._reminders(number, begins, block.ends, _REPEATS[1:])
        over = self._cycle(self._second_cycle(block.ends), number=number)
        yield from self._news("resolved", number, over)
        if part == ESCALATED:
            yield from self._ladder(number, told, block.ends, over)

    def _news(self, kind: str, number: int, at: datetime) -> Iterator[Expected]:
        """A comment, and a mail where the owner reads mails and has not had enough of them for the day. Who reads
        nothing but comments gets a mail where none can be written.
        """
        week, part = (at - START) // WEEK, self.plot.part(number)
        forbidden = self.plot.on_github(number) and self.plot.forbids(week)
        if not forbidden:
            yield self._comment(kind, number, at)
        mailed = forbidden if part == COMMENTED else not self.plot.refuses(part, week)
        if mailed and number not in self._beyond_limit():
            yield self._mail(kind, number, at)

    def _mail(self, kind: str, number: int, at: datetime, to: str = "") -> Expected:
        return Expected(kind, f"{to or self._owner(number)}@example.org", _name(number), at, at + _SLACK)

    def _owner(self, number: int) -> str:
        return f"owner-{self.plot.part(number)}"

    def _reminders(
        self, number: int, told: datetime, ends: datetime, waits: Sequence[int] = _REPEATS
    ) -> Iterator[Expected]:
        last = told
        for wait in waits:
            last = self._cycle(working_days_later(last, wait))
            if last >= ends:
                return
            yield self._mail("reminder", number, last)

    def _ladder(self, number: int, told: datetime, ends: datetime, over: datetime) -> Iterator[Expected]:
        """Each step is asked once, and hears of the end. Who was asked late, after an outage, has as much time as ever
        before the next one is asked.
        """
        last, asked = 0, told
        for after, person in LADDER:
            asked = self._cycle(max(working_days_later(told, after), working_days_later(asked, after - last)))
            last = after
            if asked < ends:
                yield self._mail("escalation", number, asked, person)
                yield self._mail("resolved", number, over, person)

    def _overdue(self) -> Iterator[Expected]:
        """A goal that is overdue is told to its owner, and what waits for it inside that; the owner of what waits is
        told of that alone. That the goal is done is told at once, that nothing waits any more a cycle later, to both.
        """
        for number in (n for n in range(self.plot.goals) if self.plot.part(n) == OVERDUE):
            waits, done = number + 1, self.plot.done(number)
            told = self._second_cycle(self.plot.due(number) + DAY)
            assert done
            over, later = self._cycle(done), self._second_cycle(done)
            yield from self._news("alert", number, told)
            yield from self._reminders(number, told, over)
            yield from self._news("resolved", number, over)
            if waits < self.plot.goals:
                assert self.plot.part(waits) == WAITING
                yield from self._news("alert", waits, told)
                yield from self._reminders(waits, told, over)
                yield from self._news("resolved", waits, later)
                yield self._mail("resolved", waits, later, self._owner(number))

    def _comment(self, kind: str, number: int, at: datetime) -> Expected:
        """What was not taken before Jira went away comes once it is back."""
        delays = [back + 10 * HOUR for gone, back in self.plot.outages() if at <= gone < at + _SLACK]
        return Expected(kind, self._place(number), _id(number), at, max([at + _SLACK, *delays]))

    def _beyond_limit(self) -> set[int]:
        """Goals whose owner hears of another one first on the same day, and gets one mail a day."""
        return {n for n in range(LIMITED + 1, self.plot.goals) if self.plot.part(n) == LIMITED}

    def _gathered(self) -> Iterator[Expected]:
        """What is beyond the limit comes on the next day, the end of what was still owed with it."""
        beyond = self._beyond_limit()
        blocks = {block.begins: block for block in self.plot.blocks() if block.number in beyond}
        for block in blocks.values():
            told, over = self._told(block), self._second_cycle(block.ends)
            if told is None or self._never_left(self._next_day(told), over):
                continue
            begins = [self._next_day(told), self._next_day(over)]
            for at in begins if begins[0] < over else [over]:
                yield Expected("gathered", f"{self._owner(block.number)}@example.org", "", at, at + _SLACK)

    def _never_left(self, begins: datetime, ends: datetime) -> bool:
        """Whether something could be told by mail only when it was over: then nobody hears of it."""
        return any(gone <= begins < back and ends <= self._cycle(back) for gone, back in self.plot.mail_outages())

    def _next_day(self, at: datetime) -> datetime:
        return self._cycle(at.replace(hour=0) + DAY)

    def _silences(self) -> Iterator[Expected]:
        """The author is warned within a day of the end."""
        for at, number, words in self.plot.said():
            if "silence" in words and self.plot.configured(number, (at - START) // WEEK):
                until = at + (6 if " 6d " in words else 3) * DAY
                if until - DAY < START + self.plot.days * DAY:
                    address = f"{self._owner(number)}@example.org"
                    yield Expected("silence", address, _name(number), until - DAY, until)

    def _of_operations(self) -> Iterator[Expected]:
        """One message for everything that cannot be delivered for one reason."""
        for begins, ends in (each for each in self.plot.outages() if not self._never_left(*each)):
            yield Expected("down", _OPS, "", begins, ends)
            yield Expected("back", _OPS, "", ends, ends + DAY)
        for wrong, _ in self.plot.jumps():
            right = next(wrong + n * HOUR for n in range(1, 25) if (wrong + n * HOUR).hour in CYCLES)
            yield from (Expected("clock", _OPS, "", each, each + HOUR) for each in (wrong, right))
        told = [(at, block.number) for block in self.plot.blocks() if (at := self._told(block))]
        refused = [at for at, n in told if self.plot.refuses(self.plot.part(n), (at - START) // WEEK)]
        forbidden: dict[int, list[datetime]] = defaultdict(list)
        for at, number in told:
            week = (at - START) // WEEK
            if self.plot.on_github(number) and self.plot.forbids(week):
                forbidden[week].append(at)
        for times in (refused, *forbidden.values()):
            if times:
                yield Expected("undelivered", _OPS, "", min(times), min(times) + _SLACK)

    def _digests(self) -> Iterator[Expected]:
        for week in (w for w in range(self.plot.weeks) if not self.plot.away(w)):
            monday = START + week * WEEK + 9 * HOUR
            yield Expected("digest", "board@example.org", "", monday, monday + DAY)

    def _ended(self) -> Iterator[Expected]:
        """Their owner hears that goals have gone from the configuration, in one mail."""
        gone = START + AWAY_FROM_CONFIG[0] * WEEK
        if self.plot.goals > REMOVED and gone < START + self.plot.days * DAY:
            yield Expected("ended", f"{self._owner(REMOVED)}@example.org", "", gone, gone + 2 * DAY)

    def _place(self, number: int) -> str:
        return self.plot.place(number, self.epics[number])


def _is_end(found: Expected, target: str, goal: str) -> bool:
    return found.kind == "resolved" and (found.target, found.goal) == (target, goal)


def _name(number: int) -> str:
    """As mails call a goal."""
    return f"Goal {number:03}"


def _id(number: int) -> str:
    """As comments' markers call it."""
    return f"goal-{number:03}"
