"""Which goals are judged again, and with which facts: store → evaluate."""
