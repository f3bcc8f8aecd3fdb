#!/usr/bin/env bash
# Create .venv if it is not there and install one requirements file into it.
set -euo pipefail
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  echo "Python 3.11 or newer is needed; '$python' is $("$python" --version 2>&1 || echo missing). Set PYTHON=/path/to/python3." >&2
  exit 1
fi
if [ ! -x .venv/bin/pip ]; then
  rm -rf .venv
  echo "Creating .venv …"
  if ! "$python" -m venv .venv 2>/tmp/scca-venv.$$; then
    rm -rf .venv
    # Debian and Ubuntu ship venv without pip's installer: python3-venv brings it.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
      "$python" -m venv .venv
    else
      cat /tmp/scca-venv.$$ >&2
      echo "Python's venv module is not complete. Run: sudo apt install python3-venv, then this command again." >&2
      exit 1
    fi
  fi
  rm -f /tmp/scca-venv.$$
fi
echo "Installing $1 (the first time takes a few minutes) …"
.venv/bin/pip install --quiet --disable-pip-version-check --prefer-binary -r "$1" -c constraints.txt
