"""Content by digest: kept once, durably, for the owner's eyes, and never found by anything but a digest."""

import hashlib
import io
import os
import stat
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib.errors import NotFound
from helpdesk.lib.storage import DiskStorage, get_storage, init_storage

LETTER = b"Keluhan: antrean dari jam 8 sampai jam 1 siang."
DIGEST = hashlib.sha256(LETTER).hexdigest()


@pytest.fixture
def storage(tmp_path: Path) -> DiskStorage:
    return DiskStorage(tmp_path / "files")


def files_in(storage: DiskStorage) -> list[Path]:
    return [path for path in storage.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("content", [LETTER, io.BytesIO(LETTER)], ids=["bytes", "stream"])
def test_what_is_put_is_found_again(storage: DiskStorage, content: bytes | io.BytesIO) -> None:
    assert storage.put(content) == DIGEST
    assert storage.exists(DIGEST)
    assert storage.path(DIGEST) == storage.root / DIGEST[:2] / DIGEST[2:4] / DIGEST
    with storage.open(DIGEST) as file:
        assert file.read() == LETTER


def test_the_same_content_is_one_file(storage: DiskStorage) -> None:
    assert storage.put(LETTER) == storage.put(io.BytesIO(LETTER))
    assert len(files_in(storage)) == 1


def test_only_the_owner_reads_and_nobody_executes(storage: DiskStorage) -> None:
    before = os.umask(0)
    try:
        storage.put(LETTER)
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in storage.root.rglob("*") if path.is_dir()}
    assert modes == {0o700}
    assert stat.S_IMODE(storage.path(DIGEST).stat().st_mode) == 0o600


def test_damage_is_noticed_and_healed(storage: DiskStorage) -> None:
    storage.put(LETTER)
    assert storage.verify(DIGEST)
    storage.path(DIGEST).write_bytes(b"something else")
    assert not storage.verify(DIGEST)
    storage.put(LETTER)
    assert storage.verify(DIGEST)
    storage.path(DIGEST).unlink()
    assert not storage.verify(DIGEST)


def test_file_then_name_then_directories_reach_the_disk(
    storage: DiskStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(handle: int) -> None:
        steps.append("directory" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def watched_replace(self: Path, target: Path) -> Path:
        steps.append("name")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    storage.put(LETTER)
    assert steps[0] == "file"
    assert steps[-2:] == ["name", "directory"]


def test_a_broken_stream_leaves_nothing(storage: DiskStorage) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the telephone lost its signal")

    with pytest.raises(OSError, match="signal"):
        storage.put(Broken())
    assert files_in(storage) == []


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "/etc/passwd", DIGEST.upper(), DIGEST[:-1], DIGEST + "\n"]
)
def test_nothing_but_a_digest_is_a_place(storage: DiskStorage, name: str) -> None:
    storage.put(LETTER)
    for ask in (storage.open, storage.path, storage.exists, storage.verify):
        with pytest.raises(NotFound):
            ask(name)


def test_what_was_never_put_is_not_found(storage: DiskStorage) -> None:
    assert not storage.exists("0" * 64)
    with pytest.raises(NotFound):
        storage.open("0" * 64)


@given(content=st.binary(max_size=5000))
def test_any_content_comes_back(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    storage = DiskStorage(tmp_path_factory.getbasetemp() / "any")
    with storage.open(storage.put(content)) as file:
        assert file.read() == content


def test_the_application_has_one(tmp_path: Path) -> None:
    app = Flask(__name__)
    init_storage(app, tmp_path)
    with app.app_context():
        assert get_storage().put(LETTER) == DIGEST
