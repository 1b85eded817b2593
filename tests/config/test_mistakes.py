"""Every mistake in the configuration is told with its place, all at once, and without the secrets it may hold."""

import shutil
from pathlib import Path

import pytest

from connectors.chat.chat import INSTALL
from sync_agent.config import ConfigErrors, installed_connectors, load

EXAMPLE = Path(__file__).parents[2] / "config"
MAIN, GOALS = "sync-agent.yaml", "goals/2026-q4.yaml"
JIRA_DELIVERS = '{source: jira, project: PLAT, fix_version: "2026.4"}'
SECOND_THEME = "theme: foundations\n    period: "
FIRST_GOAL = "  - id: fast-checkout\n    objective: Checkout feels instant\n"
HTTP_KPI = 'kpi: {http: "https://metrics.example.org/p95.json", json: data.value, unit: ms}'

KPI_RESULT = f"      - id: p95\n        title: 95th percentile latency\n        {HTTP_KPI}\n        "


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "config")
    return tmp_path / "config"


def mistakes(directory: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        load(directory, environ or {}, installed_connectors())
    return [str(mistake) for mistake in caught.value.mistakes]


def replace(directory: Path, file: str, before: str, after: str) -> str:
    """Replaces the first `before`; returns the place that is marked with » in `after`, which itself is left out."""
    text = (directory / file).read_text()
    assert before in text
    marked = text.replace(before, after, 1)
    (directory / file).write_text(marked.replace("»", ""))
    start = marked.index("»")
    return f"{file}:{marked.count(chr(10), 0, start) + 1}:{start - marked.rfind(chr(10), 0, start)}: "


SENDER = "    from: Goal sync <goals@example.org>\n"
NEED = "{from: noor, what: a review, by: 2026-11-01}"
WEB = "web: {host: 127.0.0.1, port: 8080}"
# File, what is replaced, by what (» is where the mistake is told), and words of the mistake.
BROKEN = [
    (GOALS, "owner: dana", "owner: »dna", "unknown person 'dna'; did you mean 'dana'?"),
    (GOALS, "owner: dana", "owner: »true", "unknown person 'true'"),
    (GOALS, "report_on: [{source: jira,", "report_on: [{source: »true,", "unknown source 'true'"),
    (MAIN, SENDER, f"{SENDER}    »inbox: {{maildir: /m}}\n", "need a secret that signs reply addresses"),
    (MAIN, SENDER, f"{SENDER}    inbox: »{{secret: {{env: S}}}}\n", "give exactly one of imap and maildir"),
    (MAIN, SENDER, f"{SENDER}    inbox: {{maildir: /m, secret: {{env: S}}, heard: »a/b}}\n", "the name of a folder"),
    (GOALS, "owner: dana", "»ownr: dana", "unknown key 'ownr'; did you mean 'owner'?"),
    (GOALS, FIRST_GOAL + "    owner: dana", f"  - »{FIRST_GOAL[4:]}", "'owner' is missing here; add it"),
    (GOALS, "owner: dana", "owner:»", "found nothing; should be text"),
    (GOALS, "stakeholders: [ceo-office,", "stakeholders: [»ceo-ofice,", "did you mean 'ceo-office'?"),
    (GOALS, "theme: customer-trust", "theme: »customer-trst", "did you mean 'customer-trust'?"),
    (GOALS, "theme: customer-trust", "supports: »customer-trst", "unknown goal or theme 'customer-trst'"),
    (GOALS, "depends_on: [platform-upgrade]", "depends_on: [»platform-upgrad]", "did you mean 'platform-upgrade'?"),
    (GOALS, "depends_on: [platform-upgrade]", "depends_on: [»fast-checkout]", "fast-checkout → fast-checkout"),
    (GOALS, SECOND_THEME, "depends_on: fast-checkout\n    period: »", "before 'fast-checkout' (2026-12-31), which it"),
    (GOALS, "owner: dana", "check_ins: [{on: 2026-11-01, by: »dna, confidence: 1}]\n    owner: dana", "unknown person"),
    (GOALS, "owner: dana", "check_ins: [{on: 2026-11-01, by: dana, confidence: »80}]\n    owner: dana", "such as 0.8"),
    (GOALS, "owner: dana", "check_ins: [{on: 2026-11-01, by: dana, confidence: »45%}]\n    owner: dana", "as 0.45"),
    (GOALS, "owner: dana", "needs: {from: »dana, what: x, by: 2026-11-01}\n    owner: dana", "owns the goal and needs"),
    (GOALS, "owner: dana", "needs: [{from: »dna, what: a review, by: 2026-11-01}]\n    owner: dana", "unknown person"),
    (GOALS, "owner: dana", "needs: [{from: noor, what: a review, by: »2027-11-01}]\n    owner: dana", "no later than"),
    (GOALS, "owner: dana", f"needs: [{NEED}, {NEED.replace('a review', '»A  review')}]\n    owner: dana", "already in"),
    (MAIN, "digest: mon 09:00 ", "deputy: »dana\n    digest: mon 09:00 ", "should be somebody else"),
    (GOALS, "owner: dana", "kind: »stretch\n    owner: dana", "Known: committed, aspirational"),
    (MAIN, "people:", "facilitator: »dna\npeople:", "unknown person 'dna'"),
    (GOALS, "period: 2026-Q4", "period: »2026-Q5", "found '2026-Q5'; should be such as 2026-Q4"),
    (GOALS, "period: 2026-Q4", "period: »9999-Q4", "found '9999-Q4'"),
    (GOALS, "period: 2026-Q4", "period: »1969-Q4", "found '1969-Q4'"),
    (GOALS, "due: 2026-11-30}", "due: »9999-12-31}", "found '9999-12-31'"),
    (GOALS, "{start: 2026-10-01, due: 2026-11", "{start: »0001-01-01, due: 2026-11", "found '0001-01-01'"),
    (GOALS, "period: 2026-Q4", "period: »{start: 2026-10-01, due: 2026-10-31}", "before 'platform-upgrade'"),
    (GOALS, "{start: 2026-10-01, due: 2026-11-30}", "»{start: 2026-12-01, due: 2026-11-30}", "after it is due"),
    (GOALS, "due: 2026-11-30", "due: »2026-02-30", "should be a day such as 2026-12-18"),
    (GOALS, "start: 2026-10-01, due: 2026-11-30", "start: »20261001, due: 2026-11-30", "should be a day such as"),
    (GOALS, "priority: {relevance: 5", "priority: {relevance: »9", "found '9'; should be at most 5"),
    (GOALS, "priority: {relevance: 5", "priority: {relevance: »true", "found true; should be a whole number"),
    (GOALS, "report_on: [{source: jira,", "report_on: [{source: »jra,", "unknown source 'jra'; did you mean 'jira'?"),
    (GOALS, "issue: SHOP-12", "issue: »NOPE-12", "NOPE is not in the scope of source 'jira'"),
    (GOALS, "epic: [SHOP-12, SHOP-40]", "epic: [SHOP-12, »NOPE-40]", "NOPE is not in the scope of source 'jira'"),
    (GOALS, "epic: [SHOP-12, SHOP-40]", "epic: »twelve", "found 'twelve'; should be an issue's key such as SHOP-12"),
    (GOALS, "epic: [SHOP-12, SHOP-40]", "»epic: , label: q4", "'epic' is empty here; give it a value or remove it"),
    (GOALS, "epic: [SHOP-12, SHOP-40]", "»milestone: Q4", "a jira source knows no 'milestone'; use fix_version"),
    (GOALS, "epic: [SHOP-12, SHOP-40]", "»epik: [SHOP-12]", "unknown key 'epik'; did you mean 'epic'?"),
    (
        MAIN,
        "    # marks:                                  # shown",
        "    marks: {labels: {blocked: »Blocked}}\n    # marks: # shown",
        "by which people say that work is blocked (blocked_labels)",
    ),
    (GOALS, "repo: example/checkout, milestone", "»jql: x, milestone", "a github source knows no 'jql'"),
    (GOALS, "repo: example/checkout", "repo: »example/chekout", "did you mean 'example/checkout'?"),
    (GOALS, "repo: example/checkout", "repository: »example/chekout", "did you mean 'example/checkout'?"),
    (GOALS, "repo: example/checkout", "sub_issues_of: »elsewhere/checkout#7", "elsewhere/checkout is not in the scope"),
    (GOALS, "project: SHOP, type", "project: »SHPO, type", "unknown project 'SHPO'; did you mean 'SHOP'?"),
    (GOALS, JIRA_DELIVERS, "»{source: jira}", "this selects everything"),
    (GOALS, JIRA_DELIVERS, "»{source: jira, epic: }", "this selects everything"),
    (GOALS, JIRA_DELIVERS, "»PLAT", "should be a mapping (key: value)"),
    (GOALS, JIRA_DELIVERS, "»[]", "should not be empty"),
    (GOALS, "- id: new-flow", "- »id: new-flow\n        kpi: {}", "give exactly one of delivers: and kpi:"),
    (GOALS, "measure: points", "measure: »pionts", "did you mean 'points'?"),
    (GOALS, "measure: points", "weight: »0", "found '0'; should be more than 0"),
    (GOALS, HTTP_KPI, 'kpi: {»http: "https://metrics.example.org/p95.json", unit: ms}', "http: needs json:"),
    (GOALS, HTTP_KPI, "kpi: {deploys: {source: »jira, repo: acme/shop}}", "'jira' is a jira source; only GitHub tells"),
    (GOALS, HTTP_KPI, "kpi: {deploys: {source: »githb, repo: example/checkout}}", "did you mean 'github'?"),
    (GOALS, HTTP_KPI, "kpi: {deploys: {source: github, repo: »example/chekout}}", "did you mean 'example/checkout'?"),
    (GOALS, HTTP_KPI, "kpi: {»deploys: {source: github}}", "'repo' is missing here"),
    (GOALS, HTTP_KPI, "kpi: {»json: a, deploys: {source: github, repo: example/checkout}}", "nothing beside deploys:"),
    (GOALS, HTTP_KPI, "kpi: »{unit: ms}", "give exactly one of http:, prometheus:, csv:,"),
    (GOALS, HTTP_KPI, "kpi: {http: »metrics.example.org, json: a}", "should be a web address"),
    (GOALS, KPI_RESULT + "baseline: 900", f"      - »{KPI_RESULT[8:]}", "a kpi needs baseline:"),
    (GOALS, "target: 300", "target: »900.0", "nothing would ever change"),
    (GOALS, "target: 300", "target: »three hundred", "found 'three hundred'; should be a number"),
    (GOALS, "target: 300", "target: »nan", "found 'nan'; should be a number"),
    (GOALS, "target: 300", "»target: 300\n        between: [1, 2]", "between: is a range to keep; remove it or"),
    (GOALS, "target: 300", "target: 300\n        between: »[2, 1]", "two numbers, the smaller first"),
    (GOALS, "target: 300", "target: 300\n        milestones: [{on: »2027-01-01, value: 1}]", "should lie within"),
    (
        GOALS,
        "target: 300",
        "target: 300\n        milestones: [{on: 2026-11-01, value: 1}, {on: »2026-11-01, value: 2}]",
        "each milestone should come later than the one before it",
    ),
    (GOALS, "target: 300", "target: 300\n        thresholds: [»{text: slow}]", "give exactly one of above: and below:"),
    (GOALS, "measure: points", "»thresholds: [{above: 1, text: x}]", "'thresholds' says nothing about delivered work"),
    (GOALS, "kpi: {count: {source", "kpi: {»json: a, count: {source", "'json' says nothing beside count:; remove it"),
    (GOALS, "kpi: {count: {source", "kpi: {measure: »cycletime, of: {source", "did you mean 'cycle_time'?"),
    (GOALS, "kpi: {count: {source", "kpi: {measure: »share, of: {source", "share, and nothing else, needs among:"),
    (GOALS, "kpi: {count: {source", "kpi: {measure: count, »window: 7d, of: {source", "says nothing about count"),
    (GOALS, "kpi: {count: {source", "kpi: {measure: age, of: {source: »jra, label: x}, among: {source", "unknown"),
    (GOALS, HTTP_KPI, 'kpi: {»prometheus: "https://metrics.example.org"}', "prometheus: needs query:, PromQL that"),
    (GOALS, HTTP_KPI, "kpi: {»csv: kpis/nps.csv}", "csv: needs column:"),
    (GOALS, HTTP_KPI, "kpi: {csv: »../nps.csv, column: score}", "should be a file within the"),
    (GOALS, HTTP_KPI, "kpi: {csv: »/etc/passwd, column: score}", "should be a file within the"),
    (GOALS, HTTP_KPI, "kpi: {csv: a.csv, column: b, »token: {env: T}}", "'token' says nothing beside csv:"),
    (GOALS, "json: data.value, unit: ms}", "json: v, »token: {env: T}}", "add kpis: {hosts: [metrics.example.org]}"),
    (MAIN, "rules:                           #", "kpis: {»hostz: [a]}\nrules: #", "unknown key 'hostz'"),
    (GOALS, HTTP_KPI, "kpi: {»measure: throughput}", "measure: needs of:"),
    (GOALS, "id: p95", "id: »new-flow", "the key result 'new-flow' is already in goals/2026-q4.yaml:16"),
    (GOALS, "- id: platform-upgrade", "- id: »fast-checkout", "the goal 'fast-checkout' is already in"),
    (GOALS, "- id: fast-checkout", "- id: »Fast Checkout", "should be lower-case letters, digits"),
    (GOALS, "theme: foundations", "rules: {off_track_below: »0.8}", "less than at_risk_below (0.7)"),
    (MAIN, WEB, 'web: {url: »"https://größe.example", secret: {env: SECRET}}', "an https address in ASCII"),
    (MAIN, WEB, 'web: {url: »"http://goals.example", secret: {env: SECRET}}', "an https address in ASCII"),
    (MAIN, "type: github", "type: »gihub", "unknown type 'gihub'; did you mean 'github'?"),
    (MAIN, "type: github", "type:»", "'type' is missing here; one of github, jira"),
    (MAIN, "timezone: Europe/Berlin", "timezone: »Europe/Berln", "did you mean 'Europe/Berlin'?"),
    (MAIN, "holidays: DE ", "holidays: »ZZZZ ", "unknown country; write a code such as DE"),
    (MAIN, "holidays: DE ", "holidays: »de ", "unknown country; did you mean 'DE'?"),
    (MAIN, "holidays: DE ", "holidays: »DE-BAY ", "unknown part of DE; did you mean 'DE-BY'?"),
    (MAIN, "every: 15m", "every: »15", "such as 15m, 24h or 3d"),
    (MAIN, "every: 15m", "every: »99999999999999d", "such as 15m, 24h or 3d"),
    (MAIN, "every: 15m", "every: »0m", "such as 15m, 24h or 3d"),
    (MAIN, "stale_item_after: 14d", "stale_item_after: »36h", "should be whole days"),
    (MAIN, "digest: mon 09:00            #", "digest: »monday morning #", "mon 09:00, or daily 08:30, or none"),
    (MAIN, "digest: mon 09:00            #", "digest: »mon 25:00 #", "mon 09:00, or daily 08:30, or none"),
    (MAIN, "accounts: {github: noor-haddad}", "accounts: {»gitlab: noor-haddad}", "unknown source 'gitlab'"),
    (MAIN, "email: noor@example.org", "email: »noor", "found 'noor'; should be an e-mail address"),
    (MAIN, "role: it-ops", "role: »boss", "Known: owner, senior-leader"),
    (MAIN, "  ceo-office:\n", "  »CEO Office:\n", "found 'CEO Office'; should be lower-case letters"),
    (MAIN, "off_track_below: 0.4", "off_track_below: »0.9", "less than at_risk_below (0.7)"),
    (MAIN, "after: 5d, to: [ceo-office]", "after: 5d, to: [»ceo-ofice]", "unknown person 'ceo-ofice'; did you mean"),
    (
        MAIN,
        "escalate: [{after: 5d, to: [ceo-office]}]",
        "escalate: [{after: 5d, to: [ceo-office]}, {after: »4d, to: [dana]}]",
        "each step should come later than the one before it",
    ),
    (MAIN, "schedule:", "silences: [{goal: »fast, until: 2026-12-01, by: dana, reason: x}]\nschedule:", "unknown goal"),
    (
        MAIN,
        "schedule:",
        "silences: [{goal: fast-checkout, signal: »source down, until: 2026-12-01, by: dana, reason: x}]\nschedule:",
        "should be a finding about a goal",
    ),
    (
        MAIN,
        "schedule:",
        "silences: [{goal: fast-checkout, signal: »blokked, until: 2026-12-01, by: dana, reason: x}]\nschedule:",
        "did you mean 'blocked'?",
    ),
    (MAIN, "working_hours: 9-17 ", "working_hours: »17-9 ", "such as 9-17, 08:30-16:30, sun-thu 8-16, or always"),
    (MAIN, "working_hours: sun-thu 8-16", "working_hours: »sun-thr 8-16", "such as 9-17, 08:30-16:30, sun-thu 8-16"),
    (MAIN, "schedule:", "working_week: »[]\nschedule:", "should be days such as sun-thu or [mon, tue, wed, thu]"),
    (MAIN, "schedule:", "working_week: »[mon, 3]\nschedule:", "should be days such as sun-thu or [mon, tue, wed, thu]"),
    (MAIN, "daily_limit: 10", "daily_limit: »0", "should be at least 1"),
    (MAIN, "first_run: plan", "first_run: »sent", "did you mean 'send'?"),
    (MAIN, "schedule:", "routes: [»{timing: digest}]\nschedule:", "'match' is missing here"),
    (MAIN, "schedule:", "routes: [{match: »{}}]\nschedule:", "matches everything; name at least one of goal, theme"),
    (MAIN, "schedule:", "routes: [{match: {»rol: owner}}]\nschedule:", "unknown key 'rol'; did you mean 'role'?"),
    (MAIN, "schedule:", "routes: [{match: {role: »ownr}}]\nschedule:", "did you mean 'owner'?"),
    (MAIN, "schedule:", "routes: [{match: {signal: [blocked, »slippin]}}]\nschedule:", "did you mean 'slipping'?"),
    (MAIN, "schedule:", "routes: [{match: {goal: »fast-chekout}}]\nschedule:", "did you mean 'fast-checkout'?"),
    (MAIN, "schedule:", "routes: [{match: {theme: [foundations, »trust]}}]\nschedule:", "unknown theme 'trust'"),
    (MAIN, "schedule:", "routes: [{match: {person: »dna}}]\nschedule:", "unknown person 'dna'; did you mean 'dana'?"),
    (MAIN, "schedule:", "routes: [{match: {part: owner}, channels: »mail}]\nschedule:", "did you mean 'email'?"),
    (MAIN, "schedule:", "routes: [{match: {part: owner}, timing: »later}]\nschedule:", "Known: immediate, digest"),
    (
        MAIN,
        "schedule:",
        "routes: [{match: {part: owner}, routes: [{match: {owner: »nor}}]}]\nschedule:",
        "did you mean 'noor'?",
    ),
    (MAIN, "projects: [SHOP, PLAT]", "projects: »[]", "should not be empty"),
    (MAIN, "projects: [SHOP, PLAT]", "projects: »SHOP", "found 'SHOP'; should be a list"),
    (MAIN, "port: 587", "port: »true", "found true; should be a whole number"),
    (MAIN, "port: 587", "port: »70000", "should be at most 65535"),
    (MAIN, "security: starttls", "security: »startls", "did you mean 'starttls'?"),
    (MAIN, "from: Goal sync <goals@example.org>", "from: »Goal sync", "should be an address such as"),
    (MAIN, "comments: true", "comments: »perhaps", "should be true or false"),
    (MAIN, "organisation: Example Shop", "organisation: »[Example", "not closed"),
    (MAIN, "holidays: DE ", "»timezone: UTC ", "the key 'timezone' is already in line 6"),
    (MAIN, "# store: /var/lib/sync-agent/state.db", "store: »mysql://host/db", "should be a file, or begin with sqlite:///"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "before", "after", "words"), BROKEN, ids=[f"{n}-{b[2][:30]}" for n, b in enumerate(BROKEN)]
)
def test_a_mistake_is_told_at_its_place(directory: Path, file: str, before: str, after: str, words: str) -> None:
    place = replace(directory, file, before, after)
    found = mistakes(directory)
    assert [mistake for mistake in found if mistake.startswith(place) and words in mistake], (place, found)


def test_a_ladder_that_ends_at_somebody_whom_nothing_reaches_there_is_a_mistake(directory: Path) -> None:
    """Ilse has an account at GitHub alone; the goal reports on Jira."""
    replace(directory, MAIN, "    email: ilse@example.org\n", "»")
    replace(directory, MAIN, "    digest: daily 08:30\n", "»")
    goal = "    rules: {escalate: [{after: 3d, to: [dana]}, {after: 6d, to: [shop-tech-lead]}]}\n    owner: dana"
    place = replace(directory, GOALS, "    owner: dana", goal.replace("escalate: ", "escalate: »"))
    found = "'fast-checkout' escalates to 'shop-tech-lead', whom nothing reaches there; give them an email, a chat, "
    assert mistakes(directory) == [f"{place}{found}or an account at jira"]


def test_a_label_that_the_agent_sets_selects_nothing_and_is_a_mistake(directory: Path) -> None:
    marks = "    marks: {labels: {blocked: Goal-Blocked}}\n    # marks: # shown"
    replace(directory, MAIN, "    # marks:                                  # shown", f"»{marks}")
    place = replace(directory, GOALS, "epic: [SHOP-12, SHOP-40]", "epic: [SHOP-12], label: [q4, »goal-blocked]")
    (told,) = mistakes(directory)
    assert told.startswith(f"{place}found 'goal-blocked', which the agent sets itself (marks.labels.blocked)")


def test_a_kpi_of_a_host_that_is_not_allowed_is_a_mistake(directory: Path) -> None:
    replace(directory, MAIN, "rules: ", "kpis: {hosts: [»'*.example.com', prom.example.org]}\nrules: ")
    place = replace(directory, GOALS, 'http: "https://metrics', 'http: »"https://metrics')
    found = "'metrics.example.org' is not among kpis.hosts of sync-agent.yaml: *.example.com, prom.example.org"
    assert mistakes(directory) == [place + found]


def test_all_mistakes_of_all_files_are_told_at_once(directory: Path) -> None:
    """One wrong value hides no other, not even one in the same goal or key result."""
    changes = [
        (MAIN, "every: 15m", "every: »15"),
        (MAIN, "type: github", "type: »gihub"),
        (MAIN, "email: noor@example.org", "email: »noor"),
        (GOALS, "owner: dana", "owner: »dna"),
        (GOALS, "period: 2026-Q4", "period: »2026-Q5"),
        (GOALS, "epic: [SHOP-12, SHOP-40]", "epic: [SHOP-12, »NOPE-40]"),
        (GOALS, "measure: points", "measure: »pionts"),
        (GOALS, "target: 300", "target: »900"),
        (GOALS, "theme: foundations", "theme: »foundation"),
        (GOALS, JIRA_DELIVERS, "»{source: jira}"),
    ]
    places = [replace(directory, *change) for change in changes]
    (directory / "goals" / "more.yml").write_text("goals:\n  - id: more\n")
    found = mistakes(directory)
    assert not [place for place in places if not any(mistake.startswith(place) for mistake in found)], found
    assert any(mistake.startswith("goals/more.yml:2:5: 'objective' is missing") for mistake in found)
    assert len(found) == len({mistake.rsplit(": ", 1)[0] + mistake for mistake in found})


def test_every_ring_of_goals_is_named(directory: Path) -> None:
    goal = "  - {{id: {0}, objective: O, owner: dana, period: 2026, depends_on: {1}, key_results: []}}\n"
    rings = [("a", "b"), ("b", "c"), ("c", "a"), ("x", "y"), ("y", "x")]
    text = "goals:\n" + "".join(goal.format(*pair) for pair in rings)
    (directory / "goals" / "rings.yaml").write_text(text)
    found = [mistake for mistake in mistakes(directory) if "wait for each other" in mistake]
    assert len(found) == 2
    assert any("a → b → c → a" in m or "b → c → a → b" in m or "c → a → b → c" in m for m in found)


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        (MAIN, "token: {env: JIRA_TOKEN}", "token: »hunter2hunter2"),
        (MAIN, "token: {env: JIRA_TOKEN}", "token: {»hunter2hunter2}"),
        (MAIN, "token: {env: JIRA_TOKEN}", "token: {env: »ghp_hunter2hunter2hunter2}"),
        (MAIN, "auth: {token: {env: GITHUB_TOKEN}}", "auth: »github_pat_hunter2hunter2"),
        (MAIN, "auth: {token: {env: GITHUB_TOKEN}}", "auth: {password: »hunter2hunter2}"),
        (MAIN, "password: {env: SMTP_PASSWORD}", "password: »hunter2hunter2"),
        (MAIN, "https://example.atlassian.net", "»https://me:hunter2@example.atlassian.net"),
        (MAIN, "# store: /var/lib/sync-agent/state.db", "store: »postgresql://me:hunter2@host/db"),
        (MAIN, "Customers trust us with their time", "»ATATThunter2hunter2hunter2"),
        (GOALS, "unit: ms}", "unit: ms, token: »hunter2hunter2}"),
        (GOALS, "unit: ms}", 'unit: ms, token: »"-----BEGIN PRIVATE KEY-----hunter2"}'),
        (GOALS, "owner: dana", "owner: »ghp_hunter2hunter2hunter2"),
    ],
)
def test_a_secret_in_the_file_is_a_mistake_that_does_not_repeat_it(
    directory: Path, file: str, before: str, after: str
) -> None:
    place = replace(directory, file, before, after)
    found = mistakes(directory)
    assert any(mistake.startswith(place) for mistake in found), (place, found)
    assert "hunter2" not in "".join(found)


