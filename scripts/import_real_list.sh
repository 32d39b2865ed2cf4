#!/usr/bin/env bash
# Import a real list twice into a fresh installation: everything new, then everything the same, nothing lost.
# Then let each niche choose its five of the week from it, each with its reasons. The people are real: nobody is named.
set -euo pipefail
list="$1"
folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
export HANDOFF_DATA_DIR="$folder/var"
.venv/bin/flask init >/dev/null
.venv/bin/flask import sources "$list" --json | tee "$folder/first.json"
.venv/bin/flask import sources "$list" --json | tee "$folder/second.json"
.venv/bin/python - "$list" "$folder/first.json" "$folder/second.json" <<'PY'
import csv
import json
import sys

with open(sys.argv[1], newline="") as file:
    rows = sum(1 for _ in csv.reader(file)) - 1
first, second = (json.load(open(name)) for name in sys.argv[2:])
assert first["new"] + first["updated"] + first["same"] + len(first["refused"]) == rows, (first, rows)
assert first["new"] >= rows * 0.97, first
assert second["new"] == 0 and second["updated"] == 0, second
print(f"{first['new']} of {rows} rows are sources now; the second run found nothing new")
PY
.venv/bin/python -m scripts.choose_from_list
