"""Recorded issues and pull requests, as GitHub's REST API gave them, with the events of their timelines."""

import gzip
import json
from pathlib import Path

from sync_agent.sandbox.github.holdings import Holdings
from sync_agent.sandbox.github.records import Raw, Thread


def load(state: Holdings, path: Path, repository: str) -> None:
    """Adds the records of a gzipped file, one JSON object a line. Ids, node ids and nulls stay what they were."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            _add(state, json.loads(line), repository)


def _add(state: Holdings, raw: Raw, repository: str) -> None:
    record, pull = raw["record"], raw["type"] == "pull"
    for name in ("milestone", "closed_at", "state_reason", "body", *(("merged_at", "merged_by") if pull else ())):
        record.setdefault(name, None)
    events = raw.get("events") or []
    said = [_comment(record, event) for event in events if event["event"] == "commented"]
    kept = [_known(event) for event in events if event["event"] != "commented"]
    issue_id = state.next_id() if pull else record["id"]
    state.add_thread(Thread(repository, record, issue_id, pull, kept, said))
    _remember(state, record, repository)
    for event in kept:
        if event.get("actor"):
            state.users.setdefault(event["actor"]["login"], event["actor"])


def _known(event: Raw) -> Raw:
    """The recording has no node ids of events; their own ids are unique only within a kind."""
    return {"node_id": f"EV_{event['event']}_{event.get('id')}", "actor": None, **event}


def _comment(record: Raw, event: Raw) -> Raw:
    """Only that somebody commented was recorded, not what they said."""
    return {
        "id": event["id"], "node_id": f"IC_{event['id']}", "user": event.get("actor"), "body": "",
        "created_at": event["created_at"], "updated_at": event["created_at"], "author_association": "NONE",
        "html_url": f"{record['html_url']}#issuecomment-{event['id']}",
    }  # fmt: skip


def _remember(state: Holdings, record: Raw, repository: str) -> None:
    """Labels, milestones and users are known only from the records that carry them."""
    for user in (record.get("user"), *record["assignees"]):
        if user:
            state.users.setdefault(user["login"], user)
    for label in record["labels"]:
        state.labels.setdefault((repository, label["name"]), label)
    if record["milestone"]:
        state.milestones.setdefault((repository, record["milestone"]["title"]), record["milestone"])
