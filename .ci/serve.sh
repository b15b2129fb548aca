#!/usr/bin/env bash
# `make run`: a free port, the set-up that is missing, the database, then gunicorn until Ctrl+C.
cd "$(dirname "$0")/.."
. .ci/common.sh

export HOST=${HOST:-127.0.0.1} PORT=${PORT:-8000}
export PORTAL_BASE_URL=${PORTAL_BASE_URL:-http://${HOST/#0.0.0.0/127.0.0.1}:$PORT}

python=$(find_python)
"$python" .ci/check_port.py
.ci/setup.sh run

if [ "${DEMO:-1}" = 0 ]; then
  .venv/bin/portal setup --no-demo
else
  .venv/bin/portal setup --demo --logins
fi
exec .venv/bin/gunicorn --config portal/gunicorn_conf.py wsgi:app
