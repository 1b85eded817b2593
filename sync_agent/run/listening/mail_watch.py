"""Hears a mail as soon as it arrives, where the mailbox can tell (IMAP IDLE). Elsewhere each cycle looks for mails."""

import threading
from collections.abc import Callable

import structlog

from connectors.contract import MailInbox, Runtime
from connectors.errors import ConnectorError
from connectors.mail.options import InboxOptions
from sync_agent.config import Settings
from sync_agent.world import open_mailbox

log = structlog.get_logger(__name__)

# A mailbox that does not answer is left alone for longer each time.
_PATIENCE = (5.0, 15.0, 60.0, 300.0, 900.0)
# Several mails come at once, and people send what they forgot.
_GATHER_SECONDS = 5.0


class MailboxWatch:
    """Keeps a watch on the mailbox of the present configuration."""

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard = heard
        self._options: InboxOptions | None = None
        self._watch: MailWatch | None = None

    def tend(self, settings: Settings, context: Runtime) -> None:
        """Watches what is configured now, and restarts a watch whose thread has died."""
        options = settings.email.inbox if settings.email else None
        if options != self._options:
            self.end()
            mailbox = open_mailbox(settings, context)
            self._watch = MailWatch(mailbox, self._heard) if mailbox else None
            self._options = options
        elif self._watch and self._watch.died:
            log.error("the watch at the mailbox has died and is started again")
            self._watch.revive()

    def end(self) -> None:
        """Stops watching."""
        if self._watch:
            self._watch.end()

    def join(self, seconds: float) -> bool:
        """Waits for the watch to end. Returns whether it has."""
        return self._watch is None or self._watch.join(seconds)


class MailWatch:
    """One thread that waits at a mailbox and calls `heard`. It reports no errors: the cycle reads the same mailbox and
    tells of them. `wait` waits for so many seconds and returns whether the watch is to end.
    """

    def __init__(
        self,
        inbox: MailInbox,
        heard: Callable[[], None],
        wait: Callable[[threading.Event, float], bool] = threading.Event.wait,
    ) -> None:
        self._inbox, self._heard, self._wait = inbox, heard, wait
        self._stop = threading.Event()
        self._ended = False
        self._thread = self._started()

    @property
    def died(self) -> bool:
        """Whether the thread should be running and is not."""
        return not self._ended and not self._thread.is_alive()

    def join(self, seconds: float) -> bool:
        """Waits for the thread to end. Returns whether it has."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def revive(self) -> None:
        """Starts the thread again."""
        self._thread = self._started()

    def end(self) -> None:
        """Ends the watch within seconds. A thread that hangs in a connection ends with the process."""
        self._stop.set()

    def _started(self) -> threading.Thread:
        thread = threading.Thread(target=self._run, name="mail-watch", daemon=True)
        thread.start()
        return thread

    def _run(self) -> None:
        tries = 0
        while not self._stop.is_set():
            try:
                for _ in self._inbox.watch(self._stop):
                    tries = 0
                    if self._wait(self._stop, _GATHER_SECONDS):
                        break
                    self._heard()
                self._ended = True
                return
            except ConnectorError as error:
                log.info("the mailbox is not watched for a while; mails are heard with each cycle", error=str(error))
            except Exception:
                log.exception("watching the mailbox trips the agent; mails are heard with each cycle")
            self._wait(self._stop, _PATIENCE[min(tries, len(_PATIENCE) - 1)])
            tries += 1
