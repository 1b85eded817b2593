"""The pages that people open: overview, a goal, what is asked of me, alignment, track record, operations."""
