"""Channels in the configuration: found by their keys, named once, with their secrets told apart."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mail import MailConnector
from sync_agent.config import ConfigErrors, Settings, installed_channels, installed_connectors, load
from sync_agent.config.credentials import missing, needed
from sync_agent.model import CHAT, COMMENTS, EMAIL, AvailableChannels, Channel, ChannelKind

MAIN = """\
organisation: Acme
sources:
  jira: {type: jira, url: https://x.example.org, auth: {token: {env: JIRA}}, projects: [A]}
people:
  dana: {name: Dana, role: owner, chat: ops, accounts: {jira: dana}}
routes: [{match: {part: owner}, channels: [ops, chat, email]}]
channels:
  email: {host: smtp.example.org, username: bot, password: {env: SMTP}, from: goals@example.org}
  apprise: {team: {url: {env: TEAM}}}
  webhook:
    ops:
      url: https://ops.example.org/goals
      secret: {env: HOOK}
      proxy: {url: http://proxy.example.org:3128, user: bot, password: {env: PROXY}}
"""
GOALS = """\
goals:
  - id: walls
    objective: The walls are white
    owner: dana
    period: {start: 2026-09-01, due: 2026-12-31}
    key_results: [{id: paint, title: Paint, delivers: {source: jira, epic: A-1}}]
"""


def settings(folder: Path, main: str = MAIN, **channels: object) -> Settings:
    (folder / "goals").mkdir(exist_ok=True)
    (folder / "sync-agent.yaml").write_text(main)
    (folder / "goals" / "goals.yaml").write_text(GOALS)
    return load(folder, {}, installed_connectors(), {**installed_channels(), **channels})  # type: ignore[dict-item]


def test_every_channel_is_there_by_kind_and_name(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert set(found.channels) == {EMAIL, Channel.chat("team"), Channel.chat("ops")}
    assert found.options == AvailableChannels(comments=True, email=True, chats=frozenset({"team", "ops"}))
    assert found.organisation.routes[0].channels == (Channel.chat("ops"), CHAT, EMAIL)


def test_every_secret_of_a_channel_has_the_keys_that_lead_to_it(tmp_path: Path) -> None:
    found = settings(tmp_path)
    assert {(each.name, each.setting) for each in needed(found) if each.setting} == {
        ("email", "channels.email.password"),
        ("team", "channels.apprise.team.url"),
        ("ops", "channels.webhook.ops.secret"),
        ("ops", "channels.webhook.ops.proxy.password"),
    }
    assert "the environment variable HOOK is empty" in " ".join(each.fix for each in missing(found, {"SMTP": "x"}))


def test_a_second_channel_of_mail_is_a_mistake(tmp_path: Path) -> None:
    both = MAIN + "  letters: {host: smtp.example.org, from: goals@example.org}\n"
    with pytest.raises(ConfigErrors) as wrong:
        settings(tmp_path, both, letters=MailConnector())
    assert "mails go through one channel" in str(wrong.value)
    assert "sync-agent.yaml:15:" in str(wrong.value)


@given(st.text(min_size=1), st.sampled_from([EMAIL, COMMENTS, CHAT]))
def test_a_name_leads_back_to_its_channel(name: str, general: Channel) -> None:
    assert Channel.parse(str(general)) == general
    found = Channel.parse(name)
    assert str(found) == name
    assert found.kind is ChannelKind.CHAT or found in (EMAIL, COMMENTS)
