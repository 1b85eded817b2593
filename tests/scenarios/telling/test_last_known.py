"""One failed request at the time of a digest spoils nothing: leaders read what was last known, and never an error."""

from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.evaluate.assess import as_shown
from sync_agent.model import Health
from sync_agent.sandbox.core import Fault
from tests.support.theatre import MONDAY, Theatre, theatre

QUARTER = timedelta(minutes=15)


def digest(stage: Theatre) -> str:
    (mail,) = stage.mails_to("board@example.org")
    plain = mail.get_body(("plain",))
    assert plain
    return " ".join([str(mail["Subject"]), *plain.get_content().split()])


def test_a_digest_shows_what_was_known_a_quarter_of_an_hour_ago(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.clock.set(MONDAY - QUARTER)
        stage.cycle()
        stage.jira.faults.add(Fault(status=401, body="<html>Log in</html>"))
        report = stage.cycle(QUARTER)
        assert report.proposal
        found = report.proposal.assessments[0]
        assert found.health is Health.UNKNOWN, "alerts are not judged by what is old"
        assert found.last_known
        assert found.last_known.as_of == MONDAY - QUARTER
        text = digest(stage)
        assert "as of 5 Oct 08:45 UTC" in text
        for word in ("unknown", "401", "unreadable", "token"):
            assert word not in text


@pytest.mark.parametrize(("hours", "unknown"), [(23, False), (25, True)])
def test_what_is_older_than_the_configured_age_is_unknown(tmp_path: Path, hours: int, *, unknown: bool) -> None:
    with theatre(tmp_path) as stage:
        stage.clock.set(MONDAY - QUARTER)
        stage.cycle()
        stage.jira.faults.add(Fault(status=401))
        report = stage.cycle(timedelta(hours=hours))
        assert report.proposal
        goal, found = stage.settings.organisation.goals[0], report.proposal.assessments[0]
        shown = as_shown(goal, found, stage.clock.now())
        assert (shown.health is Health.UNKNOWN) is unknown


def test_leaders_read_no_error_where_nothing_was_ever_known(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        stage.jira.faults.add(Fault(status=401))
        stage.cycle()
        text = digest(stage)
        assert "What it is judged by cannot be read since 5 Oct; those who run the agent are told." in text
        assert "401" not in text
