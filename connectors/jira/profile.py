"""What selectors and first configurations have to know of Jira."""

import re
from typing import Any

from connectors.jira.hooks import HOOKS
from connectors.profile import Answers, Profile, Question, Selecting, Starter

_ITEM = re.compile(r"([A-Za-z][A-Za-z0-9_]*)-\d+", re.ASCII)
_KEYS = frozenset({
    "project", "epic", "issue", "type", "label", "component", "fix_version", "sprint", "assignee", "priority",
    "status", "kind",
})  # fmt: skip


def _options(answers: Answers) -> dict[str, Any]:
    email = {"email": answers["--email"]} if answers["--email"] else {}
    auth = {**email, "token": {"env": answers["--jira-token-env"]}}
    return {"url": answers["--jira"], "auth": auth, "projects": ["ANY"]}


def _selector(project: str, epic: str | None) -> dict[str, str]:
    return {"epic": epic} if epic else {"project": project}


PROFILE = Profile(
    title="Jira",
    selecting=Selecting(
        keys=_KEYS,
        containers=("project",),
        items=("epic", "issue"),
        item=_ITEM,
        example="an issue's key such as SHOP-12",
        own={"jql": "query"},
        instead={
            "repo": "use project",
            "milestone": "use fix_version",
            "sub_issues_of": "use epic",
            "query": "use jql",
        },
    ),
    starter=Starter(
        questions=(
            Question("--jira", "Address of a Jira site.", metavar="URL"),
            Question(
                "--email",
                "Jira Cloud: e-mail of the account that the token belongs to.",
                missed="Jira Cloud also needs --email",
            ),
            Question("--jira-token-env", "Variable with the Jira token.", default="JIRA_TOKEN"),
        ),
        scope="projects",
        options=_options,
        selector=_selector,
    ),
    hooks=HOOKS,
)
