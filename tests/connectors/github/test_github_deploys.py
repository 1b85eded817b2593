"""Releases and deployments of GitHub, counted for KPIs over the real API of the sandbox."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from connectors.errors import ConnectorError, Refused
from sync_agent.config import installed_connectors
from sync_agent.model import DeployKpi
from sync_agent.world import World, open_world
from tests.support.theatre import MONDAY, REPOSITORY, TOKENS, Theatre, theatre

DAY = timedelta(days=1)
OTHER = "acme/tools"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Theatre]:
    with theatre(tmp_path) as made:
        made.github_state.add_repository(OTHER)
        yield made


@pytest.fixture
def world(stage: Theatre) -> Iterator[World]:
    with open_world(stage.settings, installed_connectors(), TOKENS, stage.clock.now, threading.Event()) as opened:
        yield opened


def read(world: World, **kpi: object) -> float:
    asked = DeployKpi(**{"source": "github", "repositories": (REPOSITORY,), **kpi})  # type: ignore[arg-type]
    ((_, value),) = world.read_kpi(asked, MONDAY)
    return value


def test_published_releases_of_the_window_count_and_no_others(stage: Theatre, world: World) -> None:
    for days in (1, 8, 15, 22, 29):
        stage.github_state.release(REPOSITORY, MONDAY - days * DAY)
    stage.github_state.release(REPOSITORY, MONDAY - 2 * DAY, draft=True)
    stage.github_state.release(REPOSITORY, MONDAY - 2 * DAY, prerelease=True)
    stage.github_state.deploy(REPOSITORY, "production", MONDAY - DAY)
    assert read(world) == 1.0
    assert read(world, window_days=14) == 1.0
    assert read(world, window_days=35) == 1.0
    assert read(world, window_days=7) == 1.0


def test_deployments_to_one_environment_count_once_they_succeeded(stage: Theatre, world: World) -> None:
    for days, state in (
        (1, "ACTIVE"),
        (2, "INACTIVE"),
        (3, "SUCCESS"),
        (4, "FAILURE"),
        (5, "IN_PROGRESS"),
        (6, "ERROR"),
    ):
        stage.github_state.deploy(REPOSITORY, "production", MONDAY - days * DAY, state=state)
        stage.github_state.deploy(REPOSITORY, "staging", MONDAY - days * DAY, state="ACTIVE")
    assert read(world, environment="production", window_days=7) == 3.0
    assert read(world, environment="staging", window_days=7) == 6.0
    assert read(world, environment="nowhere", window_days=7) == 0.0


def test_several_repositories_are_counted_together(stage: Theatre, world: World) -> None:
    stage.github_state.release(REPOSITORY, MONDAY - DAY)
    stage.github_state.release(OTHER, MONDAY - DAY)
    assert read(world, repositories=(REPOSITORY, OTHER), window_days=7) == 2.0


def test_more_than_a_page_is_read_and_no_page_that_is_older(stage: Theatre, world: World) -> None:
    for hours in range(1, 451):
        stage.github_state.deploy(REPOSITORY, "production", MONDAY - hours * timedelta(hours=1))
    before = world.sources["github"].usage.requests
    assert read(world, environment="production", window_days=7) == 168
    assert world.sources["github"].usage.requests - before == 3, "two pages hold the week, the third is older"


def test_what_cannot_be_read_is_an_error_and_no_zero(world: World) -> None:
    with pytest.raises(ConnectorError, match="acme/nowhere"):
        read(world, repositories=("acme/nowhere",))


def test_jira_tells_of_no_deployments(world: World) -> None:
    with pytest.raises(Refused, match="name a source that does"):
        read(world, source="jira")
