"""An object store through fsspec, with its errors as sentences. Imports fsspec."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from datetime import UTC, datetime
from typing import Any, TypeVar

from muntin import SourceError
from muntin.sources import LIMIT, Fetched, FetchError, Status, redacted
from muntin_objectstore.settings import ObjectStoreSettings

T = TypeVar("T")

#: Packages that fsspec needs for a scheme.
_PACKAGES = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs"}


class Store:
    """The objects below a URL; every call ends within the time that the settings allow."""

    def __init__(self, url: str, settings: ObjectStoreSettings) -> None:
        self.location = redacted(url)
        self._timeout = settings.timeout
        self._files, self._root = _open(url, settings)
        self._pool = ThreadPoolExecutor(4, thread_name_prefix="objectstore")

    def path(self, name: str) -> str:
        """Return the path of an object; raise FetchError for one outside of the URL."""
        if ".." in name.split("/") or name.startswith("/"):
            raise FetchError(f"never seen: {name} lies outside {self.location}", Status.MISSING)
        return f"{self._root}/{name}" if self._root else name

    def read(self, name: str, version: Any = None) -> Fetched | None:
        """Return an object, without its data if it is the `version` that is known; None if none."""
        path = self.path(name)
        return self._within(lambda: self._read(path, version), name)

    def _read(self, path: str, version: Any) -> Fetched | None:
        facts = self._files.info(path)
        if facts.get("type") == "directory":
            raise FetchError(f"{path} is a folder, not an object")
        found, modified_at = _version(facts), _modified(facts)
        if found is not None and found == version:
            return Fetched(None, version, modified_at)
        if (facts.get("size") or 0) > LIMIT:
            raise FetchError(f"{path} has more than the {LIMIT:,} bytes a document may have")
        # One byte more than allowed: an object may have grown since.
        data = self._files.cat_file(path, end=LIMIT + 1) if facts.get("size") else b""
        if len(data) > LIMIT:
            raise FetchError(f"{path} has more than the {LIMIT:,} bytes a document may have")
        return Fetched(bytes(data), found, modified_at)

    def write(self, name: str, data: bytes) -> None:
        """Replace an object; a store of files gets it by a rename, so that no reader sees half."""
        path = self.path(name)
        self._within(lambda: self._write(path, data), name)

    def _write(self, path: str, data: bytes) -> None:
        if self._files.protocol not in {"file", ("file", "local")}:
            self._files.pipe_file(path, data)
            return
        folder, _, file = path.rpartition("/")
        self._files.makedirs(folder, exist_ok=True)
        temporary = f"{folder}/.{file}.{uuid.uuid4().hex}"
        self._files.pipe_file(temporary, data)
        self._files.mv(temporary, path)

    def _within(self, call: Callable[[], T], name: str) -> T | None:
        future = self._pool.submit(call)
        try:
            return future.result(self._timeout)
        except FileNotFoundError:
            return None
        except TooLate:
            future.cancel()
            where = f"{self.location}: no answer within {self._timeout:g} s"
            raise FetchError(where, everywhere=True, late=True) from None
        except FetchError:
            raise
        except Exception as error:  # noqa: BLE001  # each store's library has errors of its own
            raise _error(error, self.location, name) from None

    def close(self) -> None:
        """Wait for no call that still runs; its thread ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _open(url: str, settings: ObjectStoreSettings) -> tuple[Any, str]:
    import fsspec

    scheme = url.partition("://")[0].lower()
    try:
        files, root = fsspec.core.url_to_fs(url, **_options(scheme, settings))
    except ImportError:
        package = _PACKAGES.get(scheme, "a package of its own")
        raise SourceError(f"{scheme}:// needs {package}: pip install {package}") from None
    except ValueError as error:
        raise SourceError(f"{redacted(url)} is no usable address: {error}") from None
    return files, str(root).rstrip("/")


def _options(scheme: str, settings: ObjectStoreSettings) -> dict[str, Any]:
    if scheme in {"gs", "gcs"}:
        token = settings.token_file
        return {"use_listings_cache": False, **({"token": str(token)} if token else {})}
    if scheme != "s3":
        return {}
    client = {"endpoint_url": settings.endpoint, "region_name": settings.region}
    config = {
        "connect_timeout": settings.timeout,
        "read_timeout": settings.timeout,
        "retries": {"max_attempts": 1},
    }
    options: dict[str, Any] = {
        "use_listings_cache": False,
        "skip_instance_cache": True,
        "client_kwargs": {name: value for name, value in client.items() if value},
        "config_kwargs": config,
    }
    if settings.secret is not None:
        options |= {"key": settings.key, "secret": settings.secret.reveal()}
    return options


def _version(facts: Any) -> Any:
    """Return what tells one content of an object from another, None where nothing does."""
    for name in ("ETag", "etag", "version_id", "md5Hash"):
        if facts.get(name):
            return facts[name]
    stamp = tuple(facts.get(name) for name in ("ino", "mtime", "created", "size"))
    return stamp if facts.get("ino") else None


def _modified(facts: Any) -> datetime | None:
    found = next(
        (facts[name] for name in ("LastModified", "mtime", "updated") if facts.get(name)), 0
    )
    if isinstance(found, datetime):
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return datetime.fromtimestamp(found, UTC) if isinstance(found, float) else None


def _error(error: Exception, location: str, name: str) -> FetchError:
    """Return why there is no object, without the library's words, which may hold a key."""
    if isinstance(error, PermissionError) or "Forbidden" in str(error) or "403" in str(error):
        words = "the store refuses these credentials; set key and secret in the source's table"
        return FetchError(f"{location}: {words}", everywhere=True)
    kind = type(error).__name__
    if "Connect" in kind or "Endpoint" in kind or "Timeout" in kind or "NoCredentials" in kind:
        words = "no credentials were found" if "NoCred" in kind else "the store cannot be reached"
        return FetchError(f"{location}: {words}", everywhere=True, late="Timeout" in kind)
    return FetchError(f"{location}: {name} cannot be read ({kind})")
