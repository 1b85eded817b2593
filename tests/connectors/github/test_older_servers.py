"""Enterprise Servers that are older than what the agent would like to ask: read for what they tell."""

from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.model import Field, ItemLink, LinkKind, WorkItem
from tests.support.theatre import MONDAY, REPOSITORY, Theatre, theatre
from tests.support.trackers.readings import keys, read, source

DAY = timedelta(days=1)
_DEPENDENCIES = ["blockedBy", "BLOCKED_BY_ADDED_EVENT", "BlockedByAddedEvent"]


def linked(stage: Theatre) -> tuple[int, int]:
    """Two pull requests: one says in its text what it closes, the other is linked in the sidebar."""
    hub = stage.github_state
    said = hub.create(REPOSITORY, "Pay", at=MONDAY - 2 * DAY, by="noor", pull=True, body="Closes #7")
    shown = hub.create(REPOSITORY, "Search", at=MONDAY - 2 * DAY, by="noor", pull=True)
    hub.edit(REPOSITORY, shown, at=MONDAY - DAY, by="noor", closes=8)
    return said, shown


def closes(item: WorkItem) -> list[str]:
    return [link.target for link in item.links if link.kind is LinkKind.IMPLEMENTS]


@pytest.mark.parametrize(
    "lacks", [["orderBy"], ["filterBy"], ["pullRequests"]], ids=["no order", "no filter", "no pull requests"]
)
def test_a_server_that_cannot_list_by_change_is_read_over_rest_and_says_so_once(
    tmp_path: Path, lacks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with theatre(tmp_path, lacks=lacks) as stage:
        stage.github_state.create(REPOSITORY, "Pay", at=MONDAY - DAY, by="noor", pull=True)
        reader = source(stage, "github").reader
        batches = list(reader.read(None))
        assert len(keys(batches)) == 9
        stage.clock.advance(DAY)
        stage.github_state.edit(REPOSITORY, 8, at=MONDAY + DAY, by="noor", label="late")
        assert f"{REPOSITORY}#8" in keys(list(reader.read(batches[-1].cursor)))
    assert capsys.readouterr().out.count("GraphQL lists nothing by its last change; reading over REST") == 1


@pytest.mark.parametrize("lacks", [_DEPENDENCIES, ["lastEditedAt"], ["closingIssuesReferences"]])
def test_what_a_server_does_not_know_is_not_asked(
    tmp_path: Path, lacks: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with theatre(tmp_path, lacks=lacks) as stage:
        said, shown = linked(stage)
        batches, _ = read(stage, "github", None)
        found = {item.key: item for batch in batches for item in batch.items}
        assert len(found) == 10
        assert closes(found[f"{REPOSITORY}#{said}"]) == [f"{REPOSITORY}#7"]
        known = [] if "closingIssuesReferences" in lacks else [f"{REPOSITORY}#8"]
        assert closes(found[f"{REPOSITORY}#{shown}"]) == known
    assert "reading over REST" not in capsys.readouterr().out


@pytest.mark.parametrize("lacks", ["issueType", "parent", "stateReason", "isPrivate", "isDraft", "milestoneTitle"])
def test_a_server_that_knows_less_than_expected_is_read_over_rest_and_says_so_once(
    tmp_path: Path, lacks: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with theatre(tmp_path, lacks=[lacks]) as stage:
        said, _ = linked(stage)
        reader = source(stage, "github").reader
        batches = list(reader.read(None))
        found = {item.key: item for batch in batches for item in batch.items}
        assert len(found) == 10
        assert closes(found[f"{REPOSITORY}#{said}"]) == [f"{REPOSITORY}#7"]
        ended = [c for batch in batches for c in batch.changes if c.field is Field.RESOLUTION and c.after]
        assert {change.after for change in ended} == {"completed"}
        stage.clock.advance(DAY)
        stage.github_state.edit(REPOSITORY, 8, at=MONDAY + DAY, by="noor", label="late")
        assert f"{REPOSITORY}#8" in keys(list(reader.read(batches[-1].cursor)))
    assert capsys.readouterr().out.count("GraphQL knows less than is asked; reading over REST") == 1


def test_what_is_linked_in_the_sidebar_closes_an_issue_of_another_repository_too(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        hub = stage.github_state
        hub.add_repository("acme/web")
        made = hub.create("acme/web", "A page", at=MONDAY - DAY, by="noor")
        pull = hub.create(REPOSITORY, "Pay", at=MONDAY - DAY, by="noor", pull=True, closes=f"acme/web#{made}")
        for number in range(20):  # More than come with the pull request itself.
            other = hub.create(REPOSITORY, f"Part {number}", at=MONDAY - DAY, by="noor")
            hub.edit(REPOSITORY, pull, at=MONDAY - DAY, by="noor", closes=other)
        batches, _ = read(stage, "github", None)
        (item,) = (item for batch in batches for item in batch.items if item.key == f"{REPOSITORY}#{pull}")
        assert ItemLink(LinkKind.IMPLEMENTS, f"acme/web#{made}") in item.links
        assert len(closes(item)) == 21
