"""The pages that people open on purpose: overview, a goal, what is asked of me, alignment, track record, operations."""
