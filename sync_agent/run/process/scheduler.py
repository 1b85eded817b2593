"""APScheduler on a clock that nobody can set.

APScheduler 3 waits for a time of day: set the clock back by two hours, and no job runs for two hours. Here the jobs
move along with the clock, so that an interval takes as long as it says.
"""

from collections.abc import Callable
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from sync_agent.clocks import WORTH_TELLING, Clock, ClockWatch, Steady
from sync_agent.model import ClockJump

_LOOK_SECONDS = 5.0
_LEAST = timedelta(seconds=1)


class SteadyScheduler(BackgroundScheduler):  # type: ignore[misc]
    """Looks at the clock every few seconds; a jump of more than a minute is `told`."""

    def __init__(self, clock: Clock, steady: Steady, told: Callable[[ClockJump], None]) -> None:
        super().__init__(timezone=UTC)
        self._clock = clock
        self._watch = ClockWatch(clock, steady)
        self._told = told

    def every(self, seconds: float, job: Callable[[], None], *, at_once: bool = False) -> None:
        """Runs a job again and again, once at a time; one run makes up for all that were missed."""
        first = {"next_run_time": self._clock()} if at_once else {}
        self.add_job(job, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None, **first)

    def soon(self, job: Callable[[], None]) -> None:
        """Runs a job once more; asked for again before it has begun, still once."""
        self.add_job(job, id="soon", replace_existing=True, misfire_grace_time=None)

    def _main_loop(self) -> None:
        """Like APScheduler's own, but it also looks at the clock, and never waits for long.
        https://apscheduler.readthedocs.io/en/3.x/extending.html#custom-schedulers
        """
        wait = 0.0
        while self.running:
            self._event.wait(wait)
            self._event.clear()
            self._keep_pace()
            wait = min(self._process_jobs() or _LOOK_SECONDS, _LOOK_SECONDS)

    def _keep_pace(self) -> None:
        jump = self._watch.look(_LEAST)
        if jump is None:
            return
        for job in self.get_jobs():
            job.modify(next_run_time=job.next_run_time + jump.by)
        if abs(jump.by) >= WORTH_TELLING:
            self._told(jump)
