# Shared by install.sh, upgrade.sh and uninstall.sh: where things lie on a server, and how a release is made. Sourced.
#
# ROOT=/some/folder puts everything under that folder, PORTAL_USER= names another user and SYSTEMCTL= another program
# than systemctl: so the tests install and upgrade without being root and without systemd.
export PYTHON=${PYTHON:-/usr/bin/python3 /usr/bin/python3.14 /usr/bin/python3.13 /usr/bin/python3.12 /usr/bin/python3.11}
ROOT=${ROOT:-}
PREFIX=${PREFIX:-$ROOT/opt/portal}
ETC=$ROOT/etc
SETTINGS=$ETC/portal/portal.env
UNITS=$ETC/systemd/system
COMMAND=$ROOT/usr/local/bin/portal
PORTAL_USER=${PORTAL_USER:-portal}
SYSTEMCTL=${SYSTEMCTL:-systemctl}
READY_SECONDS=${READY_SECONDS:-60}
CODE=(portal templates static wsgi.py setup.cfg pyproject.toml requirements.txt README.md CHANGELOG.md LICENSE)
SERVICES=(portal-web.service portal-worker.service)
TIMERS=(portal-backup.timer portal-verify.timer)
UNIT_FILES=("${SERVICES[@]}" "${TIMERS[@]}" portal-backup.service portal-verify.service)
written=()

need_root() {
  [ "$(id -u)" = 0 ] || [ "$(id -un)" = "$PORTAL_USER" ] || die "This needs root. Run: sudo make $1"
}

systemd_runs() { [ "$SYSTEMCTL" != systemctl ] || [ -d /run/systemd/system ]; }

# The proxy that an earlier installation chose; Caddy on a new server.
present_proxy() {
  if [ -e "$ETC/nginx/sites-available/portal" ]; then
    echo nginx
  elif [ -e "$ETC/caddy/portal.caddy" ] || [ ! -e "$PREFIX/current" ]; then
    echo caddy
  else
    echo none
  fi
}

# setting NAME DEFAULT: what portal.env says.
setting() {
  local found
  found=$(sed -nE "s/^$1=(\"(.*)\"|'(.*)'|(.*))\$/\2\3\4/p" "$SETTINGS" | tail -n 1)
  echo "${found:-$2}"
}

# The settings that units and sites are drawn from. Asked again after portal.env has been written.
read_settings() {
  STATE=$(setting PORTAL_INSTANCE "$ROOT/var/lib/portal")
  BACKUPS=$(setting PORTAL_BACKUPS "$STATE/backups")
  PORT=$(setting PORT 8000)
  UPLOAD=$(setting PORTAL_UPLOAD_MB 20)
  DOMAIN=$(setting PORTAL_BASE_URL "" | sed -E 's|^https?://||; s|[:/].*||')
}

# fill FILE NAME=VALUE...: a template of portal/deploy with its placeholders filled in.
fill() {
  local file=$1 pair script=""
  shift
  for pair in "PREFIX=$PREFIX" "ETC=$ETC" "SETTINGS=$SETTINGS" "USER=$PORTAL_USER" "GROUP=$(id -gn "$PORTAL_USER")" \
    "STATE=$STATE" "BACKUPS=$BACKUPS" "PORT=$PORT" "UPLOAD=$UPLOAD" \
    "UPLOAD_BYTES=$((UPLOAD * 1048576))" "DOMAIN=$DOMAIN" "$@"; do
    script+="s|@${pair%%=*}@|${pair#*=}|g;"
  done
  sed "$script" "$file"
}

# put TARGET MODE [GROUP]: standard input into TARGET, unless that is what it holds already.
put() {
  local target=$1 mode=$2 group=${3:-} new
  mkdir -p "$(dirname "$target")"
  new=$(mktemp "$(dirname "$target")/.new-XXXXXX")
  cat >"$new"
  chmod "$mode" "$new"
  [ -z "$group" ] || chgrp "$group" "$new"
  if cmp -s "$new" "$target" && [ "$(stat -c %a%G "$new")" = "$(stat -c %a%G "$target")" ]; then
    rm "$new"
    return
  fi
  mv "$new" "$target"
  written+=("$target")
  say "Wrote $target"
}

# put_units RELEASE: its units, their walls and the `portal` command.
put_units() {
  local from=$1/portal/deploy unit
  for unit in "${UNIT_FILES[@]}"; do
    put "$UNITS/$unit" 644 < <(fill "$from/$unit")
  done
  put "$UNITS/portal-.service.d/walls.conf" 644 < <(fill "$from/walls.conf")
  put "$COMMAND" 755 < <(fill "$from/command")
}

# Prints the name of the release that this folder's code makes: its version and a mark of its content.
release_name() {
  local version mark
  version=$(sed -nE 's/^version = "(.*)"/\1/p' pyproject.toml)
  mark=$(packed --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=go-w | sha256sum | cut -c1-10)
  echo "$version-$mark"
}

packed() {
  tar --exclude=__pycache__ --exclude='*.mo' --exclude='*.br' --exclude='static/**.gz' "$@" -cf - "${CODE[@]}"
}

# make_environment: the locked packages, once for each lock and Python. Sets ENVIRONMENT.
make_environment() {
  local python mark
  python=$(find_python)
  mark=$({ "$python" -VV && cat requirements.txt; } | sha256sum | cut -c1-10)
  ENVIRONMENT=$PREFIX/python/$mark
  [ ! -e "$ENVIRONMENT/.whole" ] || return 0
  say "Installing the locked Python packages into $ENVIRONMENT (a minute or two)"
  rm -rf "$ENVIRONMENT"
  mkdir -p "$PREFIX/python"
  "$python" -m venv "$ENVIRONMENT"
  "$ENVIRONMENT/bin/python" -m pip install --quiet --quiet --disable-pip-version-check --no-input --progress-bar off \
    --retries 5 --require-hashes --no-deps -r requirements.txt
  touch "$ENVIRONMENT/.whole"
}

# make_release: this folder's code with what belongs to it, aside from what is being served. Sets RELEASE.
make_release() {
  make_environment
  RELEASE=$PREFIX/releases/$(release_name)
  [ ! -e "$RELEASE/.whole" ] || return 0
  say "Putting the release ${RELEASE##*/} into $PREFIX/releases"
  rm -rf "$RELEASE"
  mkdir -p "$RELEASE"
  packed | tar -xf - --no-same-owner -C "$RELEASE"
  chmod -R u=rwX,go=rX "$RELEASE"
  ln -s "$ENVIRONMENT" "$RELEASE/.venv"
  (cd "$RELEASE" && compile_translations && compress_static_files && .venv/bin/python -m compileall -q portal wsgi.py)
  touch "$RELEASE/.whole"
}

# point LINK TARGET: in one step, so that it never points nowhere.
point() {
  ln -sfn "$2" "$1.new"
  mv -T "$1.new" "$1"
}

# with_release RELEASE WORD...: a command of that release, with this server's settings and as its user.
with_release() {
  local release=$1
  shift
  PORTAL_RELEASE=$release "$COMMAND" "$@"
}

# Waits until pages are answered; false when they are not in time.
wait_until_ready() {
  local left=$((READY_SECONDS * 5))
  while ! curl -fsS -m 5 -o /dev/null -H "Host: $DOMAIN" -H 'X-Forwarded-Proto: https' \
    "http://127.0.0.1:$PORT/readyz" 2>/dev/null; do
    [ $((left -= 1)) -gt 0 ] || return 1
    sleep 0.2
  done
}
