#!/bin/sh
# Make sure there is a Chromium for the browser tests: the system's, else Debian's, else Playwright's own.
set -eu
python="$1"
command -v chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
    exit 0
fi
"$python" -m playwright install chromium
