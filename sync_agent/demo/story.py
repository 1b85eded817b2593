"""Twelve weeks in the life of Lantern Books, an invented shop. Every name in here is made up."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sync_agent.sandbox.github import GithubState
from sync_agent.sandbox.jira import JiraState

ZONE = ZoneInfo("Europe/Lisbon")
REPOSITORY = "lantern/shop"
BOT = "goal-bot"
_PEOPLE = {"mira": "Mira Okafor", "tomas": "Tomas Lind", "ines": "Ines Rocha", "yuki": "Yuki Mori", BOT: "Goal bot"}
_WEEKS = 12
_STORIES = (
    "Address book", "Saved cards", "Guest checkout", "Gift cards", "Order review", "Tax rules", "Wallets", "Retries",
    "Receipts", "Fraud checks", "Refunds", "Consent",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Story:
    """The two trackers, and the instant at which the story has arrived (aware UTC)."""

    jira: JiraState
    github: GithubState
    now: datetime

    @property
    def begins(self) -> datetime:
        """When the quarter began."""
        return self.now - timedelta(weeks=_WEEKS)

    @property
    def due(self) -> datetime:
        """When it ends."""
        return self.now + timedelta(weeks=3)

    @property
    def checked_in(self) -> datetime:
        """When Mira said the last time how it goes; the next check-in is due tomorrow."""
        return self.now - timedelta(days=13)


def last_monday(today: datetime) -> datetime:
    """Nine o'clock on the Monday of last week: the story is the same on whatever day it is told, and over by then."""
    at_nine = today.astimezone(ZONE).replace(hour=9, minute=0, second=0, microsecond=0)
    return (at_nine - timedelta(weeks=1, days=at_nine.weekday())).astimezone(UTC)


def tell(now: datetime) -> Story:
    """Both trackers as they are after twelve weeks."""
    story = Story(JiraState(), GithubState(), now)
    for login, name in _PEOPLE.items():
        story.jira.add_user(login, name)
        story.github.add_user(login)
    _checkout(story)
    _platform(story)
    _search(story)
    _bugs(story)
    _chores(story)
    _trouble(story)
    return story


def free_the_blocker(story: Story, at: datetime) -> None:
    """What happens after the agent has told everyone: somebody signs the contract."""
    story.jira.edit("PLAT-2", at=at, by="tomas", status="Done")


def _checkout(story: Story) -> None:
    """An epic in Jira and a milestone on GitHub; steady work that a contract now holds up."""
    jira = story.jira
    jira.add_project("SHOP", "Shop")
    jira.create("SHOP", "Epic", "Checkout in one step", at=story.begins, by="mira")
    for number, at in enumerate(_spread(story, len(_STORIES))):
        title = _STORIES[number]
        key = jira.create(
            "SHOP", "Story", title, at=story.begins, by="mira", parent="SHOP-1", points=float(2 + number % 4)
        )
        if number < 8 or number == 10:
            _work(jira, key, at, "ines" if number % 2 else "yuki")
    github = story.github
    github.add_repository(REPOSITORY)
    github.add_milestone(REPOSITORY, "Checkout speed", story.due)
    for number, at in enumerate(_spread(story, 10)):
        milestone = "Checkout speed"
        made = github.create(REPOSITORY, f"Cache step {number + 1}", at=story.begins, by="yuki", milestone=milestone)
        if number < 8:
            github.edit(REPOSITORY, made, at=at, by="yuki", state="closed")


def _platform(story: Story) -> None:
    """A fix version that grew while the pace fell: it will not be ready in time."""
    jira = story.jira
    jira.add_project("PLAT", "Platform")
    jira.create("PLAT", "Story", "Upgrade the message broker", at=story.begins, by="tomas", fixVersions=["Autumn"])
    for number in range(17):
        late = story.begins + timedelta(weeks=7) if number > 9 else story.begins
        key = jira.create("PLAT", "Story", f"Move service {number + 1}", at=late, by="tomas")
        jira.edit(key, at=late + timedelta(hours=1), by="tomas", fixVersions=["Autumn"])
    for week, key in enumerate(("PLAT-3", "PLAT-4", "PLAT-5", "PLAT-6", "PLAT-7", "PLAT-8")):
        _work(jira, key, story.begins + timedelta(weeks=2 * week, days=3), "ines")


def _search(story: Story) -> None:
    """A milestone that goes well."""
    github = story.github
    github.add_milestone(REPOSITORY, "Search", story.due)
    for number, at in enumerate(_spread(story, 30)):
        made = github.create(REPOSITORY, f"Search task {number + 1}", at=story.begins, by="ines", milestone="Search")
        if number < 28:
            github.edit(REPOSITORY, made, at=at, by="ines", state="closed")


def _bugs(story: Story) -> None:
    """A number that falls: open critical bugs."""
    for number, at in enumerate(_spread(story, 14)):
        key = story.jira.create(
            "SHOP", "Bug", f"Crash report {number + 1}", at=story.begins, by="ines", priority="Highest"
        )
        if number < 11:
            _work(story.jira, key, at, "yuki")


def _chores(story: Story) -> None:
    """What both teams do besides: enough is known of their pace for forecasts."""
    for project, count, who in (("SHOP", 24, "ines"), ("PLAT", 30, "tomas")):
        for number, at in enumerate(_spread(story, count)):
            key = story.jira.create(project, "Task", f"Upkeep {number + 1}", at=at - timedelta(days=6), by=who)
            _work(story.jira, key, at, who)


def _trouble(story: Story) -> None:
    """The contract that everybody waits for, an issue on GitHub that waits for Jira, and a licence that ran out."""
    jira, since = story.jira, story.now - timedelta(days=8)
    jira.edit("PLAT-15", at=since, by="tomas", status="In Progress", assignee="tomas", summary="Renew the licence")
    for key in ("PLAT-16", "PLAT-17"):
        jira.edit(key, at=since, by="ines", status="In Progress", assignee="ines", blocked_by="PLAT-15")
    jira.edit(
        "PLAT-2", at=since, by="tomas", status="In Progress", assignee="tomas", summary="Sign the payment contract"
    )
    for key in ("SHOP-10", "SHOP-11"):
        jira.edit(key, at=since, by="ines", status="In Progress", assignee="ines", blocked_by="PLAT-2")
    number = story.github.create(REPOSITORY, "Wallet switch", at=since, by="yuki", milestone="Checkout speed")
    story.github.edit(REPOSITORY, number, at=since, by="yuki", assignee="yuki", body="Blocked by PLAT-2")


def _work(jira: JiraState, key: str, at: datetime, by: str) -> None:
    jira.edit(key, at=at - timedelta(days=2), by=by, status="In Progress", assignee=by)
    jira.edit(key, at=at, by=by, status="Done")


def _spread(story: Story, count: int) -> Iterator[datetime]:
    """`count` instants, evenly over the story."""
    step = (story.now - story.begins - timedelta(days=4)) / count
    return (story.begins + timedelta(days=3) + step * number for number in range(count))
