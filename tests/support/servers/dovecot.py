"""A real IMAP server for tests, where Debian's dovecot-imapd is installed."""

import getpass
import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
MISSING = "" if Path(PROGRAM).exists() else "needs Dovecot (apt-get install dovecot-imapd)"

_CONFIG = """\
protocols = imap
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{base}/mail
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 0
{users}
auth_mechanisms = plain
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={base}/mail
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  {chroot}
}}
"""


@contextmanager
def dovecot() -> Iterator[tuple[int, Path]]:
    """A server on loopback with one mailbox: its port and the Maildir. Any user has the password `secret`."""
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder, closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        base = Path(folder)
        base.chmod(0o711)
        config = base / "dovecot.conf"
        config.write_text(_config(base, port))
        server = subprocess.Popen([PROGRAM, "-F", "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            _wait_for(port, server, base / "log")
            yield port, base / "mail"
        finally:
            server.terminate()
            server.wait(timeout=10)


def _config(base: Path, port: int) -> str:
    """As root Dovecot insists on other users for the network and for mail; else it has only the one."""
    root = os.geteuid() == 0
    user = "nobody" if root else getpass.getuser()
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    mail = base / "mail"
    for part in ("cur", "new", "tmp"):
        (mail / part).mkdir(parents=True)
    for each in (mail, *mail.iterdir()) if root else ():
        shutil.chown(each, user, group)
    own = (
        "" if root else f"default_internal_user = {user}\ndefault_internal_group = {group}\ndefault_login_user = {user}"
    )
    return _CONFIG.format(base=base, user=user, group=group, port=port, users=own, chroot="" if root else "chroot =")


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(100):
        if server.poll() is not None:
            break
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2) as connection:
            if connection.recv(4).startswith(b"*"):
                return
        with suppress(subprocess.TimeoutExpired):
            server.wait(timeout=0.05)
    words = log.read_text() if log.exists() else ""
    raise AssertionError(f"Dovecot does not answer: {words[-2000:]}")
