"""The versions of a goal in words: what changed, who agreed, what it means for whom."""
