"""Local trackers and a mail server that speak the real APIs, for trying things on and for tests.

They share no code with the agent: where both read an API wrongly, nobody would notice.
"""
