"""Finds an issue that the list of its repository no longer shows."""

from collections.abc import Mapping
from urllib.parse import quote

from connectors.contract import Fate, Whereabouts
from connectors.errors import Gone, NotFound
from connectors.github.client import GithubClient


def whereabouts(client: GithubClient, key: str, names: Mapping[str, str]) -> Whereabouts:
    """What became of `owner/name#7`; `names` are ours for renamed repositories (folded new name to ours). Raises
    ConnectorError when the host does not say.

    410 is deleted. 404 is deleted *or* hidden. A transferred issue is answered from its new place.
    https://docs.github.com/en/rest/issues/issues#get-an-issue
    """
    repository, _, number = key.rpartition("#")
    try:
        found = client.get_object(f"/repos/{quote(repository)}/issues/{number}")
    except Gone:
        return Whereabouts(Fate.DELETED)
    except NotFound:
        return Whereabouts(Fate.HIDDEN)
    home = str(found.get("repository_url") or "").rpartition("/repos/")[2]
    home = names.get(home.casefold(), home)
    if home and home.casefold() != repository.casefold():
        return Whereabouts(Fate.MOVED, f"{home}#{found.get('number')}")
    return Whereabouts(Fate.HERE)
