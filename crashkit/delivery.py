"""Where a finished report goes besides the archive: into a folder, and by e-mail."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from crashkit.errors import Refused, ReportError, SettingError

PORTS = {"smtp": 587, "smtps": 465}
HERE = ("localhost", "127.0.0.1", "::1")
SECONDS = 30.0
MOST_RECIPIENTS = 20
ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


@dataclass(frozen=True)
class Post:
    """The server that sends e-mail, and the address it sends from.

    `smtps` is encrypted from the start; `smtp` becomes so before anything is said, but for a server
    on this computer.
    """

    scheme: str
    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


def read_post(address: str, sender: str) -> Post:
    """Read smtp://USER:PASSWORD@HOST:PORT or smtps://...; Raises SettingError.

    >>> read_post("smtps://crash%40police:secret@mail.example.org", "crash@example.org").port
    465
    """
    try:
        told = urlsplit(address.strip())
        host, port = told.hostname or "", told.port or PORTS.get(told.scheme, 0)
    except ValueError:
        told, host, port = urlsplit(""), "", 0
    if told.scheme not in PORTS or not host:
        # The address is not repeated: it may hold a password.
        raise SettingError(
            "The address of the mail server cannot be read. Write "
            "smtps://USER:PASSWORD@HOST:PORT, or smtp:// for a server that begins without "
            "encryption."
        )
    if not ADDRESS.fullmatch(sender.strip()):
        raise SettingError(
            "{value} is no address that e-mail can be sent from.", value=sender.strip()[:100]
        )
    user, password = unquote(told.username or ""), unquote(told.password or "")
    return Post(told.scheme, host, port, sender.strip(), user, password)


def recipients(words: str) -> tuple[str, ...]:
    """Read addresses with commas, semicolons, spaces or new lines between. Raises Refused."""
    found = tuple(dict.fromkeys(one for one in re.split(r"[\s,;]+", words) if one))
    for one in found:
        if not ADDRESS.fullmatch(one):
            raise Refused("{value} is no e-mail address.", value=one[:100])
    if len(found) > MOST_RECIPIENTS:
        raise Refused("A report goes to {most} addresses at most.", most=MOST_RECIPIENTS)
    return found


def to_folder(folder: Path, name: str, content: bytes) -> Path:
    """Write a file whole or not at all, and return where. Raises ReportError.

    One of its name that is there already gives way.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        number, draft = tempfile.mkstemp(prefix=".report-", dir=folder)
        try:
            with os.fdopen(number, "wb") as out:
                out.write(content)
            Path(draft).replace(folder / name)
        except OSError:
            with suppress(OSError):
                Path(draft).unlink()
            raise
    except OSError as error:
        raise ReportError(
            "The report cannot be written to the folder {folder}: {cause}.",
            folder=str(folder),
            cause=error.strerror or str(error),
        ) from error
    return folder / name


def by_mail(
    post: Post,
    to: Sequence[str],
    *,
    subject: str,
    text: str,
    name: str,
    content: bytes,
    media_type: str,
) -> None:
    """Send a report to addresses. Raises ReportError, which says what the server said."""
    message = EmailMessage()
    message["From"], message["To"] = post.sender, ", ".join(to)
    message["Subject"] = " ".join(subject.split())
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain="crashkit.invalid")
    message.set_content(text)
    main, _, sub = media_type.partition(";")[0].partition("/")
    message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    try:
        _send(post, message)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        raise ReportError(
            "The report could not be sent by e-mail through {host}: {cause}.",
            host=post.host,
            cause=_cause(error),
        ) from error


def _send(post: Post, message: EmailMessage) -> None:
    safe = ssl.create_default_context()
    if post.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(post.host, post.port, timeout=SECONDS, context=safe)
    else:
        server = smtplib.SMTP(post.host, post.port, timeout=SECONDS)
    with server:
        if post.scheme == "smtp" and post.host not in HERE:
            server.starttls(context=safe)
        if post.user:
            server.login(post.user, post.password)
        refused = server.send_message(message)
    if refused:
        # The server took it for others; nobody would hear of these.
        raise smtplib.SMTPRecipientsRefused(refused)


def _cause(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return f"{error.smtp_code} {words}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ", ".join(error.recipients)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
