"""What becomes of a message that has not left when things change meanwhile; the judgement is made up."""

from collections.abc import Callable, Iterator

import pytest

from sync_agent.model import MessageKind
from tests.support.agents.told_once import Agent

DOWN = 200


@pytest.fixture
def agent() -> Iterator[Agent]:
    """Nothing is known of anything, and mail is down."""
    made = Agent()
    made.begins()
    made.agent_runs()
    made.post.plan = ["down"] * DOWN
    yield made
    made.teardown()


def mails(agent: Agent, kind: MessageKind) -> list[str]:
    return [mail.subject for mail in agent.post.mails if mail.message_id.startswith(f"<{kind.value}/fast/")]


def passes(agent: Agent, what: str, *, hours: int = 24) -> None:
    agent.changes(name="fast", what=what)
    for _ in range(3):
        agent.time_passes(hours=hours)
        agent.agent_runs()


def mail_works(agent: Agent) -> None:
    agent.post.plan = []
    agent.time_passes(hours=1)
    agent.agent_runs()


def test_what_got_worse_is_told_once_as_it_is(agent: Agent) -> None:
    passes(agent, "slipping")
    passes(agent, "off track")
    mail_works(agent)
    assert len(mails(agent, MessageKind.ALERT)) == 1
    assert not mails(agent, MessageKind.REMINDER)


def test_what_got_worse_and_better_again_is_told_once(agent: Agent) -> None:
    for what in ("slipping", "off track", "slipping"):
        passes(agent, what, hours=3)
    mail_works(agent)
    assert len(mails(agent, MessageKind.ALERT)) == 1


def test_of_two_findings_in_one_mail_the_one_that_lasts_is_told(agent: Agent) -> None:
    passes(agent, "slipping")
    passes(agent, "blocked")
    mail_works(agent)
    (subject,) = mails(agent, MessageKind.ALERT)
    assert "fast-7" in subject
    assert not mails(agent, MessageKind.RESOLVED)


def test_what_comes_and_goes_and_comes_is_told_once(agent: Agent) -> None:
    for what in ("blocked", "well", "blocked"):
        passes(agent, what)
    mail_works(agent)
    assert len(mails(agent, MessageKind.ALERT)) == 1
    passes(agent, "well")
    passes(agent, "well")  # The weekend is over.
    assert len(mails(agent, MessageKind.RESOLVED)) == 1


def test_what_was_told_before_mail_went_down_has_its_end_told(agent: Agent) -> None:
    agent.post.plan = []
    passes(agent, "slipping", hours=3)
    agent.post.plan = ["down"] * DOWN
    passes(agent, "off track", hours=3)
    passes(agent, "well", hours=3)
    mail_works(agent)
    assert len(mails(agent, MessageKind.ALERT)) == 1, "that it is off track never left"
    assert len(mails(agent, MessageKind.RESOLVED)) == 1


def test_comments_tell_what_mails_cannot(agent: Agent) -> None:
    passes(agent, "blocked")
    passes(agent, "well")
    mail_works(agent)
    kinds = [key.split("/")[0] for _, key in agent.tracker.comments if key.split("/")[1] == "fast"]
    assert [kind for kind in kinds if kind != "status"] == ["alert", "resolved"]
    assert not [mail for mail in agent.post.mails if "/fast/" in mail.message_id]


@pytest.mark.parametrize(
    "meanwhile", [lambda agent: agent.somebody_silences(name="fast", hours=100), lambda agent: agent.restarts()]
)
def test_the_end_of_what_never_left_is_not_told(agent: Agent, meanwhile: Callable[[Agent], None]) -> None:
    passes(agent, "blocked")
    meanwhile(agent)
    passes(agent, "well")
    mail_works(agent)
    assert not [mail for mail in agent.post.mails if "/fast/" in mail.message_id]
