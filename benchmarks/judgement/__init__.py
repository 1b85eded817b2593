"""How well the forecasts hold on recorded teams. `python -m benchmarks.judgement --data DIRECTORY`."""
