# Shared by the set-up scripts: messages, the Python to use, Debian packages, what is made of the sources. Sourced.
set -euo pipefail
export LC_ALL="${LC_ALL:-C.UTF-8}"

say() { printf '» %s\n' "$*" >&2; }

die() {
  printf '\n' >&2
  printf '%s\n' "$@" >&2
  exit 1
}

# Prints a Python that is new enough, if there is one that can make virtual environments; PYTHON=/path/to/python overrides
# the choice. The system's own comes first: every user may read it, it is mended with the system, and it is built with
# optimisations that make it a fifth quicker than what pyenv builds.
find_python() {
  local name enough=""
  for name in ${PYTHON:-/usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11}; do
    "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    enough=${enough:-$(command -v "$name")}
    if "$name" -c 'import ensurepip, venv' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  [ -n "$enough" ] || die "The portal needs Python 3.11 or newer, and none was found." \
    "Install it, or name it: make run PYTHON=/path/to/python3"
  echo "$enough"
}

# Runs apt-get as root, by itself or through sudo.
as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null && { sudo -n true || : </dev/tty; } 2>/dev/null; then
    sudo "$@" # asks at the terminal when it needs a password
  else
    return 77
  fi
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
    apt-get -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3 -qq "$@"
}

is_installed() {
  dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

# need_packages WHY PACKAGE...: installs those that are missing, and only then asks for new lists.
need_packages() {
  local why=$1 missing=() package
  shift
  if ! command -v apt-get >/dev/null; then
    say "This machine has no apt-get; make sure that it has, $why: $*"
    return
  fi
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "Installing Debian packages $why: ${missing[*]}"
  if ! { apt_get update && apt_get install -y --no-install-recommends "${missing[@]}"; } \
    >"$APT_LOG" 2>&1 </dev/null; then
    tail -n 15 "$APT_LOG" >&2
    die "These packages could not be installed: ${missing[*]}" \
      "If you are neither root nor allowed to use sudo, ask an administrator to run:" \
      "  apt-get update && apt-get install -y ${missing[*]}" \
      "and then run the same make command again."
  fi
}

system_libraries() {
  need_packages "to make PDF documents, with a Chinese face for rare characters" \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk
}

# In the present folder, with its .venv: the catalogues that are newer than what was made of them.
compile_translations() {
  local source
  for source in portal/translations/*/LC_MESSAGES/messages.po; do
    [ -f "$source" ] && [ "$source" -nt "${source%.po}.mo" ] || continue
    .venv/bin/pybabel --quiet compile --input-file "$source" --output-file "${source%.po}.mo"
  done
}

# Compressed once beside the originals; the web server picks the smaller one by itself.
compress_static_files() {
  find static -type f \( -name '*.br' -o -name '*.gz' \) -delete
  local folder
  for folder in css js icons vendor/bootstrap vendor/htmx; do
    [ -d "static/$folder" ] || continue
    .venv/bin/python -m whitenoise.compress --quiet "static/$folder" >/dev/null
  done
}
