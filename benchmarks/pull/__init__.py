"""What a pull costs: requests, time, memory and lost items. `python -m benchmarks.pull --items 2000`."""
