"""The commands of the dashboard: serve, demo, worker; found by `crashkit` as entry points."""

from __future__ import annotations

import errno
import ipaddress
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click
import waitress

from crashkit import api
from webapp import config, create_app, logs, published, sample, uploads
from webapp.jobs import run_worker

PORT = 8000
PORTS_TRIED = 20
THREADS = 8
GOODBYE_S = 5.0
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")

Say = Callable[..., str]


def store_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let --store stand after the command too."""
    return click.option(
        "--store",
        "store_url",
        metavar="URL",
        help="The store: an SQLite file or a PostgreSQL address; default: in your data folder.",
    )(command)


@click.command(help="Start the dashboard on this computer.")
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="The address to listen on.")
@click.option("--port", default=PORT, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option(
    "--with-worker/--without-worker",
    default=True,
    help="Do imports, searches and reports in this process, or leave them to: crashkit worker",
)
@store_option
@click.pass_context
def serve(
    ctx: click.Context, host: str, port: int, with_worker: bool, store_url: str | None
) -> None:
    """Serve the dashboard until it is stopped; only this computer can reach it."""
    say = _speaker(ctx).say
    _refuse_outside(host)
    settings = config.read(store_url=store_url or ctx.find_root().obj)
    with logs.kept(), _place(host.strip("[]"), port) as place:
        _run(place, settings, say, with_worker=with_worker)


@click.command(help="Open the sample country in the dashboard: data, map, blackspots, reports.")
@click.option("--prepare-only", is_flag=True, help="Load the sample country and do not start.")
@store_option
@click.pass_context
def demo(ctx: click.Context, prepare_only: bool, store_url: str | None) -> None:
    """Load the sample country once, then serve the dashboard on the next free port."""
    say = _speaker(ctx).say
    settings = config.read(store_url=store_url or ctx.find_root().obj)
    _prepare(settings.store_url, say)
    if prepare_only:
        click.echo(say("The sample country is ready. Start the dashboard with: crashkit demo"))
        return
    with logs.kept(), _next_place("127.0.0.1", PORT) as place:
        port = place.getsockname()[1]
        if port != PORT:
            click.echo(
                say(
                    "Port {taken} is in use by another program, so this is port {port}.",
                    taken=str(PORT),
                    port=str(port),
                )
            )
        _run(place, settings, say, with_worker=True)


@click.command(help="Do the imports, searches and reports that the dashboard puts up.")
@store_option
@click.pass_context
def worker(ctx: click.Context, store_url: str | None) -> None:
    """Work until stopped; several workers may run at once."""
    say, url = _speaker(ctx).say, store_url or ctx.find_root().obj
    stop = threading.Event()
    # Opened once by itself, so that an address that is wrong is said at once.
    api.open_store(url).close()
    api.warm()
    click.echo(say("Waiting for work. Stop with Ctrl+C."))
    limited = {"stop": stop, "limits": config.limits()}
    thread = threading.Thread(target=run_worker, args=(url,), kwargs=limited, daemon=True)
    with logs.kept("worker.log"):
        thread.start()
        with _stopping():
            _sleep_until(thread)
        click.echo(say("Stopping after the piece of work at hand; Ctrl+C again stops at once."))
        stop.set()
        thread.join()


# ------------------------------------------------------------------- the sample


def _prepare(url: str, say: Say) -> None:
    told: list[api.Message] = []

    def tell(share: float, doing: api.Message | None = None) -> None:
        if doing is not None and doing not in told:
            told.append(doing)
            click.echo(f"  {say(doing)}", err=True)

    with api.open_store(url) as store:
        if sample.is_there(store) and sample.is_complete(store):
            return
        click.echo(say("Loading the sample country; this happens once."), err=True)
        sample.bring_in(store, tell)


# ------------------------------------------------------------------ the server


def _refuse_outside(host: str) -> None:
    if host == "localhost":
        return
    try:
        is_own = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        is_own = False
    if not is_own:
        raise api.SettingError(
            "The dashboard has no accounts yet: at the address {host} anybody on the network could "
            "read and change your crash data, so it does not start there. Start it on 127.0.0.1, "
            "and reach it from another computer through a tunnel: "
            "ssh -L {port}:127.0.0.1:{port} THIS_COMPUTER",
            host=host,
            port=str(PORT),
        )


def _place(host: str, port: int) -> socket.socket:
    """Take a port of this computer. Raises SettingError where another program has it."""
    found = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Elsewhere this option would share the port with the program that has it.
        if os.name == "posix":
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host, port))
    except OSError as error:
        found.close()
        raise _no_port(error, port) from error
    return found


def _next_place(host: str, first: int) -> socket.socket:
    """Take the first free port from `first` on. Raises SettingError where there is none."""
    for port in range(first, first + PORTS_TRIED):
        try:
            return _place(host, port)
        except api.SettingError as error:
            refused = error
    raise refused


def _no_port(error: OSError, port: int) -> api.SettingError:
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1)):
        return api.SettingError(
            "Port {port} is in use by another program. Name a free one: "
            "crashkit serve --port {other}",
            port=str(port),
            other=str(port + 1),
        )
    return api.SettingError(
        "The dashboard cannot listen on port {port}: {cause}.",
        port=str(port),
        cause=error.strerror or str(error),
    )


def _run(place: socket.socket, settings: config.Config, say: Say, *, with_worker: bool) -> None:
    app = create_app(settings)
    if settings.public:
        published.prepare(app.extensions["crashkit.config"], app.extensions["crashkit.store"])
    else:
        uploads.sweep(settings.upload_hours)
    # One megabyte more than a form may hold: so our own page says what is too large, and why.
    limit = settings.upload_bytes + 1024 * 1024
    server = waitress.create_server(
        app, sockets=[place], threads=THREADS, ident=None, max_request_body_size=limit
    )
    stop = threading.Event()
    limited = {"stop": stop, "limits": config.limits()}
    work = threading.Thread(
        target=run_worker, args=(settings.store_url,), kwargs=limited, daemon=True
    )
    threading.Thread(target=api.warm, daemon=True).start()
    with_worker = with_worker and not settings.public
    if with_worker:
        work.start()
    store = app.extensions["crashkit.store"]
    if store.is_new and settings.store_url != api.default_store_url():
        click.echo(say("This store is new and empty: {file}", file=store.address))
    click.echo(say("The dashboard is at {address}", address=_address(place)))
    click.echo(say("Open this address in your browser. Stop with Ctrl+C."))
    with _stopping():
        server.run()
    stop.set()
    server.close()
    if with_worker:
        work.join(GOODBYE_S)
    click.echo(say("Stopped. Work that was not finished goes on at the next start."))
    app.extensions["crashkit.board"].close()


def _address(place: socket.socket) -> str:
    host, port = place.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def _stopping() -> Iterator[None]:
    """End the block cleanly at Ctrl+C and at the signals by which systems stop programs."""

    def end(*_: Any) -> None:
        raise SystemExit

    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    before = {number: signal.signal(number, end) for number in numbers}
    try:
        yield
    except (SystemExit, KeyboardInterrupt):
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _sleep_until(thread: threading.Thread) -> None:
    # A join without a limit would not hear signals on Windows.
    while thread.is_alive():
        thread.join(0.5)


# ---------------------------------------------------------------------- words


def _speaker(ctx: click.Context) -> api.Speaker:
    """Return who speaks to this user: by --lang, CRASHKIT_LANG or the system, else English."""
    return api.speaker(api.language_for(ctx.find_root().params.get("lang"), os.environ))
