#!/usr/bin/env bash
# Finds a Chromium for the browser tests, or installs Debian's where there is none.
set -euo pipefail
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$name" >/dev/null 2>&1 && exit 0
done
[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] && exit 0
if command -v apt-get >/dev/null 2>&1; then
  as=""
  [ "$(id -u)" = 0 ] || as="sudo"
  export DEBIAN_FRONTEND=noninteractive
  $as apt-get update -qq
  # Ubuntu's chromium package is a snap that does not run without snapd; there, install Google Chrome by hand.
  $as apt-get install -y -qq --no-install-recommends chromium fonts-liberation >/dev/null && exit 0
fi
echo "The browser tests need Chromium or Google Chrome. Install one of them, then run 'make test' again." >&2
exit 2
