#!/usr/bin/env bash
# Runs the README's two commands in a fresh clone, twice where they promise to repeat, and looks for
# what they left behind.
set -eu
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
git clone --quiet "$root" "$folder/tomada"
cd "$folder/tomada"
env -u TOMADA_LONG ./check # the long tests ran already, in the checkout that this is a clone of
mkdir "$folder/tmp"
export TMPDIR="$folder/tmp"
for run in 1 2; do
  ./tomada demo --once
  ./tomada demo --once --kill C
done
if [ -n "$(ls -A "$folder/tmp")" ]; then
  echo "left in the temporary folder:" >&2
  ls -lA "$folder/tmp" >&2
  exit 1
fi
if pgrep -f "$folder/tomada/artifacts" > /dev/null; then
  echo "left running:" >&2
  pgrep -fa "$folder/tomada/artifacts" >&2
  exit 1
fi
