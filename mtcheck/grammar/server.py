"""Find a LanguageTool server, or start one that lives as long as the run."""

import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from mtcheck.errors import ResourceError
from mtcheck.grammar import AUTO, OFF, check_service
from mtcheck.grammar.checker import Service, connections
from mtcheck.grammar.client import AbsentError, Connection, RefusedError
from mtcheck.grammar.keeper import STARTED

USUAL = "http://127.0.0.1:8081"
"""Where LanguageTool listens unless it is told otherwise."""

FOLDER = "MTCHECK_LANGUAGETOOL"
"""The environment variable that names a folder with LanguageTool's jars."""

HEAP = "1g"
"""Memory of a server that is started; English and German take half of it."""

OLDEST = (6, 0)
"""The earliest LanguageTool whose rules go by the names that kinds are told by."""

START_LIMIT, LOOK_LIMIT, STOP_LIMIT = 60.0, 5.0, 8.0
"""Seconds that a server has to start, to say what it is, and to end."""

_TRIES = 3
_KEEPER = Path(__file__).with_name("keeper.py")
_MAIN = "org.languagetool.server.HTTPServer"
_SETTINGS = """pipelineCaching=true
maxPipelinePoolSize=16
pipelineExpireTimeInSeconds=3600
"""

Tell = Callable[[str], object]


@contextmanager
def grammar_service(setting: str, jobs: int, tell: Tell) -> Iterator[Service | None]:
    """Provide the server that a setting asks for; None where there is none.

    ``auto`` tells why there is none, and the run goes on; a URL that does not lead to
    LanguageTool is a ResourceError. A server that was started ends with the block, or
    with the process, however that ends.
    """
    check_service(setting)
    if setting == OFF:
        yield None
    elif setting != AUTO:
        yield look_at(setting, jobs, is_required=True)
    else:
        there = None
        with suppress(ResourceError):
            there = look_at(USUAL, jobs)
        if there:
            yield there
            return
        try:
            process, url = start(tell)
        except ResourceError as error:
            tell(f"{error}; going on without")
            yield None
            return
        try:
            yield look_at(url, jobs)
        finally:
            stop(process)


def look_at(url: str, jobs: int = 1, *, is_required: bool = False) -> Service:
    """Return the LanguageTool that answers at an address; else raise a ResourceError.

    ``jobs`` processes will share it.
    """
    hint = "start a server (docs/grammar.md says how), or use --grammar auto"
    try:
        with Connection(url) as connection:
            software = connection.ask("info", LOOK_LIMIT)["software"]
            name, version = str(software["name"]), str(software["version"])
            known = frozenset(
                str(it["longCode"]) for it in connection.ask("languages", LOOK_LIMIT)
            )
    except AbsentError as error:
        raise ResourceError(
            f"grammar: no LanguageTool answers at {url} ({error}); {hint}"
        ) from error
    except (RefusedError, TypeError, KeyError) as error:
        raise ResourceError(
            f"grammar: what answers at {url} is no LanguageTool of version 6 or later "
            f"({error}); {hint}"
        ) from error
    if name != "LanguageTool" or _numbers(version) < OLDEST:
        raise ResourceError(
            f"grammar: {url} must be LanguageTool 6.0 or later, got {name} {version}; "
            f"{hint}"
        )
    return Service(
        url,
        version,
        known,
        is_required=is_required,
        n_connections=connections(jobs),
        run=uuid4().hex,
    )


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split("-")[0].split(".")
    return tuple(int(part) for part in parts if part.isdecimal())


def start(tell: Tell) -> tuple["subprocess.Popen[bytes]", str]:
    """Start a server on a free port and return its process and address.

    The process is a keeper that ends it together with this program. Raises a
    ResourceError where Java or LanguageTool is not there, or does not start.
    """
    java = _java()
    folder = _folder(tell)
    problem = ""
    for _ in range(_TRIES):  # another program may take the port in between
        port = _free_port()
        with tempfile.TemporaryDirectory() as scratch:
            settings = Path(scratch, "server.properties")
            settings.write_text(_SETTINGS, encoding="utf-8")
            command = [java, f"-Xmx{HEAP}", "-XX:+UseSerialGC"]
            # Without it each answer over a kept connection waits for 40 ms.
            command += ["-Dsun.net.httpserver.nodelay=true", "-cp", _classpath(folder)]
            command += [_MAIN, "--port", str(port), "--config", str(settings)]
            process = subprocess.Popen(
                [sys.executable, str(_KEEPER), *command],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            try:
                if _has_started(process):
                    return process, f"http://127.0.0.1:{port}"
            except BaseException:
                stop(process)
                raise
        problem = _told(stop(process))
    raise ResourceError(f"grammar: LanguageTool of {folder} does not start ({problem})")


def stop(process: "subprocess.Popen[bytes]") -> str:
    """End a server that was started, and return its last words."""
    with process:
        try:
            # Closes its input, which is what it waits for.
            words, _ = process.communicate(timeout=STOP_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            words = b""
    return words.decode(errors="replace")


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home, "bin")) if home else None)
    found = found or shutil.which("java")
    if found is None:
        raise ResourceError(
            "grammar: LanguageTool needs Java 17 or later, and there is no java on the "
            "path; install it, or name a server with --grammar URL"
        )
    return found


def _folder(tell: Tell) -> Path:
    """Return the folder of LanguageTool's jars: the named one, or a downloaded one."""
    named = os.environ.get(FOLDER)
    if named is None:
        from mtcheck.grammar.download import downloaded

        return downloaded(tell)
    if not any(Path(named).glob("languagetool-server*.jar")):
        raise ResourceError(
            f"grammar: {FOLDER} must name a folder with LanguageTool's jars, "
            f"got {named!r}"
        )
    return Path(named)


def _classpath(folder: Path) -> str:
    """Return where Java looks: jars of Maven lie in one folder, a download has two."""
    return os.pathsep.join([f"{folder}", f"{folder}/*", f"{folder}/libs/*"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: Any = probe.getsockname()[1]
        return int(port)


def _has_started(process: "subprocess.Popen[bytes]") -> bool:
    """Wait until the keeper says that the server listens."""
    stream = process.stdout
    assert stream is not None
    # To ask the port is not enough: another server may have taken it meanwhile.
    ready, _, _ = select.select([stream], [], [], START_LIMIT)
    return bool(ready) and stream.readline().strip() == STARTED


def _told(words: str) -> str:
    """Return the line of a server's last words that says most."""
    lines = words.splitlines()
    errors = [line for line in lines if "Error" in line or "Exception" in line]
    return (errors or lines or ["it says nothing"])[0].strip()[:200]
