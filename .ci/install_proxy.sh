# The site of the portal in Caddy or nginx. Sourced by install.sh, after the settings were read.

# Only where something of it was written, and systemd runs.
reload() {
  case " ${written[*]} " in *"/$1/"*) ;; *) return 0 ;; esac
  ! systemd_runs || "$SYSTEMCTL" reload-or-restart "$1"
}

# A name that only this net knows gets a certificate of Caddy's own; others one that every browser trusts.
caddy_tls() {
  case $DOMAIN in
    *.local | *.lan | *.internal | *.localhost) echo "tls internal" ;;
    *.*[a-z]) ;;
    *) echo "tls internal" ;;
  esac
}

# Caddy's own first page makes room; a Caddyfile that somebody wrote gets one line.
caddy_site() {
  local main=$ETC/caddy/Caddyfile
  put "$ETC/caddy/portal.caddy" 644 < <(fill portal/deploy/portal.caddy "TLS=$(caddy_tls)" | sed '/^\t$/d')
  if [ ! -e "$main" ] || is_untouched "$main" || grep -q '^# Written by `make install`' "$main"; then
    put "$main" 644 < <(fill portal/deploy/Caddyfile)
  elif ! grep -q "import $ETC/caddy/portal.caddy" "$main"; then
    put "$main" 644 < <(cat "$main" && printf '\nimport %s\n' "$ETC/caddy/portal.caddy")
  fi
  caddy validate --adapter caddyfile --config "$main" >"$APT_LOG" 2>&1 || refused caddy
  reload caddy
}

# Whether a file is as its package brought it.
is_untouched() {
  dpkg-query -W -f='${Conffiles}\n' caddy 2>/dev/null | grep -q "^ $1 $(md5sum <"$1" | cut -d' ' -f1)"
}

# certbot's certificate where there is one; until then one that browsers warn of.
nginx_certificate() {
  CERTIFICATE=$ETC/letsencrypt/live/$DOMAIN/fullchain.pem
  CERTIFICATE_KEY=$ETC/letsencrypt/live/$DOMAIN/privkey.pem
  [ ! -e "$CERTIFICATE" ] || return 0
  CERTIFICATE=$ETC/portal/tls/$DOMAIN.crt
  CERTIFICATE_KEY=$ETC/portal/tls/$DOMAIN.key
  say "The certificate is our own, and browsers warn of it; README says how certbot gets a real one"
  [ ! -e "$CERTIFICATE" ] || return 0
  install -d -m 700 "$ETC/portal/tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj "/CN=$DOMAIN" \
    -addext "subjectAltName=DNS:$DOMAIN" -keyout "$CERTIFICATE_KEY" -out "$CERTIFICATE" 2>"$APT_LOG"
}

nginx_site() {
  local http=${HTTP_PORT:-80} https=${HTTPS_PORT:-443} brotli="" suffix=""
  [ ! -e /usr/lib/nginx/modules/ngx_http_brotli_static_module.so ] || brotli="brotli_static on;"
  [ "$https" = 443 ] || suffix=":$https"
  nginx_certificate
  put "$ETC/nginx/sites-available/portal" 644 < <(
    fill portal/deploy/nginx.conf "HTTP_PORT=$http" "HTTPS_PORT=$https" "HTTPS_SUFFIX=$suffix" "BROTLI=$brotli" \
      "CERTIFICATE=$CERTIFICATE" "CERTIFICATE_KEY=$CERTIFICATE_KEY" | sed '/^ *$/{N;/^ *\n *$/D}')
  mkdir -p "$ETC/nginx/sites-enabled"
  [ -e "$ETC/nginx/sites-enabled/portal" ] || ln -s ../sites-available/portal "$ETC/nginx/sites-enabled/portal"
  [ -n "$ROOT" ] || nginx -t >"$APT_LOG" 2>&1 || refused nginx
  reload nginx
}

refused() {
  tail -n 5 "$APT_LOG" >&2
  die "$1 refuses its configuration. Look at the lines above; the portal itself runs."
}

case $PROXY in
  caddy) caddy_site ;;
  nginx) nginx_site ;;
  none) say "No proxy was set up: lead yours to http://127.0.0.1:$PORT, with X-Forwarded-For, -Proto and -Host" ;;
esac
