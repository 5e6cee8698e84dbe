"""`carrierbox serve`: reads the settings and starts the box."""

import contextlib
import gc
import signal

from carrierbox import settings
from carrierbox.cli import world_files
from carrierbox.cli.failed import Failed
from carrierbox.settings import Settings


def serve(  # noqa: PLR0913 - one parameter a flag
    host: settings.HostFlag = settings.HOST,
    port: settings.PortFlag = settings.PORT,
    data: settings.DataFlag = None,
    database_url: settings.DatabaseUrlFlag = None,
    world: settings.WorldFlag = None,
    sims: settings.SimsFlag = None,
    auth: settings.AuthFlag = None,
    pace: settings.PaceFlag = None,
    control_key: settings.ControlKeyFlag = None,
    log_format: settings.LogFormatFlag = "text",
    quiet: settings.QuietFlag = False,
    plain_headers: settings.PlainHeadersFlag = False,
    paths: settings.PathsFlag = None,
    journal: settings.JournalFlag = settings.JOURNAL,
    while_locked: settings.WhileLockedFlag = None,
) -> None:
    """Start a box, and serve until it is stopped.

    Other names of this verb are start and up.
    """
    if database_url is not None:
        raise Failed("a database by URL is not supported yet", "leave --database-url out and name a folder with --data")
    if control_key is not None and not (control_key.isascii() and control_key.isprintable() and " " not in control_key):
        raise Failed("the control key travels in a header", "make it of ASCII letters, digits and signs without spaces")
    fixtures, snapshots = world_files.sort(world or [])
    wanted = Settings(
        host=host,
        port=port,
        data=settings.data_folder(data),
        fixtures=fixtures,
        snapshots=snapshots,
        sims=sims,
        auth=auth,
        pace=pace,
        control_key=control_key,
        log_format=log_format,
        quiet=quiet,
        plain_headers=plain_headers,
        paths=paths,
        journal=journal,
        while_locked=while_locked,
    )
    # SIGTERM interrupts as SIGINT does, so that a start under way ends as cleanly as a box that serves.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # So does the end of its terminal, unless it was told to outlive that, by nohup.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        signal.signal(signal.SIGHUP, lambda _signal, _frame: signal.raise_signal(signal.SIGTERM))
    # Garbage was looked for after each 700 new objects: a sixth of a start, and some percent of a request.
    gc.set_threshold(50_000)
    with contextlib.suppress(KeyboardInterrupt):
        from carrierbox.cli import box

        box.run(wanted)
