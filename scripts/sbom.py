"""Write the list of what the product is made of (CycloneDX 1.6, JSON) from the lock files, to stdout or a file."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pins import Pin, npm_pins, python_pins

ROOT = Path(__file__).resolve().parent.parent


def component(pin: Pin) -> dict[str, Any]:
    """Return a package as CycloneDX tells it."""
    address = f"pkg:{pin.ecosystem}/{quote(pin.name, safe='/')}@{quote(pin.version, safe='')}"
    return {
        "type": "library",
        "bom-ref": address,
        "name": pin.name,
        "version": pin.version,
        "purl": address,
        "hashes": [{"alg": f"SHA-{algorithm[3:]}", "content": digits} for algorithm, digits in pin.hashes],
    }


def bill(pins: list[Pin]) -> dict[str, Any]:
    """Return the whole list; the same lock files give the same bytes."""
    told = {one["bom-ref"]: one for one in map(component, pins)}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "handoff", "bom-ref": "handoff"}},
        "components": [told[ref] for ref in sorted(told)],
    }


def main() -> int:
    """Write it where the caller says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path)
    target = parser.parse_args().output
    pins = python_pins(ROOT / "requirements" / "app.txt") + npm_pins(ROOT / "package-lock.json")
    said = json.dumps(bill(pins), indent=1) + "\n"
    if target:
        target.write_text(said)
    else:
        sys.stdout.write(said)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
