# Shared by deploy/start and deploy/test: say what is done, install what is missing, fail with one sentence.
# Sourced, not run; needs bash.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
began=$SECONDS

say() { printf '\033[1m[%3ds]\033[0m %s\n' "$((SECONDS - began))" "$*"; }

fail() {
  printf 'deploy: %s\n' "$*" >&2
  exit 1
}

# need_swift: the toolchain cannot be had from Debian, so it must be there already.
need_swift() {
  command -v swift >/dev/null 2>&1 ||
    fail "no Swift toolchain on PATH: install Swift 6.3 (swift.org/install/linux) and run this again."
  local version
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
  read -r major minor <<<"${version:-0 0}"
  ((major > 6 || (major == 6 && minor >= 2))) || fail "Swift $major.$minor is too old: 6.2 or newer is needed."
}

# need_packages NAME…: installs the Debian packages that are not there yet.
need_packages() {
  command -v dpkg-query >/dev/null 2>&1 || fail "this is not Debian: install $* by hand and run this again."
  local missing=() name
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | cut -c1-2)" = ii ] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  say "Installing ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || fail "missing ${missing[*]}: run this as root or install them by hand."
    as_root=(sudo)
  fi
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -qq || fail "apt-get update did not work: see above."
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install ${missing[*]}: see above."
}

# need_idle_packages NAME…: the same, for servers of which only the programs are wanted: Debian's packages start what they
# bring, and again at each boot.
need_idle_packages() {
  local missing=() name service as_root=() policy=/usr/sbin/policy-rc.d
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null | cut -c1-2)" = ii ] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  command -v apt-get >/dev/null || fail "${missing[*]} are missing, and this is not Debian: install them."
  # In a shell of its own, so that the file goes whatever ends it: as long as it is there no service of the machine starts.
  (
    if [ ! -e $policy ] || grep -q 'left by Anpi' $policy; then
      trap '"${as_root[@]}" rm -f $policy' EXIT
      trap 'exit 130' INT TERM
      # Debian asks this program before it starts a service: 101 says no.
      printf '#!/bin/sh\n# left by Anpi: remove it\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
      "${as_root[@]}" chmod +x $policy
    fi
    need_packages "${missing[@]}"
  ) || exit $?
  for service in postgresql etcd patroni haproxy; do
    [[ " ${missing[*]} " != *" $service"* ]] || "${as_root[@]}" systemctl disable --quiet "$service" 2>/dev/null || true
  done
}

# with_progress COMMAND…: runs it quietly, says every 20 seconds that it still runs, shows its output if it fails.
with_progress() {
  local output status=0 runner
  output=$(mktemp)
  "$@" >"$output" 2>&1 &
  runner=$!
  while kill -0 "$runner" 2>/dev/null; do
    for ((tick = 0; tick < 40; tick++)); do
      sleep 0.5
      kill -0 "$runner" 2>/dev/null || break 2
    done
    say "… still at it $(grep -oE '^\[[0-9]+/[0-9]+\]' "$output" | tail -n 1)"
  done
  wait "$runner" || status=$?
  if [ "$status" -ne 0 ]; then grep -E 'error|fatal' "$output" >&2 || tail -n 40 "$output" >&2; fi
  rm -f "$output"
  return "$status"
}

# The libraries that the programs are built with.
build_packages=(libsqlite3-dev libpq-dev libcurl4-openssl-dev libssl-dev zlib1g-dev)

# What the highly available database of deploy/postgres is made of.
cluster_packages=(postgresql patroni etcd-server haproxy pgbackrest iproute2 util-linux curl)
