"""The mail about a goal brings its chart, and the same one when it is sent again."""

from datetime import timedelta
from pathlib import Path

from tests.support.theatre import theatre


def test_an_alert_by_mail_shows_how_the_goal_grew_and_a_digest_does_not(tmp_path: Path) -> None:
    with theatre(tmp_path) as stage:
        week_ago = stage.clock.now() - timedelta(days=9)
        stage.jira_state.edit("SHOP-8", at=week_ago, by="noor", status="Blocked", assignee="noor")
        answers = iter(["451 try later"])
        stage.mail.after = lambda message: next(answers, "250 OK") if "blocked" in message["Subject"] else "250 OK"
        for _ in range(4):
            stage.cycle(timedelta(hours=1))
        first, second, *_ = [m for m in stage.mails_to("dana@example.org") if "blocked" in m["Subject"]]
        pictures = [
            part.get_content() for m in (first, second) for part in m.walk() if part.get_content_type() == "image/png"
        ]
        assert len(pictures) == 2
        assert pictures[0] == pictures[1]
        assert pictures[0].startswith(b"\x89PNG")
        assert 'alt="Burn-up from' in first.get_body(("html",)).get_content()
        digests = stage.mails_to("board@example.org")
        assert digests
        assert not [part for m in digests for part in m.walk() if part.get_content_maintype() == "image"]
