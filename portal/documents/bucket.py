"""The archive in an S3-compatible bucket, for several servers without a common disk.

A file is put in one request that the bucket carries out whole or not at all, and only where nothing lies under its
name; its SHA-256 is a part of the signature, so that bytes which change on the way are refused there.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError
from obstore.store import S3Store

from portal.documents.archive import SHA256, Archive, ArchiveUnreachable, key_of
from portal.kernel.text import t

log = logging.getLogger(__name__)

PATIENCE = timedelta(seconds=30)
"""For one request; less than gunicorn's patience with a silent worker."""
TRIES_AGAIN = 2
NO_CONDITION = "NotImplemented"
"""What buckets answer that know no conditional put; there the same bytes are put again over themselves."""


class BucketArchive(Archive):
    """Objects `prefix/ab/cdef…` of one bucket."""

    is_shared = True
    is_contained = False

    def __init__(
        self, place: str, settings: Mapping[str, str], patience: timedelta = PATIENCE
    ) -> None:
        """`settings`: endpoint, region, key, secret; what is empty comes from AWS_… or the machine's own role."""
        parts = urlsplit(place)
        self.place = place
        self.prefix = f"{parts.path.strip('/')}/" if parts.path.strip("/") else ""
        self.bucket = parts.netloc
        self._settings, self._patience = dict(settings), patience
        self._opened: tuple[int, S3Store] | None = None

    def names(self) -> Iterator[str]:
        """Each object's that is named as ours are."""
        with _reaching(self.place):
            found = [
                str(each["path"]).removeprefix(self.prefix).replace("/", "")
                for batch in obstore.list(self._store(), prefix=self.prefix or None)
                for each in batch
            ]
        yield from sorted(name for name in found if SHA256.match(name))

    def _put(self, digest: str, content: bytes) -> None:
        key = self.prefix + key_of(digest)
        with _reaching(self.place):
            try:
                obstore.put(self._store(), key, content, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return  # the same bytes, stored before
            except BaseError as error:
                if NO_CONDITION not in str(error):
                    raise
                obstore.put(self._store(), key, content, mode="overwrite", use_multipart=False)

    def _get(self, digest: str) -> bytes | None:
        key = self.prefix + key_of(digest)
        with _reaching(self.place):
            try:
                return bytes(obstore.get(self._store(), key).bytes())
            except (NotFoundError, FileNotFoundError):
                return None

    def _store(self) -> S3Store:
        """Opened at the first use: its threads would not live on in a process that is forked later."""
        if self._opened is None:
            self._opened = os.getpid(), self._open()
        process, store = self._opened
        if process != os.getpid():
            raise RuntimeError("the bucket was used before this process was forked")
        return store

    def _open(self) -> S3Store:
        given = self._settings
        endpoint = given["endpoint"]
        known: dict[str, Any] = {
            "endpoint": endpoint,
            "region": given["region"] or ("auto" if endpoint else ""),
            "access_key_id": given["key"],
            "secret_access_key": given["secret"],
        }
        host = urlsplit(endpoint).hostname or ""
        return S3Store(
            self.bucket,
            **{name: value for name, value in known.items() if value},
            virtual_hosted_style_request=host.startswith(f"{self.bucket}."),
            client_options={
                "allow_http": endpoint.startswith("http://"),
                "connect_timeout": min(self._patience, timedelta(seconds=5)),
                "timeout": self._patience,
            },
            retry_config={"max_retries": TRIES_AGAIN, "retry_timeout": self._patience},
        )


@contextmanager
def _reaching(place: str) -> Iterator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        log.error("the archive %s: %s", place, str(error).partition("\n")[0])
        words = t(
            "The archive cannot be reached just now. Nothing was saved; try again in a minute."
        )
        raise ArchiveUnreachable(words) from error
