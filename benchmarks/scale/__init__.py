"""What judging costs as the store grows. `python -m benchmarks.scale --items 10000 100000`."""
