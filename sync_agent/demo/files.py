"""The configuration that the demo's organisation would have written."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sync_agent.demo.story import REPOSITORY, Story

TOKENS = {
    "DEMO_JIRA_TOKEN": "demo-jira-token",
    "DEMO_GITHUB_TOKEN": "demo-github-token",
    "DEMO_WEB_SECRET": "demo-secret-that-signs-every-link",
}
INBOX = "inbox"
"""The Maildir of the agent's own address, below the demo's folder."""
PUBLIC = "https://goals.lantern.example"
"""Where the pages seem to be: elsewhere a proxy with TLS stands there."""
JIRA_EMAIL = "goal-bot@lantern.example"

_SETTINGS = """\
# Demo data: Lantern Books and everybody in it are invented.
organisation: Lantern Books (demo)
timezone: Europe/Lisbon
first_run: send                  # elsewhere: plan, so that you can look first at what would be sent

sources:
  jira:
    type: jira
    url: {jira}
    auth: {{email: {email}, token: {{env: DEMO_JIRA_TOKEN}}}}
    projects: [SHOP, PLAT]
  github:
    type: github
    url: {github}
    auth: {{token: {{env: DEMO_GITHUB_TOKEN}}}}
    repositories: [{repository}]

people:
  mira:
    name: Mira Okafor
    role: owner
    email: mira@lantern.example
    accounts: {{jira: mira, github: mira}}
  tomas:
    name: Tomas Lind
    role: owner
    email: tomas@lantern.example
    accounts: {{jira: tomas, github: tomas}}
  ines:
    name: Ines Rocha
    role: technical-expert
    email: ines@lantern.example
    accounts: {{jira: ines, github: ines}}
  board:
    name: The board
    role: senior-leader
    email: board@lantern.example
    digest: mon 09:00
  payments-partner:
    name: Payments partner
    role: business-partner
    email: partner@lantern.example
    digest: mon 09:00
  it-ops:
    name: IT operations
    role: it-ops
    email: it-ops@lantern.example

themes:
  readers: Readers come back

channels:
  email:
    host: 127.0.0.1
    port: {mail}
    security: none               # loopback only; use starttls or tls everywhere else
    from: Goal sync <goals@lantern.example>
    inbox: {{maildir: {inbox}}}

web:
  url: {public}
  secret: {{env: DEMO_WEB_SECRET}}

schedule:
  every: 15m

store: {store}
"""

_GOALS = """\
# Demo data. What the team agreed for this quarter.
goals:
  - id: fast-checkout
    objective: Checkout feels instant
    owner: mira
    stakeholders: [board, payments-partner]
    theme: readers
    period: {{start: {start}, due: {due}}}
    priority: {{relevance: 5, urgency: 4, impact: 5}}
    rules: {{check_in_every: 14d}}
    check_ins: [{{on: {checked_in}, by: mira, confidence: 0.8, text: the contract is with the lawyers}}]
    key_results:
      - id: new-flow
        title: New flow shipped
        delivers: {{source: jira, epic: SHOP-1}}
        measure: points
      - id: cache
        title: Pages answer from the cache
        delivers: {{source: github, repo: {repository}, milestone: Checkout speed}}

  - id: platform-upgrade
    objective: The platform runs on supported versions
    owner: tomas
    stakeholders: [board]
    period: {{start: {start}, due: {due}}}
    report_on: [{{source: jira, issue: PLAT-1}}]
    key_results:
      - id: moved
        title: Services moved
        delivers: {{source: jira, project: PLAT, fix_version: Autumn}}

  - id: search
    objective: Search finds the book
    owner: mira
    stakeholders: [board]
    theme: readers
    period: {{start: {start}, due: {due}}}
    report_on: [{{source: github, issue: "{repository}#1"}}]
    key_results:
      - id: tasks
        title: Search tasks done
        delivers: {{source: github, repo: {repository}, milestone: Search}}

  - id: fewer-crashes
    objective: The shop stays up
    owner: tomas
    stakeholders: [board]
    period: {{start: {start}, due: {due}}}
    key_results:
      - id: bugs
        title: Open critical bugs
        kpi: {{count: {{source: jira, project: SHOP, type: Bug, priority: Highest, status: open}}}}
        baseline: 14
        target: 0
      - id: latency
        title: 95th percentile latency
        kpi: {{csv: latency.csv, column: p95, date: week, unit: ms}}
        baseline: 880
        target: 450
        thresholds: [{{above: 1000, text: customers notice}}]
"""
_LATENCY = (880, 905, 870, 840, 790, 760, 700, 690, 640, 600, 575, 540)
"""Milliseconds, week by week until now."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the demo's servers listen."""

    jira: str
    github: str
    mail: int


def write(folder: Path, story: Story, at: Addresses) -> Path:
    """Writes the configuration below `folder` and returns its directory."""
    directory = folder / "config"
    (directory / "goals").mkdir(parents=True)
    settings = _SETTINGS.format(
        jira=at.jira,
        github=at.github,
        mail=at.mail,
        email=JIRA_EMAIL,
        repository=REPOSITORY,
        public=PUBLIC,
        inbox=(folder / INBOX).absolute(),
        store=(folder / "state.db").absolute(),
    )
    goals = _GOALS.format(
        start=(story.begins + timedelta(days=1)).date(),
        due=story.due.date(),
        checked_in=story.checked_in.date(),
        repository=REPOSITORY,
    )
    (directory / "sync-agent.yaml").write_text(settings, encoding="utf-8")
    (directory / "goals" / "quarter.yaml").write_text(goals, encoding="utf-8")
    weeks = len(_LATENCY) - 1
    rows = (f"{story.now - timedelta(weeks=weeks - n, days=1):%Y-%m-%d},{ms}\n" for n, ms in enumerate(_LATENCY))
    (directory / "latency.csv").write_text(f"week,p95\n{''.join(rows)}", encoding="utf-8")
    return directory
