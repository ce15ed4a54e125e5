# What ./tomada and ./check need on the machine. Sourced by both.

# The two things that a person installs: the .NET 10 SDK and Node 20 (or newer).
require_tools() {
  local ok=0
  if ! command -v dotnet > /dev/null || ! dotnet --list-sdks 2> /dev/null | grep -q '^10\.'; then
    echo "tomada: the .NET 10 SDK is missing. Get it at https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    ok=1
  fi
  local node_major
  node_major=$(node --version 2> /dev/null | sed -E 's/^v([0-9]+).*/\1/')
  if [ "${node_major:-0}" -lt 20 ] || ! command -v npm > /dev/null; then
    echo "tomada: Node 20 or newer, with npm, is missing. Get it at https://nodejs.org" >&2
    ok=1
  fi
  return $ok
}

# Real clients that tests use. Installed when we may; else those tests say that they are skipped.
install_test_tools() {
  local missing=() folder
  for folder in "$root"/test/Tomada.{Oracle,Contract}.Tests/npm; do
    [ "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] && continue
    if (cd "$folder" && npm ci --no-audit --no-fund --loglevel=error > /dev/null); then
      touch "$folder/node_modules/.package-lock.json"
    else
      echo "check: npm could not install $folder; its tests will be skipped." >&2
    fi
  done
  command -v mosquitto_pub > /dev/null || missing+=(mosquitto-clients)
  command -v chromium > /dev/null || missing+=(chromium)
  command -v curl > /dev/null || missing+=(curl)
  command -v ip > /dev/null || missing+=(iproute2)
  command -v go > /dev/null || missing+=(golang-go)
  [ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ] || missing+=(golang-golang-x-mod-dev)
  [ ${#missing[@]} -eq 0 ] && return 0
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get > /dev/null; then
    echo "check: not installed: ${missing[*]}; the tests that need them will be skipped." >&2
    return 0
  fi
  echo "check: installing ${missing[*]} …"
  apt-get update -qq > /dev/null 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" \
    > /dev/null 2>&1 || echo "check: could not install all of: ${missing[*]}" >&2
}

# A process started in the background by a script inherits "ignore SIGINT", and so would everything
# below it: Ctrl-C, or a test that sends it, must work however we were started.
hears_interrupt=()
env --default-signal=INT true 2> /dev/null && hears_interrupt=(env --default-signal=INT)
