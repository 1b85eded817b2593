"""The text of a first configuration."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connectors.contract import Survey
from connectors.profile import Profile

_MOST = 12
_HEAD = """\
# Who is involved, where the work lives, and how to tell people.
# Check it with `sync-agent validate`, then `sync-agent validate --online`, then `sync-agent plan`.

organisation: Our organisation
timezone: UTC                    # such as Europe/Berlin
# holidays: DE                   # a country or region such as DE-BY; without it weekends only
first_run: plan                  # nobody is told anything until you have looked at `sync-agent plan` and write: send

sources:
"""
_TAIL = """
people:
  owner:                         # an id of your choice; goals refer to it
    name: %(name)s  # whose token it is, until you write who owns the goal
    role: owner                  # or senior-leader, technical-expert, business-partner, customer-representative, it-ops
    accounts: %(accounts)s  # so that comments can mention them
    # email: owner@example.org   # so that they get mails, with channels.email below
    # digest: mon 09:00
  # ops:                         # hears of trouble with trackers and mails; without it the owners of the goals do
  #   name: IT operations
  #   role: it-ops
  #   email: it-ops@example.org

# channels:                      # without it nobody gets mail
#   email:
#     host: smtp.example.org
#     port: 587
#     security: starttls         # starttls, tls or none
#     username: goal-bot
#     password: {env: SMTP_PASSWORD}
#     from: Goal sync <goals@example.org>
#     # inbox: lets people answer by mail; docs/answer-by-mail.md says how

# rules:
#   check_in_every: 14d          # asks owners how it goes; docs/asking.md says what people are asked

schedule:
  every: 15m
"""


def first_settings(
    surveys: Mapping[str, Survey], options: Mapping[str, Mapping[str, Any]], profiles: Mapping[str, Profile]
) -> str:
    """sync-agent.yaml with the sources that were asked, and the choices that they offer."""
    scopes = {name: profiles[name].starter.scope for name in surveys}
    sources = "".join(line for name in surveys for line in _source(name, surveys[name], options[name], scopes[name]))
    first = next(iter(surveys.values()))
    accounts = {name: json.dumps(survey.login) for name, survey in surveys.items()}
    return _HEAD + sources + _TAIL % {"name": json.dumps(_comment(first.account)), "accounts": _flow(accounts)}


def first_goals(surveys: Mapping[str, Survey], profiles: Mapping[str, Profile], today: date) -> str:
    """A goal file with one goal, and the epics and milestones to choose from."""
    chosen, *others = [*_choices(surveys, profiles), _everything(surveys, profiles)]
    due = max(chosen.due[:10], (today + timedelta(days=90)).isoformat())
    lines = [
        "# What was agreed. One entry a goal; each key result names the work or the number that shows it is reached.",
        "",
        "goals:",
        "  - id: first-goal",
        f"    objective: {json.dumps(chosen.title or 'Say what will be better')}",
        "    owner: owner",
        f"    period: {{start: {today.isoformat()}, due: {due}}}",
        "    key_results:",
        "      - id: delivered",
        "        title: Delivered",
        f"        delivers: {chosen.selector}",
    ]
    more = [f"# {each.selector}    # {each.title}".rstrip(" #") for each in others[:-1]]
    return "\n".join([*lines, "", *(["# More to choose from:", *more] if more else [])]) + "\n"


def _source(name: str, survey: Survey, options: Mapping[str, Any], scope: str) -> Iterator[str]:
    chosen = [container for container, _ in survey.containers[:_MOST]]
    yield f"  {name + ':':<31}# read as {_comment(survey.account)}\n"
    yield f"    type: {name}\n"
    for key, value in options.items():
        yield f"    {key}: {'[' + ', '.join(chosen) + ']' if key == scope else _flow(value)}\n"
    for container, title in survey.containers:
        yield f"    # {container}: {_comment(title)}".rstrip(": ") + "\n"


@dataclass(frozen=True, slots=True)
class _Choice:
    """A selector as it is written, and what it selects."""

    selector: str
    title: str = ""
    due: str = ""


def _choices(surveys: Mapping[str, Survey], profiles: Mapping[str, Profile]) -> Iterator[_Choice]:
    for name, survey in surveys.items():
        for container, targets in survey.targets.items():
            for key, title, due in targets[:_MOST]:
                yield _Choice(_selector(name, profiles[name], container, key), _comment(title), due)


def _everything(surveys: Mapping[str, Survey], profiles: Mapping[str, Profile]) -> _Choice:
    """All of the first project or repository, if it has nothing smaller to choose."""
    source, container = next((name, key) for name, survey in surveys.items() for key, _ in survey.containers)
    return _Choice(_selector(source, profiles[source], container, None))


def _selector(source: str, profile: Profile, container: str, target: str | None) -> str:
    """Writes a selector. Keys need no quotes; a title may hold anything."""
    item = profile.selecting.item
    keys = profile.starter.selector(container, target)
    said = {k: v if v == container or item.fullmatch(v) else json.dumps(v) for k, v in keys.items()}
    return _flow({"source": source, **said})


def _flow(value: object) -> str:
    """A mapping as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    return str(value)


def _comment(text: str) -> str:
    """Makes text from a tracker safe to stand in a YAML comment."""
    return " ".join(text.split())[:80]
