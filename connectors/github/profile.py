"""What selectors and first configurations have to know of GitHub."""

import re
from typing import Any

from connectors.github.hooks import HOOKS
from connectors.profile import Answers, Profile, Question, Selecting, Starter

_ITEM = re.compile(r"([\w.-]+/[\w.-]+)#\d+", re.ASCII)
_KEYS = frozenset({
    "repo", "sub_issues_of", "issue", "type", "label", "milestone", "sprint", "assignee", "priority",
    "status", "kind",
})  # fmt: skip


def _options(answers: Answers) -> dict[str, Any]:
    auth = {"token": {"env": answers["--github-token-env"]}}
    return {"url": answers["--github"], "auth": auth, "repositories": ["any/any"]}


def _selector(repository: str, milestone: str | None) -> dict[str, str]:
    return {"repo": repository, **({"milestone": milestone} if milestone else {})}


PROFILE = Profile(
    title="GitHub",
    selecting=Selecting(
        keys=_KEYS,
        containers=("repo",),
        items=("sub_issues_of", "issue"),
        item=_ITEM,
        example="an issue's key such as acme/checkout#7",
        own={"repository": "repo"},
        instead={
            "project": "use repo",
            "epic": "use sub_issues_of",
            "component": "use label",
            "fix_version": "use milestone",
            "query": "remove it",
        },
    ),
    starter=Starter(
        questions=(
            Question("--github", "https://api.github.com, or https://HOST/api/v3.", metavar="URL"),
            Question("--github-token-env", "Variable with the GitHub token.", default="GITHUB_TOKEN"),
        ),
        scope="repositories",
        options=_options,
        selector=_selector,
    ),
    deploys=True,
    hooks=HOOKS,
)
