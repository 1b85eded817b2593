"""Rounds of goal setting: who is asked what on which day, and what may be wrong with a round. Pure."""
