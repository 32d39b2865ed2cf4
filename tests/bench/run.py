"""Measure the running product on a large data set: prints `name value unit`, writes bench.json.

`--small` takes a tenth of the data, to see that ten times the data does not double a page.
"""

import argparse
import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "bench")]

import keeping  # noqa: E402
import letter_check  # noqa: E402
import print_pile  # noqa: E402
import throughput  # noqa: E402
import tick  # noqa: E402
from browser import Browser  # noqa: E402
from setup import PASSWORD, Installation  # noqa: E402

PORT = 8765
FIGURES: dict[str, float] = {}


def report(name: str, value: float, unit: str) -> None:
    """Print one figure and keep it."""
    FIGURES[f"{name}_{unit}"] = round(value, 2)
    print(f"{name} {value:.2f} {unit}", flush=True)


def timed(name: str, act: Callable[[int], object], times: int) -> None:
    """Report p50 and p95 of an act, in milliseconds."""
    act(-1)
    taken = []
    for number in range(times):
        start = time.perf_counter()
        act(number)
        taken.append((time.perf_counter() - start) * 1000)
    report(f"{name}_p50", statistics.median(taken), "ms")
    report(f"{name}_p95", statistics.quantiles(taken, n=20)[18], "ms")


def pages(owner: Browser, installation: Installation, times: int) -> None:
    """Measure what a person looks at and does."""
    last_page = installation.sources // 50 // 2
    timed("board", lambda _n: owner.get("/pipeline"), times)
    timed("today", lambda _n: owner.get("/"), times)
    timed("list_page_1", lambda _n: owner.get("/sources"), times)
    timed(f"list_page_{min(1000, last_page)}", lambda _n: owner.get(f"/sources?page={min(1000, last_page)}"), times)
    typed = ["m", "ma", "mar", "mars", "bra", "okaf", "lind", "tan", "card", "neuro"]
    timed("search", lambda n: owner.get(f"/search?q={typed[n % 10]}"), times)
    timed("source_page", lambda n: owner.get(f"/sources/{n % 500 + 1}"), times)
    timed("client_page_100_measures", lambda _n: owner.get(installation.client_path), times)
    timed("referral_post", lambda n: owner.refer(n % 500 + 2), times)


def feed(reader: Browser, installation: Installation, events: int, times: int) -> None:
    """Measure a feed of so many events: first fetch, after a change, cached, and unchanged.

    A feed gives sixty whole answers a minute; `times` and the eight before have to stay below.
    """
    name, path = f"feed_{events}", installation.feeds[events]
    start = time.perf_counter()
    answer = reader.fetch(path)
    report(f"{name}_cold", (time.perf_counter() - start) * 1000, "ms")
    report(f"{name}_size", len(answer.body) / 1000, "kB")
    report(f"{name}_size_gzipped", len(gzip.compress(answer.body)) / 1000, "kB")
    taken = []
    for _ in range(5):
        installation.raise_revision()
        start = time.perf_counter()
        reader.fetch(path)
        taken.append((time.perf_counter() - start) * 1000)
    report(f"{name}_rebuilt_p50", statistics.median(taken), "ms")
    timed(f"{name}_cached", lambda _n: reader.fetch(path), min(times, 50))
    etag = reader.fetch(path).headers["Etag"]
    timed(f"{name}_304", lambda _n: reader.fetch(path, etag=etag, expect=304), times)


def imports(installation: Installation) -> None:
    """Measure the import of 20,000 rows by the command, with its peak memory over an idle command's."""
    listing = installation.write_list(20_000)
    idle = _peak(["practice", "create", "--name", "Idle", "--time-zone", "America/New_York"], installation)
    practice = installation.output(
        ["practice", "create", "--name", "Import", "--time-zone", "America/New_York"]
    ).strip()
    start = time.perf_counter()
    peak = _peak(["import", "sources", str(listing), "--json", "--practice", practice], installation)
    report("import_20000", time.perf_counter() - start, "s")
    report("import_20000_memory_over_idle", peak - idle, "MB")


def _peak(arguments: list[str], installation: Installation) -> float:
    """Return the peak memory of a command in MB."""
    code = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    command = [sys.executable, "-c", code, str(ROOT / ".venv/bin/flask"), *arguments]
    done = subprocess.run(command, env=installation.environment, cwd=ROOT, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def main() -> None:
    """Build the installation, start the product, measure, stop it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--times", type=int, default=40)
    options = parser.parse_args()
    scale = 10 if options.small else 1
    with tempfile.TemporaryDirectory() as folder:
        installation = Installation(Path(folder), PORT, scale)
        start = time.perf_counter()
        installation.fill(datetime.now(UTC))
        print(f"# data set ready in {time.perf_counter() - start:.0f} s: {installation.summary()}", flush=True)
        for name, value in installation.in_process_figures():
            report(name, value, "events" if name.endswith("events") else "ms")
        start = time.perf_counter()
        with installation.running() as server:
            report("cold_start", time.perf_counter() - start, "s")
            owner = Browser(PORT)
            owner.sign_in("owner@example.com", PASSWORD)
            pages(owner, installation, options.times)
            for events in installation.feeds:
                feed(Browser(PORT), installation, events, options.times)
            report("server_memory", installation.memory_of(server), "MB")
        for name, value in tick.figures(installation):
            report(name, value, "ms")
        imports(installation)
        for name, value, unit in throughput.figures(installation):
            report(name, value, unit)
    for name, value in letter_check.figures():
        report(name, value, "ms")
    for name, seconds in print_pile.figures():
        report(name, seconds, "s")
    for name, value, unit in keeping.figures(1000 // scale):
        report(name, value, unit)
    FIGURES["peak_memory_of_this_run_MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (ROOT / "bench.json").write_text(
        json.dumps({"python": sys.version.split()[0], "cores": os.cpu_count(), **FIGURES}, indent=1) + "\n"
    )


if __name__ == "__main__":
    main()
