#!/usr/bin/env bash
# Does the set-up that is missing and nothing else: `setup.sh run` for serving, `setup.sh test` for the tests.
cd "$(dirname "$0")/.."
. .ci/common.sh

purpose=${1:?run or test}
venv=$PWD/.venv
APT_LOG=$(mktemp)
trap 'rm -f "$APT_LOG"' EXIT

# PostgreSQL's package starts a server of its own when it is installed; the tests only want the programs.
database_server() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null && return
  local folder=/etc/postgresql-common/createcluster.d
  local quiet=$folder/portal-tests.conf
  as_root sh -c "mkdir -p $folder && echo 'create_main_cluster = false' >$quiet" || true
  need_packages "to run the tests on PostgreSQL" postgresql
  as_root rm -f "$quiet" || true
}

# Both start at once when they are installed, and at every start of the machine; the tests only want the programs.
proxies() {
  local names=() name policy=/usr/sbin/policy-rc.d made=""
  for name in nginx caddy; do
    is_installed "$name" || names+=("$name")
  done
  [ ${#names[@]} -gt 0 ] || return 0
  [ -e "$policy" ] || made=$policy
  [ -z "$made" ] || as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy" || true
  need_packages "to test the portal behind both proxies" "${names[@]}"
  [ -z "$made" ] || as_root rm -f "$policy" || true
  as_root systemctl disable --quiet "${names[@]}" 2>/dev/null || true
}

# Redis's package starts a service and has it start with the machine; the tests want the program only. One that was
# there before belongs to somebody.
throttle_server() {
  command -v redis-server >/dev/null && return
  local policy=/usr/sbin/policy-rc.d
  as_root sh -c "[ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy && chmod +x $policy; }" || true
  need_packages "to run the tests with several servers" redis-server
  as_root sh -c "grep -qx 'exit 101' $policy && rm -f $policy" || true
  as_root systemctl disable --quiet --now redis-server >/dev/null 2>&1 || true
}

# Playwright's own program needs libatomic1. Ubuntu's chromium is a snap, which tests cannot drive;
# there Playwright brings a browser that they can.
browser() {
  if ! grep -qx 'ID=ubuntu' /etc/os-release; then
    need_packages "to test in a browser" libatomic1 chromium
  elif [ ! -f .venv/.browser ]; then
    need_packages "to test in a browser" libatomic1
    say "Installing a browser for the tests"
    .venv/bin/playwright install --with-deps chromium >&2
    touch .venv/.browser
  fi
}

virtual_environment() {
  local python version
  python=$(find_python)
  version=$("$python" -c 'import platform; print(".".join(platform.python_version_tuple()[:2]))')
  if [ "$(cat .venv/.made-for 2>/dev/null)" = "$venv $version" ] && .venv/bin/python -c '' 2>/dev/null; then
    return
  fi
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    need_packages "to make a virtual environment" "python$version-venv"
  say "Making a virtual environment in .venv with Python $version"
  rm -rf .venv
  "$python" -m venv .venv
  echo "$venv $version" >.venv/.made-for
}

# The test lock holds all of the other one, so a machine set up for tests is also set up for serving.
python_packages() {
  local lock=requirements.txt
  [ "$purpose" = run ] || lock=requirements-dev.txt
  if sha256sum --check --status --strict ".venv/.installed-$lock" 2>/dev/null; then return; fi
  say "Installing Python packages from $lock (a minute or two the first time)"
  .venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check --no-input --progress-bar off \
    --retries 5 --require-hashes --no-deps -r "$lock"
  sha256sum "$lock" >".venv/.installed-$lock"
  [ "$purpose" = run ] || sha256sum requirements.txt >.venv/.installed-requirements.txt
}

# The `portal` command, as an installed package would bring it: it works from any folder.
command_line() {
  local site
  site=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  echo "$PWD" >"$site/portal.pth"
  printf '#!/bin/sh\nexec "%s/bin/python" -P -m portal "$@"\n' "$venv" >.venv/bin/portal
  chmod +x .venv/bin/portal
}

smaller_static_files() {
  local newest
  newest=$(find static -newer .venv/.compressed-static -type f \( -name '*.css' -o -name '*.js' -o -name '*.svg' \) \
    -print -quit 2>/dev/null || echo all)
  [ -n "$newest" ] || return 0
  compress_static_files
  touch .venv/.compressed-static
}

system_libraries
virtual_environment
python_packages
[ -x .venv/bin/portal ] || command_line
compile_translations
smaller_static_files
if [ "$purpose" = test ]; then
  need_packages "to look into PDF documents" poppler-utils
  need_packages "to ask a server that the tests installed" curl openssl
  need_packages "to count the attempts at two servers together" redis-tools
  database_server
  proxies
  browser
fi
