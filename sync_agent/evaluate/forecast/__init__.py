"""Forecasts when work will be done, from how the team has worked so far."""
