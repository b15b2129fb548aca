"""What a backup says that it holds; what is found in it is compared with that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

FORMAT = 1


class NoManifest(ValueError):
    """It is no backup of ours, or one of a later program."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`tables`: rows of each; `files`: SHA-256 of each file but the archive's, which are named by theirs.

    `made_at` ISO 8601 UTC; `revision`: the database's; `secret_mark`: a mark of the secret key that the passwords and
    second factors depend on, so that a restore under another key is noticed.
    """

    made_at: str
    dialect: str
    revision: str
    tables: Mapping[str, int]
    files: Mapping[str, str]
    archived: int
    secret_mark: str

    def to_json(self) -> str:
        """As it stands in the backup."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True)


def from_json(text: str) -> Manifest:
    """Read it again. Raises NoManifest."""
    try:
        found = json.loads(text)
        if found.pop("format") != FORMAT:
            raise NoManifest("made by another version of the program")
        return Manifest(**found)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise NoManifest(f"no manifest of a backup: {error}") from error


def differences(
    said: Manifest, tables: Mapping[str, int], files: Mapping[str, str], archived: int
) -> list[str]:
    """What is not as the manifest says, each as one sentence; none: the backup is whole."""
    wrong = [
        f"table {name}: {tables.get(name, 'none')} rows, {said.tables.get(name, 'none')} expected"
        for name in sorted({*said.tables, *tables})
        if tables.get(name) != said.tables.get(name)
    ]
    wrong += [
        f"file {name}: {'missing' if name not in files else 'altered'}"
        for name, sha256 in sorted(said.files.items())
        if files.get(name) != sha256
    ]
    if archived != said.archived:
        wrong.append(f"archive: {archived} files, {said.archived} expected")
    return wrong
