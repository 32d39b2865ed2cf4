"""What lies under a folder: its file system, whether it is a disk of the network, whether two folders share one."""

import shutil
from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
# Their locks are a promise at best; SQLite says itself that it can lose data there.
OF_THE_NETWORK = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "afs", "davfs", "fuse.davfs", "fuse.rclone", "ceph",
    "glusterfs", "fuse.glusterfs",
}  # fmt: skip


def file_system_of(path: Path, mounts: str) -> str:
    """Return the kind of file system a folder lies on, from the lines of /proc/mounts; empty where they do not say."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        point = Path(fields[1].replace("\\040", " ")) if len(fields) > 2 else None
        if point is not None and path.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), fields[2]
    return kind


def network_disk(path: Path) -> str:
    """Return the kind of network file system under a folder; empty for a disk of this machine."""
    try:
        kind = file_system_of(path.resolve(), MOUNTS.read_text())
    except OSError:
        return ""
    return kind if kind in OF_THE_NETWORK else ""


def standing_part(path: Path) -> Path:
    """Return the nearest folder above that is there."""
    return path if path.exists() or path == path.parent else standing_part(path.parent)


def share_a_disk(one: Path, other: Path) -> bool:
    """Say whether two folders lie on one file system, so that both go with it."""
    return standing_part(one.resolve()).stat().st_dev == standing_part(other.resolve()).stat().st_dev


def free_bytes(path: Path) -> int:
    """Return what is left on the disk under a folder."""
    return shutil.disk_usage(standing_part(path.resolve())).free