def test_names_that_only_sound_like_secrets_are_no_mistake(directory: Path) -> None:
    """A theme may be called `token`."""
    text = (directory / MAIN).read_text().replace("foundations: A platform", "token: A platform")
    (directory / MAIN).write_text(text)
    goals = (directory / GOALS).read_text().replace("theme: foundations", "theme: token")
    (directory / GOALS).write_text(goals)
    assert load(directory, {}, installed_connectors()).organisation.themes["token"]


@pytest.mark.parametrize(
    ("before", "after", "remedy"),
    [
        ("    email: ceo-office@example.org\n    digest: mon 08:00\n", "", "give them an email, or"),
        ("    email: ceo-office@example.org\n    digest: mon 08:00\n", "    email:\n", "give them an email, or"),
    ],
)
def test_a_person_nobody_can_reach_is_a_mistake(directory: Path, before: str, after: str, remedy: str) -> None:
    text = (directory / MAIN).read_text()
    assert before in text
    (directory / MAIN).write_text(text.replace(before, after, 1))
    assert any("nobody can reach 'ceo-office': " + remedy in mistake for mistake in mistakes(directory))


def test_without_a_mail_server_an_email_reaches_nobody(directory: Path) -> None:
    text = (directory / MAIN).read_text()
    channels = text[text.index("  email:\n    host:") : text.index("  comments: true")]
    (directory / MAIN).write_text(text.replace(channels, ""))
    assert any("nobody can reach 'ceo-office': set up channels.email, or" in mistake for mistake in mistakes(directory))


