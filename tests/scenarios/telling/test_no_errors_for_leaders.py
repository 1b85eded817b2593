"""One login page in the place of an answer, at the time of the digest: leaders read no technical word, anywhere."""

from datetime import timedelta
from pathlib import Path

import pytest

from sync_agent.sandbox.core import Fault
from tests.support.agents.daemons import daemon
from tests.support.theatre import MONDAY, Theatre, theatre

QUARTER = timedelta(minutes=15)
TECHNICAL = ("401", "503", "html", "log in", "traceback", "error:", "token", "json", "http/", "connection", "sqlite")


def read_by_leaders(stage: Theatre) -> str:
    digests = [mail.get_body(("plain",)) for mail in stage.mails_to("board@example.org")]
    return "\n".join(part.get_content() for part in digests if part)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(status=401, body="<html>Log in</html>"),
        Fault(status=503),
        Fault(body="<html>Log in</html>"),
        Fault(cut=True),
        Fault(status=302, headers={"location": "https://login.example.org/?token=secret"}),
    ],
)
def test_a_digest_shows_what_was_known_before_one_request_failed(tmp_path: Path, fault: Fault) -> None:
    with theatre(tmp_path) as stage:
        stage.clock.set(MONDAY - QUARTER)
        running = daemon(stage)
        running.cycle()
        stage.clock.advance(QUARTER)
        stage.jira.faults.add(fault)
        running.cycle()
        text = read_by_leaders(stage)
        assert "as of 5 Oct 08:45 UTC" in text
        assert "on track" in text
        for word in TECHNICAL:
            assert word not in text.casefold().replace("</html>", ""), word
