#!/usr/bin/env bash
# Builds the explorer page into src/Tomada.Node/wwwroot. Exit code 3: npm is missing.
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
command -v npm > /dev/null || exit 3
cd "$root/web/explorer"
mkdir -p "$root/artifacts"

# Two builds at a time would write the same folders; the second waits, and then finds them new.
if command -v flock > /dev/null; then
  exec 9> "$root/artifacts/.explorer-lock"
  flock 9
fi

if [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi

page="$root/src/Tomada.Node/wwwroot/index.html"
inputs=(src public ./*.json ./*.ts ./*.js ./*.html "$root/eng/build-explorer.sh")
if [ ! -f "$page" ] || [ -n "$(find "${inputs[@]}" -type f -newer "$page" -print -quit)" ]; then
  npm run --silent build
fi
