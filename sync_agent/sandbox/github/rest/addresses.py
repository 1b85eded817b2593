"""The links that GitHub puts into its REST answers, which hold no news but are promised."""

from sync_agent.sandbox.github.records import Raw, Repository

_OF_REPOSITORY = {
    "archive": "{archive_format}{/ref}", "assignees": "assignees{/user}", "blobs": "git/blobs{/sha}",
    "branches": "branches{/branch}", "collaborators": "collaborators{/collaborator}", "comments": "comments{/number}",
    "commits": "commits{/sha}", "compare": "compare/{base}...{head}", "contents": "contents/{+path}",
    "contributors": "contributors", "deployments": "deployments", "downloads": "downloads", "events": "events",
    "forks": "forks", "git_commits": "git/commits{/sha}", "git_refs": "git/refs{/sha}", "git_tags": "git/tags{/sha}",
    "hooks": "hooks", "issue_comment": "issues/comments{/number}", "issue_events": "issues/events{/number}",
    "issues": "issues{/number}", "keys": "keys{/key_id}", "labels": "labels{/name}", "languages": "languages",
    "merges": "merges", "milestones": "milestones{/number}",
    "notifications": "notifications{?since,all,participating}", "pulls": "pulls{/number}", "releases": "releases{/id}",
    "stargazers": "stargazers", "statuses": "statuses/{sha}", "subscribers": "subscribers",
    "subscription": "subscription", "tags": "tags", "teams": "teams", "trees": "git/trees{/sha}",
}  # fmt: skip
_OF_USER = {
    "followers": "followers", "following": "following{/other_user}", "gists": "gists{/gist_id}",
    "starred": "starred{/owner}{/repo}", "subscriptions": "subscriptions", "organizations": "orgs", "repos": "repos",
    "events": "events{/privacy}", "received_events": "received_events",
}  # fmt: skip


def of_repository(api: str, web: str, about: Repository) -> Raw:
    """All addresses of a repository."""
    here, page = f"{api}/repos/{about.name}", f"{web}/{about.name}"
    host = web.split("://", 1)[-1]
    return {
        "url": here, "html_url": page, "clone_url": f"{page}.git", "svn_url": page, "mirror_url": None,
        "git_url": f"git://{host}/{about.name}.git", "ssh_url": f"git@{host}:{about.name}.git",
        **{f"{name}_url": f"{here}/{path}" for name, path in _OF_REPOSITORY.items()},
    }  # fmt: skip


def of_user(api: str, web: str, login: str) -> Raw:
    """All addresses of a user."""
    here = f"{api}/users/{login}"
    return {
        "url": here, "html_url": f"{web}/{login}", "avatar_url": f"{web}/{login}.png",
        **{f"{name}_url": f"{here}/{path}" for name, path in _OF_USER.items()},
    }  # fmt: skip


def of_pull(here: str, issue: str) -> Raw:
    """The addresses of a pull request at `here`, which is an issue at `issue` as well."""
    urls = {
        "issue": issue, "commits": f"{here}/commits", "review_comments": f"{here}/comments",
        "review_comment": f"{here.rsplit('/', 1)[0]}/comments{{/number}}", "comments": f"{issue}/comments",
        "statuses": f"{here.rsplit('/', 2)[0]}/statuses/head",
    }  # fmt: skip
    return {f"{name}_url": url for name, url in urls.items()}


def reactions(here: str) -> Raw:
    """Nobody reacts in the sandbox."""
    kinds = ("total_count", "+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket")
    return {"url": f"{here}/reactions", **dict.fromkeys(kinds, 0)}
