#!/usr/bin/env bash
# Make sure there is a Chromium for the browser tests: on PATH, else from apt as root, else from Playwright.
set -euo pipefail
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name" >/dev/null; then exit 0; fi
done
if .venv/bin/python -c '
from playwright.sync_api import sync_playwright
import os, sys
with sync_playwright() as p: sys.exit(not os.path.exists(p.chromium.executable_path))' 2>/dev/null; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium from apt …"
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null && exit 0
fi
echo "Installing Chromium with Playwright …"
.venv/bin/playwright install chromium
