#!/usr/bin/env bash
# `sudo make uninstall`: the program, its units and its site go; data, backups and settings stay.
cd "$(dirname "$0")/.."
. .ci/common.sh
. .ci/install_parts.sh

need_root uninstall
[ -e "$SETTINGS" ] || die "No portal is installed here."
read_settings
main=$ETC/caddy/Caddyfile

"$SYSTEMCTL" disable --quiet --now "${SERVICES[@]}" "${TIMERS[@]}" 2>/dev/null || true
if [ -e "$ETC/caddy/portal.caddy" ]; then
  rm "$ETC/caddy/portal.caddy"
  sed -i "\|^import $ETC/caddy/portal.caddy|d" "$main"
  if grep -q '^# Written by `make install`' "$main"; then
    ! systemd_runs || "$SYSTEMCTL" disable --quiet --now caddy || true
  else
    ! systemd_runs || "$SYSTEMCTL" reload caddy || true
  fi
fi
if [ -e "$ETC/nginx/sites-available/portal" ]; then
  rm -f "$ETC/nginx/sites-enabled/portal" "$ETC/nginx/sites-available/portal"
  ! systemd_runs || "$SYSTEMCTL" reload nginx || true
fi
for unit in "${UNIT_FILES[@]}"; do
  rm -f "$UNITS/$unit"
done
rm -rf "$UNITS/portal-.service.d" "$COMMAND" "$PREFIX"
! systemd_runs || "$SYSTEMCTL" daemon-reload
say "The program is gone. What stays, and how to remove that too:"
say "  sudo rm -r $STATE $BACKUPS $ETC/portal && sudo userdel $PORTAL_USER"
