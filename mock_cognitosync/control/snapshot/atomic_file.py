"""Files that are complete at every moment: a reader finds the old content or the new content, never a part of it."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO


def write(path: str | os.PathLike[str], text: str) -> None:
    """
    Write *text* to the file *path*, in UTF-8.

    The text is written to a new file in the same directory, which replaces the old file once it is on the disk. So a
    crash leaves the old file, and of two concurrent writers one wins. A symbolic link is followed and kept; an existing
    file keeps its mode and, if the process may set it, its owner.

    Raises:
        OSError: the file cannot be written; the old file is unchanged.
    """
    target = _target(path)
    with _temporary_file(target) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        file.close()
        Path(file.name).replace(target)


def read(path: str | os.PathLike[str]) -> bytes:
    """
    Return the content of the file *path*.

    Raises:
        OSError: the file cannot be read.
    """
    return Path(_name(path)).read_bytes()


def check_writable(path: str | os.PathLike[str]) -> None:
    """
    Check that :func:`write` can write to *path* now, by creating its temporary file.

    Raises:
        OSError: it cannot; ``strerror`` says why.
    """
    with _temporary_file(_target(path)):
        pass


def _target(path: str | os.PathLike[str]) -> Path:
    """The file to replace, behind all symbolic links. Only a regular file can be replaced safely."""
    name = _name(path)
    try:
        mode = Path(name).stat().st_mode
    except FileNotFoundError:
        pass
    else:
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, "it is a directory", name)
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is not a regular file", name)
        if not os.access(name, os.W_OK):
            raise PermissionError(errno.EACCES, "the file is read-only", name)
    return Path(name).resolve()


def _name(path: str | os.PathLike[str]) -> str:
    name = os.fspath(path)
    if not name:
        raise FileNotFoundError(errno.ENOENT, "the file name is empty", name)
    return name


@contextmanager
def _temporary_file(target: Path) -> Iterator[TextIO]:
    """An empty file in the directory of *target*; removed at the end of the block unless it was renamed."""
    # Exclusive, so that no existing file is opened under this name. The umask determines the mode.
    file = target.with_name(f".{secrets.token_hex(8)}.part").open("x", encoding="utf-8", newline="\n")
    try:
        with suppress(FileNotFoundError):
            _copy_owner_and_mode(target, file.name)
        yield file
    finally:
        file.close()
        Path(file.name).unlink(missing_ok=True)


def _copy_owner_and_mode(source: Path, name: str) -> None:
    status = source.stat()
    # Only root can give a file away, and Windows has no chown.
    with suppress(PermissionError, AttributeError):
        os.chown(name, status.st_uid, status.st_gid)
    Path(name).chmod(stat.S_IMODE(status.st_mode))
