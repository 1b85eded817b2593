"""Goal-sync agent: compares what a leadership team promised with what the trackers say."""
