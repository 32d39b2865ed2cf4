"""What the doctor looks at outside the database: keys, files, disks, versions."""

import sqlite3
import stat
import sys
from pathlib import Path

from crm import keys_cli
from crm.crypto import KeyringError, load_keyring
from crm.db import WAL_LIMIT
from crm.keeping import disks, shelf
from crm.keeping.findings import Finding, bad, size, warn, well
from crm.keeping.manifest import PROGRAM
from crm.settings import Settings

SAFE_SQLITE = (3, 51, 3)
LITTLE, TOO_LITTLE = 1_000_000_000, 100_000_000  # bytes


def keys(where: Settings) -> Finding:
    name, path = "keys", where.keyring_path
    try:
        keyring = load_keyring(path)
    except KeyringError as error:
        return bad(
            name,
            f"Client data cannot be opened: {error}.",
            "Put the key file back, or type the recovery sheet in: flask keys restore",
        )
    beside = {"data folder": where.data_dir, "folder of backups": where.backup_path}
    for called, folder in beside.items():
        if not path.resolve().is_relative_to(folder.resolve()):
            continue
        return warn(
            name,
            f"The key file lies in the {called}: who copies the folder can read all of it.",
            f"Move it, and set HANDOFF_KEY_FILE or use {where.keys_dir}",
        )
    if not where.secret_key_path.is_file():
        return bad(name, f"There is no key {where.secret_key_path} to sign sessions with.", "Run `flask init`")
    if where.secret_key_path.stat().st_mode & 0o077:
        return bad(name, f"{where.secret_key_path} can be read by others.", f"Run: chmod 600 {where.secret_key_path}")
    older = sorted(key_id for key_id in keyring.keys if key_id != keyring.active)
    kept = f" Kept beside it: {', '.join(older)}; `flask keys retire` says for what." if older else ""
    return well(name, f"The key file opens; active key {keyring.active}.{kept}")


def recovery_sheet(where: Settings) -> Finding:
    name = "recovery sheet"
    try:
        on = keys_cli.confirmed_on(load_keyring(where.keyring_path))
    except KeyringError:
        return warn(name, "Nothing can be said without the key file.", "Put the key file back first")
    if on is None:
        return warn(
            name,
            "Nobody has confirmed that the keys are on paper. If the key file is lost, so is client data.",
            "Run: flask keys sheet, keep the print, then: flask keys confirm",
        )
    return well(name, f"Confirmed on {on:%Y-%m-%d}.")


def files(where: Settings) -> Finding:
    """Look at the rights of every file and folder of ours."""
    name = "file rights"
    folders = [folder for folder in (where.data_dir, where.keys_dir, where.backup_path) if folder.is_dir()]
    if where.is_sqlite and not where.data_dir.is_dir():
        return bad(name, f"There is no data folder {where.data_dir}.", "Run `flask init`, or set HANDOFF_DATA_DIR")
    inside = [
        path for folder in folders for path in folder.iterdir() if not path.name.endswith(".lock")
    ]  # nothing in them
    open_ones = [path for path in (*folders, *inside) if _mode(path) & 0o077]
    if open_ones:
        said = f"{open_ones[0]} can be read by others" + (f", and {len(open_ones) - 1} more." if open_ones[1:] else ".")
        return warn(name, said, f"Run: chmod -R go= {' '.join(str(folder) for folder in folders)}")
    return well(name, "Files and folders are open to this user only.")


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except FileNotFoundError:
        return 0  # gone since, as a log of SQLite may be


def disk(where: Settings) -> Finding:
    name, left = "disk", min(disks.free_bytes(where.data_dir), disks.free_bytes(where.backup_path))
    if left < TOO_LITTLE:
        return bad(name, f"{size(left)} are left: soon nothing can be saved.", "Make room on the disk")
    if left < LITTLE:
        return warn(name, f"{size(left)} are left.", "Make room on the disk before it is full")
    return well(name, f"{size(left)} are free.")


def file_system(where: Settings) -> Finding:
    name = "file system"
    kind = disks.network_disk(where.data_dir)
    if where.is_sqlite and kind:
        return bad(
            name,
            f"The data folder lies on a disk of the network ({kind}), where SQLite can lose data.",
            "Move HANDOFF_DATA_DIR to a disk of this machine, or use PostgreSQL",
        )
    return well(name, "The data folder lies on a disk of this machine.")


def versions(where: Settings) -> Finding:
    name, lite = "versions", sqlite3.sqlite_version
    told = f"Handoff {PROGRAM}, Python {sys.version.split()[0]}, SQLite {lite}."
    if where.is_sqlite and sqlite3.sqlite_version_info < SAFE_SQLITE:
        return warn(
            name,
            f"{told} SQLite before 3.51.3 can damage a log that two processes write; the desk works around it.",
            "Install a system library of SQLite 3.51.3 or newer, or use PostgreSQL",
        )
    return well(name, told)


def log_of_sqlite(where: Settings) -> Finding:
    name, path = "log of SQLite", Path(f"{where.data_dir / 'handoff.sqlite3'}-wal")
    length = path.stat().st_size if path.exists() else 0
    if length > WAL_LIMIT:
        return warn(
            name,
            f"It has grown to {size(length)}: a program keeps an old state open.",
            "Restart the desk; close other programs that look into the database",
        )
    return well(name, f"It is {size(length)} long.")


def backup_place(where: Settings) -> Finding:
    name = "place of backups"
    if disks.share_a_disk(where.backup_path, where.data_dir):
        return warn(
            name,
            f"{where.backup_path} lies on the same disk as the data: one dead disk takes both.",
            "Set HANDOFF_BACKUP_DIR to another disk, or copy the folder away every day",
        )
    there = shelf.newest_first(path.name for path in where.backup_path.glob("*.backup"))
    return well(name, f"{len(there)} backups in {where.backup_path}.")