def test_without_comments_an_account_reaches_nobody(directory: Path) -> None:
    text = (
        (directory / MAIN)
        .read_text()
        .replace("    email: noor@example.org\n", "")
        .replace("comments: true", "comments: false")
    )
    (directory / MAIN).write_text(text)
    assert any("nobody can reach 'noor'" in mistake for mistake in mistakes(directory))


def test_a_port_in_the_environment_that_is_none_is_a_mistake(directory: Path) -> None:
    found = mistakes(directory, {"SYNC_AGENT_WEB_PORT": "http"})
    assert found == ["SYNC_AGENT_WEB_PORT: found 'http'; should be a port, 0 to 65535"]


HOOK = "  webhook:\n    ops: {url: https://x.example.org, secret: {env: HOOK}}"
CHAT = "  apprise:\n    team: {url: {env: TEAM_CHAT}}\n  comments: true"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("  comments: true", CHAT.replace("team:", "»jira:"), "sources and channels have this name already"),
        ("  comments: true", CHAT.replace("team:", "»email:"), "sources and channels have this name already"),
        (
            "  comments: true",
            CHAT.replace("team", "ops") + "\n" + HOOK.replace("ops:", "»ops:"),
            "have this name already",
        ),
        ("  comments: true", HOOK.replace("{env: HOOK}", "»hook-secret-part"), "write secret: {env: NAME}"),
        ("  comments: true", HOOK.replace("https://", "»https://user:secret-part@"), "without a user name"),
        ("  comments: true", HOOK.replace("ops: {url: https://x.example.org, ", "»ops: {"), "'url' is missing"),
        ("  comments: true", CHAT.replace("{env: TEAM_CHAT}", "»slack://T/B/secret-part"), "write url: {env: NAME}"),
        ("    digest: mon 09:00", "    digest: mon 09:00\n    chat: »tema", "unknown chat 'tema'"),
    ],
)
def test_a_chat_that_cannot_be_is_told(directory: Path, before: str, after: str, words: str) -> None:
    place = replace(directory, MAIN, before, after)
    found = mistakes(directory)
    assert any(mistake.startswith(place) and words in mistake for mistake in found), found
    assert not any("secret-part" in mistake for mistake in found)


def test_a_chat_without_apprise_says_what_to_install(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.chat.installed", lambda: False)
    place = replace(directory, MAIN, "  comments: true", CHAT.replace("    team", "    »team"))
    assert mistakes(directory) == [f"{place}chats need Apprise, which is not installed: {INSTALL}"]


def test_a_chat_reaches_a_person_without_address_and_account(directory: Path) -> None:
    replace(directory, MAIN, "  comments: true", "»" + CHAT)
    replace(directory, MAIN, "    email: panel@example.org\n    digest: mon 09:00\n", "    chat: team\n»")
    panel = load(directory, {}, installed_connectors()).organisation.people["customer-panel"]
    assert (panel.email, panel.chat) == (None, "team")
