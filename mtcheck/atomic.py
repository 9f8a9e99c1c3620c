"""Files that are written whole or not at all."""

import os
import stat
from contextlib import suppress
from pathlib import Path


def replace_file(path: str | Path, data: bytes, is_durable: bool = False) -> None:
    """Put ``data`` in the place of a file in one step, or leave the file alone.

    Links are followed, and the mode of an earlier file is kept. What is durable is on
    the disk before it takes its place. An OSError names the path that was given.
    """
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
    try:
        file = open(temporary, "xb")  # noqa: SIM115 - only a file of ours is taken away
        try:
            with file:
                file.write(data)
                if is_durable:
                    file.flush()
                    os.fsync(file.fileno())
            with suppress(FileNotFoundError):
                os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
