"""Rounds of goal setting, in words."""
