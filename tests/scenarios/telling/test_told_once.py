"""Whatever happens in whatever order: told once, over once, never while silenced, never from what nobody knows.

The real decisions, store and outbox; only the judgement is made up, and the servers, which fail in odd ways.
"""

from hypothesis import settings

from tests.support.agents.told_once import Agent

Agent.TestCase.settings = settings(max_examples=15, stateful_step_count=30, deadline=None)
TestToldOnce = Agent.TestCase
