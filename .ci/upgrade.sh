#!/usr/bin/env bash
# `sudo make upgrade`: this folder's release in place of the one that is served; whatever fails, the old one comes back.
# `upgrade.sh back` (`sudo make rollback`): the release before this one, when something shows up only later.
cd "$(dirname "$0")/.."
. .ci/common.sh
. .ci/install_parts.sh
umask 022

UNDER_WAY=$PREFIX/upgrading # while it exists an upgrade has begun and not ended: OLD, BACKUP
PREVIOUS=$PREFIX/previous   # what `back` returns to: the release and the backup made before it was left
LOG=$PREFIX/upgrade.log

stop_all() { "$SYSTEMCTL" stop "${SERVICES[@]}"; }

start_all() {
  "$SYSTEMCTL" daemon-reload
  "$SYSTEMCTL" start "${SERVICES[@]}" || return 1
  wait_until_ready || return 1
  "$SYSTEMCTL" is-active --quiet "${SERVICES[@]}"
}

# back_up FOR: everything into one file, and its name. In a folder of its own, where no nightly one takes its place.
back_up() { with_release "$PREFIX/current" backup --to "$BACKUPS/before-$1" | sed -n 1p; }

# logged WORD...: what it says is shown only when it fails.
logged() {
  "$@" >>"$LOG" 2>&1 && return
  tail -n 12 "$LOG" >&2
  return 1
}

# return_to OLD BACKUP: the old program, and the data as they were when everything had been stopped.
return_to() {
  local old=$1 backup=$2
  logged stop_all || true
  point "$PREFIX/current" "$old"
  put_units "$PREFIX/$old"
  if [ -n "$backup" ]; then
    logged with_release "$PREFIX/$old" restore --replace "$backup" || stuck "the backup could not be restored" "$@"
    say "What was there lies in $(find "$STATE" -maxdepth 1 -name 'before-restore-*' | sort | tail -n 1)"
  fi
  rm -f "$UNDER_WAY"
  logged start_all || stuck "the old release does not answer" "$@"
}

stuck() {
  die "THE PORTAL IS STOPPED: $1." "The old release: $PREFIX/$2" "The data before the upgrade: $3" \
    "See journalctl -u portal-web and $LOG; then by hand:" \
    "  sudo portal restore --replace $3 && sudo systemctl start ${SERVICES[*]}"
}

fail() {
  trap - EXIT
  printf '\n' >&2
  say "The upgrade failed: $1. Going back to ${old##*/}"
  return_to "$old" "${backup:-}"
  die "Nothing changed: ${old##*/} is served again, with the data from before the upgrade." "Why it failed: $1 ($LOG)"
}

# An upgrade that was cut off (power, a closed terminal) is taken back before anything else is done. Where pages have
# been answered since (/readyz: program and database agree), going back would take what people entered meanwhile.
take_back_what_was_cut_off() {
  [ -e "$UNDER_WAY" ] || return 0
  local old backup
  if "$SYSTEMCTL" is-active --quiet "${SERVICES[@]}" && wait_until_ready; then
    say "An earlier upgrade did not end; the portal was brought back since, and its data stay as they are"
    rm "$UNDER_WAY"
    return
  fi
  { read -r old && read -r backup; } <"$UNDER_WAY" || true
  say "An earlier upgrade was cut off: going back to ${old##*/} and the data from before it"
  return_to "$old" "$backup"
}

enough_space() {
  local needed free
  needed=$(du -sk "$STATE" | cut -f1)
  free=$(df -Pk "$STATE" | awk 'NR == 2 { print $4 }')
  [ "$free" -gt $((needed * 2 + 200000)) ] ||
    die "There are only $((free / 1024)) MB free on the disk of $STATE." \
      "An upgrade needs room for a backup and for its return: $((needed * 2 / 1024 + 200)) MB."
}

prune() {
  local kept name
  kept=" $(basename "$(readlink "$PREFIX/current")") $(basename "$(head -n 1 "$PREVIOUS" 2>/dev/null || echo -)") "
  for name in "$PREFIX"/releases/*/; do
    [[ $kept == *" $(basename "$name") "* ]] || rm -rf "$name"
  done
  for name in "$BACKUPS"/before-*/; do
    name=${name%/}
    [[ $kept == *" ${name##*/before-} "* ]] || rm -rf "$name"
  done
  for name in "$PREFIX"/python/*/; do
    find "$PREFIX/releases" -maxdepth 2 -name .venv -lname "${name%/}" | grep -q . || rm -rf "$name"
  done
}

# to_release NEW: stop, back up, migrate, look, switch, start; each step may fail and is then taken back.
to_release() {
  local new=$1
  trap 'fail "it was interrupted"' EXIT
  trap 'exit 130' INT TERM HUP
  say "Stopping the portal and making a backup"
  logged stop_all || fail "the portal could not be stopped"
  backup=$(back_up "${new##*/}" 2>>"$LOG") || { backup="" && fail "the backup could not be made"; }
  printf '%s\n' "$old" "$backup" >"$UNDER_WAY"
  say "Bringing the database to date ($backup holds everything as it was)"
  logged with_release "$new" setup --no-demo || fail "the database could not be brought to date"
  logged with_release "$new" doctor --before-opening --language en || fail "the new release found something broken"
  say "Switching to ${new##*/}"
  put_units "$new"
  point "$PREFIX/current" "releases/${new##*/}"
  logged start_all || fail "the new release does not answer"
  printf '%s\n' "$old" "$backup" >"$PREVIOUS"
  rm "$UNDER_WAY"
  trap - EXIT INT TERM HUP
}

upgrade() {
  make_release
  old=$(readlink "$PREFIX/current")
  if [ "$PREFIX/$old" = "$RELEASE" ]; then
    say "${old##*/} is what is served already"
    return
  fi
  to_release "$RELEASE"
  prune
  say "${RELEASE##*/} is served. The one before: sudo make rollback"
}

# The release before this one. Its data too only where the database was changed in between.
back() {
  local target before same=yes
  [ -e "$PREVIOUS" ] || die "There is no release to go back to."
  { read -r target && read -r before; } <"$PREVIOUS"
  old=$(readlink "$PREFIX/current")
  diff -rq --exclude=__pycache__ "$PREFIX/$old/portal/db/migrations/versions" \
    "$PREFIX/$target/portal/db/migrations/versions" >/dev/null || same=no
  if [ $same = no ] && [ "${DISCARD:-0}" != 1 ]; then
    die "The database was changed since ${target##*/}, so going back brings back the data of its last minute too:" \
      "  $before" "What was entered since then is put aside into a backup and is no longer in the portal." \
      "If that is what you want: sudo make rollback DISCARD=1"
  fi
  logged stop_all
  say "A backup of what is there now: $(back_up rollback)"
  [ $same = no ] || before=""
  return_to "$target" "$before"
  rm -f "$PREVIOUS"
  say "${target##*/} is served again"
}

need_root upgrade
[ -e "$PREFIX/current" ] || die "No portal is installed in $PREFIX. Run: sudo make install DOMAIN=portal.example.com"
read_settings
install -m 600 /dev/null "$LOG"
take_back_what_was_cut_off
enough_space
case ${1:-} in
  back) back ;;
  *) upgrade ;;
esac
