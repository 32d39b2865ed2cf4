"""What is left on a disk after the power went: a model of synced bytes, built from strace's record of a process.

A write counts once a later fdatasync of its file has returned. What was written and not synced may be there, be
missing, or be there in part, sector by sector, in any order; the model draws lots.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
OPTIONS = ("-y", "-xx", "-s", "70000", "-e", "trace=pwrite64,fdatasync,fsync,ftruncate,sendto")
LINE = re.compile(r"(?P<thread>\d+) +(?:<\.\.\. \w+ resumed>|(?P<call>\w+)\((?P<fd>\d+)<(?P<path>[^>]*)>(?P<rest>.*))")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True)
class Event:
    """One thing a process did: wrote bytes, cut a file's length, synced a file, or sent an answer."""

    kind: str
    path: str
    place: int = 0
    content: bytes = b""
    begun: int = 0  # for a sync: how many events there were when it began


@dataclass
class Disk:
    """One file: its safe bytes, and what was done to it since the last sync."""

    safe: bytearray
    waiting: list[tuple[int, Event]] = field(default_factory=list)

    def sync(self, begun: int) -> None:
        """Make safe what was written before a sync began."""
        for _number, event in [one for one in self.waiting if one[0] < begun]:
            apply(self.safe, event)
        self.waiting = [one for one in self.waiting if one[0] >= begun]

    def after_the_cut(self, lots: random.Random) -> bytes:
        """Return the file as it may be found when the power is back."""
        found = bytearray(self.safe)
        for _number, event in self.waiting:
            if event.kind == "cut":
                if lots.random() < 0.5:
                    apply(found, event)
                continue
            whole = lots.random()
            for start in range(0, len(event.content), SECTOR):
                if lots.random() < whole:
                    apply(found, Event("write", "", event.place + start, event.content[start : start + SECTOR]))
        return bytes(found)


def apply(content: bytearray, event: Event) -> None:
    """Carry an event out on the bytes of a file."""
    if event.kind == "cut":
        del content[event.place :]
        content.extend(bytes(max(0, event.place - len(content))))
        return
    end = event.place + len(event.content)
    content.extend(bytes(max(0, end - len(content))))
    content[event.place : end] = event.content


def read_record(record: Path) -> list[Event]:
    """Read what strace wrote down, in order: writes and answers when they begin, syncs when they have returned."""
    events: list[Event] = []
    open_syncs: dict[str, tuple[str, int]] = {}
    for line in record.read_text().splitlines():
        if (found := LINE.match(line)) is None:
            continue
        thread, call, rest = found["thread"], found["call"], found["rest"]
        if call is None:
            if (begun := open_syncs.pop(thread, None)) and line.endswith("= 0"):
                events.append(Event("sync", begun[0], begun=begun[1]))
            continue
        path = _plain(found["path"])
        if call == "pwrite64":
            text = TEXT.search(rest)
            assert text is not None, line[:200]
            place = int(rest[text.end() :].split(",")[2].split(")")[0].split("<")[0])
            events.append(Event("write", path, place, _bytes(text[1])))
        elif call == "ftruncate":
            events.append(Event("cut", path, int(rest.lstrip(", ").split(")")[0].split("<")[0])))
        elif call == "sendto":
            text = TEXT.search(rest)
            events.append(Event("answer", path, content=_bytes(text[1]) if text else b""))
        elif "unfinished" in rest:
            open_syncs[thread] = (path, len(events))
        else:
            events.append(Event("sync", path, begun=len(events)))
    return events


def disk_after(
    events: list[Event], before: dict[str, bytes], cut: int, lots: random.Random
) -> Iterator[tuple[str, bytes]]:
    """Yield each file as it may be found after a power cut behind `cut` events."""
    disks = {path: Disk(bytearray(content)) for path, content in before.items()}
    for number, event in enumerate(events[:cut]):
        if event.kind == "answer" or event.path.endswith("-shm"):
            continue
        disk = disks.setdefault(event.path, Disk(bytearray()))
        if event.kind == "sync":
            disk.sync(event.begun)
        else:
            disk.waiting.append((number, event))
    for path, disk in disks.items():
        yield path, disk.after_the_cut(lots)


def _plain(path: str) -> str:
    return _bytes(path).decode() if path.startswith("\\x") else path


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
