"""Files of a run's folder: on a file system that the driver sees, or anywhere that Hadoop's FileSystem reaches."""

import hashlib
import os
import shutil
import uuid
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

from podium_cluster.errors import StageError, UsageError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

UNFINISHED = ".unfinished-"


def local_path(location: str) -> Path | None:
    """The path of a location on a file system that the driver sees: a plain path, or a file: URL."""
    url = urlparse(location)
    if url.scheme == "file":
        return Path(unquote(url.path))
    return None if "://" in location else Path(location)


def spark_url(location: str) -> str:
    """The location as Spark reads it: a plain path is one on the local file system, whatever Hadoop's default is."""
    path = local_path(location)
    return location if path is None else path.absolute().as_uri()


def name_of(location: str) -> str:
    """The last part of a location: a data set's or a preset's name."""
    path = local_path(location)
    return path.resolve().name if path is not None else location.rstrip("/").rsplit("/", 1)[-1]


class Store(ABC):
    """A folder. Paths are relative to it; what is written is whole or not there."""

    def __init__(self, root: str) -> None:
        self.root = root

    def url(self, path: str = "") -> str:
        """The location of `path` as Spark reads and writes it."""
        return f"{spark_url(self.root).rstrip('/')}/{path}".rstrip("/")

    def shown(self, path: str) -> str:
        """The location of `path` for messages."""
        return f"{self.root.rstrip('/')}/{path}"

    @abstractmethod
    def exists(self, path: str) -> bool:
        """Whether there is such a file or folder."""

    @abstractmethod
    def read(self, path: str) -> bytes:
        """A small file; FileNotFoundError where there is none."""

    @abstractmethod
    def write(self, path: str, data: bytes) -> None:
        """Writes a small file."""

    @abstractmethod
    def put(self, path: str, local: Path) -> None:
        """Copies a file of the driver to `path`."""

    @abstractmethod
    def get(self, path: str, local: Path) -> None:
        """Copies the file at `path` to the driver."""

    @abstractmethod
    def remove(self, path: str) -> None:
        """Removes a file, or a folder with all that is in it; nothing where it is not there."""

    @abstractmethod
    def rename(self, old: str, new: str) -> None:
        """Moves a file or folder to where nothing is."""

    @abstractmethod
    def list(self, path: str) -> list[tuple[str, int]]:
        """Names and sizes of the files in a folder, by name; none where there is no folder."""

    @abstractmethod
    def sha256(self, path: str) -> tuple[str, int]:
        """SHA-256 of a file's bytes, and how many there are."""


class LocalStore(Store):
    """A folder on a file system that the driver sees."""

    def __init__(self, root: str) -> None:
        super().__init__(root)
        path = local_path(root)
        if path is None:
            raise UsageError(f"{root} is on no file system that the driver sees: use --tables parts")
        self.path = path.absolute()

    def exists(self, path: str) -> bool:
        return (self.path / path).exists()

    def read(self, path: str) -> bytes:
        return (self.path / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        temporary = self.temporary(path)
        try:
            with open(temporary, "wb") as file:
                file.write(data)
            self.finish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)

    def put(self, path: str, local: Path) -> None:
        temporary = self.temporary(path)
        try:
            shutil.copyfile(local, temporary)
            self.finish(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)

    def get(self, path: str, local: Path) -> None:
        shutil.copyfile(self.path / path, local)

    def remove(self, path: str) -> None:
        target = self.path / path
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)

    def rename(self, old: str, new: str) -> None:
        (self.path / new).parent.mkdir(parents=True, exist_ok=True)
        os.rename(self.path / old, self.path / new)

    def list(self, path: str) -> list[tuple[str, int]]:
        folder = self.path / path
        if not folder.is_dir():
            return []
        return sorted((file.name, file.stat().st_size) for file in folder.iterdir() if file.is_file())

    def sha256(self, path: str) -> tuple[str, int]:
        with open(self.path / path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return digest, (self.path / path).stat().st_size

    def temporary(self, path: str) -> Path:
        """A name for an unfinished file beside `path`; the folder is made."""
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.parent / f"{UNFINISHED}{uuid.uuid4().hex[:12]}"

    def finish(self, temporary: Path, path: str) -> None:
        """Syncs an unfinished file and renames it to its place."""
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, self.path / path)


class HadoopStore(Store):
    """A folder that Hadoop's FileSystem reaches: s3a://, hdfs://, abfss://, gs://, file://."""

    def __init__(self, root: str, spark: "SparkSession") -> None:
        super().__init__(root)
        self._jvm = spark.sparkContext._jvm
        uri = self._jvm.java.net.URI(self.url())
        self._fs = self._jvm.org.apache.hadoop.fs.FileSystem.get(uri, spark.sparkContext._jsc.hadoopConfiguration())
        # A file: URL is a file system with checksum files beside the files; nobody else's files have them.
        if hasattr(self._fs, "setWriteChecksum") and spark_url(root).startswith("file:"):
            self._fs.setWriteChecksum(False)

    def _path(self, path: str):
        return self._jvm.org.apache.hadoop.fs.Path(self.url(path))

    def exists(self, path: str) -> bool:
        return self._fs.exists(self._path(path))

    def read(self, path: str) -> bytes:
        if not self.exists(path):
            raise FileNotFoundError(self.shown(path))
        stream = self._fs.open(self._path(path))
        try:
            return bytes(self._jvm.org.apache.commons.io.IOUtils.toByteArray(stream))
        finally:
            stream.close()

    def write(self, path: str, data: bytes) -> None:
        temporary = self._temporary(path)
        stream = self._fs.create(self._path(temporary), True)
        try:
            stream.write(bytearray(data))
        finally:
            stream.close()
        self._replace(temporary, path)

    def put(self, path: str, local: Path) -> None:
        temporary = self._temporary(path)
        source = self._jvm.org.apache.hadoop.fs.Path(local.absolute().as_uri())
        self._fs.copyFromLocalFile(False, True, source, self._path(temporary))
        self._replace(temporary, path)

    def get(self, path: str, local: Path) -> None:
        target = self._jvm.org.apache.hadoop.fs.Path(local.absolute().as_uri())
        self._fs.copyToLocalFile(False, self._path(path), target, True)

    def remove(self, path: str) -> None:
        self._fs.delete(self._path(path), True)

    def rename(self, old: str, new: str) -> None:
        parent = new.rpartition("/")[0]
        self._fs.mkdirs(self._path(parent))
        if not self._fs.rename(self._path(old), self._path(new)):
            raise StageError(f"cannot rename {self.shown(old)} to {self.shown(new)}")

    def list(self, path: str) -> list[tuple[str, int]]:
        if not self.exists(path):
            return []
        statuses = self._fs.listStatus(self._path(path))
        return sorted((status.getPath().getName(), status.getLen()) for status in statuses if status.isFile())

    def sha256(self, path: str) -> tuple[str, int]:
        stream = self._fs.open(self._path(path))
        try:
            digest = self._jvm.org.apache.commons.codec.digest.DigestUtils.sha256Hex(stream)
        finally:
            stream.close()
        return digest, self._fs.getFileStatus(self._path(path)).getLen()

    def _temporary(self, path: str) -> str:
        folder, _, _ = path.rpartition("/")
        return f"{folder}/{UNFINISHED}{uuid.uuid4().hex[:12]}".lstrip("/")

    def _replace(self, temporary: str, path: str) -> None:
        self.remove(path)
        self.rename(temporary, path)
