#!/usr/bin/env bash
# `make test` after its set-up: checks style, types and templates, then tests. Words are handed on to pytest.
# The demo world that the browser walks through is built meanwhile, with what a worker does in its first round; the
# tests that walk through it wait until `.ready`, or the log of what went wrong, lies beside it.
cd "$(dirname "$0")/.."
. .ci/common.sh

scratch=$(mktemp -d)
trap 'kill "${world:-}" 2>/dev/null || true; rm -rf "$scratch"' EXIT
export PORTAL_TEST_WORLD=$scratch/world
(
  export PORTAL_INSTANCE=$PORTAL_TEST_WORLD
  if .venv/bin/portal setup --demo && .venv/bin/portal worker --once; then
    touch "$PORTAL_TEST_WORLD.ready"
  else
    cp "$scratch/log" "$PORTAL_TEST_WORLD.failed"
  fi
) >"$scratch/log" 2>&1 &
world=$!
make --no-print-directory lint
.venv/bin/pytest "$@"
