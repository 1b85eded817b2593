"""The agent at work: what one pass of the flow proposes, writes and delivers."""
