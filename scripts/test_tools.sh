#!/bin/sh
# What tests need beside Python packages: a Chromium (the system's, else Debian's, else Playwright's own) and strace, which
# kills at a system call. Without strace the tests that need it are skipped and say so.
set -eu
python="$1"
missing=""
command -v chromium >/dev/null 2>&1 || missing="chromium"
command -v strace >/dev/null 2>&1 || missing="$missing strace"
[ -n "$missing" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # one word a package
    apt-get update -qq >/dev/null && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
    exit 0
fi
command -v chromium >/dev/null 2>&1 || "$python" -m playwright install chromium
