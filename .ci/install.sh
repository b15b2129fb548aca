#!/usr/bin/env bash
# `sudo make install`: the portal on a server. Again and again: what is right already stays as it is.
cd "$(dirname "$0")/.."
. .ci/common.sh
. .ci/install_parts.sh
umask 022

PROXY=${PROXY:-$(present_proxy)}
asked_for=${DOMAIN:-}
APT_LOG=$(mktemp)
first_link=""
trap 'rm -f "$APT_LOG"' EXIT

check_what_was_asked() {
  need_root install
  case $PROXY in caddy | nginx | none) ;; *) die "PROXY must be caddy, nginx or none." ;; esac
  case ${DATABASE_URL:-} in
    "" | postgresql://?*) ;;
    *) die "DATABASE_URL must be postgresql://user:password@host/name; without it the portal has a file of its own." ;;
  esac
  [ ! -e "$SETTINGS" ] || return 0
  asked_for=${asked_for:-$(hostname -f 2>/dev/null || hostname)}
  [[ $asked_for =~ ^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$ ]] ||
    die "DOMAIN must be a name such as portal.example.com, not '$asked_for'."
  python=$(find_python)
  HOST=127.0.0.1 PORT=${PORT:-8000} "$python" .ci/check_port.py 2>/dev/null ||
    die "Port ${PORT:-8000} is taken by another program." "Choose another one: sudo make install PORT=8010 …"
}

packages() {
  local python version
  system_libraries
  python=$(find_python)
  version=$("$python" -c 'import platform; print(".".join(platform.python_version_tuple()[:2]))')
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    need_packages "to make a virtual environment" "python$version-venv"
  need_packages "to ask whether pages are answered" curl ca-certificates
  postgres_programs
  case $PROXY in
    caddy) free_for_proxy caddy && need_packages "to serve it behind TLS" caddy ;;
    nginx) free_for_proxy nginx && need_packages "to serve it behind TLS" nginx openssl ;;
  esac
}

# What backups are made with where the data are in PostgreSQL, wherever its server is.
postgres_programs() {
  local named=${DATABASE_URL:-}
  [ -n "$named" ] || [ ! -e "$SETTINGS" ] || named=$(setting DATABASE_URL "")
  [[ $named == postgresql://* ]] || return 0
  { command -v pg_dump && command -v psql; } >/dev/null || need_packages "to back up PostgreSQL" postgresql-client
}

# A proxy that is new here must find its ports free.
free_for_proxy() {
  is_installed "$1" || [ -n "$ROOT" ] || HOST=0.0.0.0 PORT=80 "$(find_python)" .ci/check_port.py 2>/dev/null ||
    die "Port 80 is taken by another program, so $1 could not serve the portal." \
      "If it is nginx: sudo make install PROXY=nginx. If it shall stay as it is: PROXY=none, and lead it to port $PORT."
}

user() {
  id "$PORTAL_USER" >/dev/null 2>&1 && return
  say "Making the system user $PORTAL_USER"
  useradd --system --user-group --home-dir "$ROOT/var/lib/portal" --no-create-home --shell /usr/sbin/nologin "$PORTAL_USER"
}

settings() {
  local group
  group=$(id -gn "$PORTAL_USER")
  if [ ! -e "$SETTINGS" ]; then
    STATE=$ROOT/var/lib/portal BACKUPS=$ROOT/var/backups/portal PORT=${PORT:-8000} UPLOAD=20 DOMAIN=${asked_for,,}
    put "$SETTINGS" 640 "$group" < <(fill portal/deploy/portal.env)
  fi
  asked_database "$group"
  read_settings
  [ -z "$asked_for" ] || [ "${asked_for,,}" = "$DOMAIN" ] ||
    die "$SETTINGS says that the portal is $DOMAIN." "Change PORTAL_BASE_URL there, then run: sudo make install"
  install -d -m 755 "$PREFIX" "$PREFIX/releases" "$PREFIX/python" "$PREFIX/pages"
  install -d -m 750 -o "$PORTAL_USER" -g "$group" "$STATE"
  install -d -m 700 -o "$PORTAL_USER" -g "$group" "$BACKUPS"
}

# The database that DATABASE_URL names. Until the portal is installed another one may be named: the first may not answer.
asked_database() {
  [ -n "${DATABASE_URL:-}" ] && [ "$DATABASE_URL" != "$(setting DATABASE_URL "")" ] || return 0
  [ ! -e "$PREFIX/current" ] ||
    die "$SETTINGS names another database, and the portal's data are there." \
      "README, Growing, tells how they move to PostgreSQL; then change DATABASE_URL in $SETTINGS."
  put "$SETTINGS" 640 "$1" < <(grep -v '^DATABASE_URL=' "$SETTINGS" && printf 'DATABASE_URL=%s\n' "$DATABASE_URL")
}

# The database to date, the first administrator's link, and only then the release in its place.
database() {
  [ ! -e "$PREFIX/current" ] || return 0
  say "Setting up the database"
  first_link=$(with_release "$RELEASE" setup --no-demo)
  point "$PREFIX/current" "releases/${RELEASE##*/}"
}

start() {
  if ! systemd_runs; then
    say "systemd does not run here: everything is in place, nothing was started"
    return
  fi
  [ ${#written[@]} = 0 ] || "$SYSTEMCTL" daemon-reload
  "$SYSTEMCTL" enable --quiet --now "${SERVICES[@]}" "${TIMERS[@]}"
  case " ${written[*]} " in
    *walls.conf* | *portal-web* | *portal-worker*) "$SYSTEMCTL" restart "${SERVICES[@]}" ;;
  esac
  wait_until_ready || die "The portal does not answer. See: journalctl -u portal-web"
}

check_what_was_asked
PORT=${PORT:-8000}
packages
user
settings
make_release
if [ -e "$PREFIX/current" ] && [ "$(readlink -f "$PREFIX/current")" != "$(readlink -f "$RELEASE")" ]; then
  die "The release $(basename "$(readlink "$PREFIX/current")") is installed here, and this folder's is another." \
    "To take it: sudo make upgrade"
fi
put_units "$RELEASE"
database
for page in 413 502; do
  put "$PREFIX/pages/$page.html" 644 < <(fill "portal/deploy/pages/$page.html")
done
start
. .ci/install_proxy.sh
[ ${#written[@]} -gt 0 ] || say "Everything was in place already"
say "The portal is at $(setting PORTAL_BASE_URL "") · settings: $SETTINGS · data: $STATE · backups: $BACKUPS"
[ -z "$first_link" ] || printf '%s\n' "$first_link"
say "Its commands: sudo portal --help; an administrator by name: sudo portal create-admin EMAIL NAME"
