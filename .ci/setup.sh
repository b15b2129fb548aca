#!/usr/bin/env bash
# Does the set-up that is missing and nothing else: `setup.sh run` for serving, `setup.sh test` for the tests.
cd "$(dirname "$0")/.."
. .ci/common.sh

purpose=${1:?run or test}
venv=$PWD/.venv
APT_LOG=$(mktemp)
trap 'rm -f "$APT_LOG"' EXIT

# What the tests start by themselves. Some of these packages start a service as soon as they are installed, and at every
# start of the machine: none of it is wanted here.
test_programs() {
  local services=(nginx caddy) names=() name policy=/usr/sbin/policy-rc.d made="" cluster=""
  for name in "${services[@]}"; do
    is_installed "$name" || names+=("$name")
  done
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || cluster=/etc/postgresql-common/createcluster.d/portal-tests.conf
  [ -z "$cluster" ] || as_root sh -c "mkdir -p ${cluster%/*} && echo 'create_main_cluster = false' >$cluster" || true
  [ ${#names[@]} -eq 0 ] || [ -e "$policy" ] || made=$policy
  [ -z "$made" ] || as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy" || true
  need_packages "to test: PostgreSQL, two proxies, a browser, Redis, a reader of PDF" \
    poppler-utils curl openssl redis-tools ${cluster:+postgresql} $(browser_packages) "${services[@]}"
  [ -z "$cluster" ] || as_root rm -f "$cluster" || true
  [ -z "$made" ] || as_root rm -f "$made" || true
  [ ${#names[@]} -eq 0 ] || as_root systemctl disable --quiet "${names[@]}" 2>/dev/null || true
}

# Playwright's own program needs libatomic1. Ubuntu's chromium is a snap, which tests cannot drive;
# there Playwright brings a browser that they can.
browser_packages() { if is_ubuntu; then echo libatomic1; else echo libatomic1 chromium-headless-shell; fi; }

ubuntus_browser() {
  is_ubuntu && [ ! -f .venv/.browser ] || return 0
  say "Installing a browser for the tests"
  .venv/bin/playwright install --with-deps chromium >&2
  touch .venv/.browser
}

is_ubuntu() { grep -qx 'ID=ubuntu' /etc/os-release; }

virtual_environment() {
  local python version
  python=$(find_python)
  version=$("$python" -c 'import platform; print(".".join(platform.python_version_tuple()[:2]))')
  if [ "$(cat .venv/.made-for 2>/dev/null)" = "$venv $python $version" ] && .venv/bin/python -c '' 2>/dev/null; then
    return
  fi
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    need_packages "to make a virtual environment" "python$version-venv"
  say "Making a virtual environment in .venv with Python $version"
  rm -rf .venv
  "$python" -m venv .venv
  echo "$venv $python $version" >.venv/.made-for
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
if [ "$purpose" = test ]; then
  test_programs & # beside Python's packages: each takes a minute on a machine that has neither
  programs=$!
fi
python_packages
[ -x .venv/bin/portal ] || command_line
compile_translations
smaller_static_files
if [ "$purpose" = test ]; then
  wait "$programs"
  ubuntus_browser
fi
