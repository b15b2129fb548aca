#!/usr/bin/env bash
# `make test` after its set-up: checks style, types and templates, then tests. Words are handed on to pytest.
# The demo world that the browser walks through is built meanwhile, with what a worker does in its first round: no test
# need wait for it.
cd "$(dirname "$0")/.."
. .ci/common.sh

scratch=$(mktemp -d)
trap 'kill "${world:-}" 2>/dev/null || true; rm -rf "$scratch"' EXIT
export PORTAL_TEST_WORLD=$scratch/world
(
  export PORTAL_INSTANCE=$PORTAL_TEST_WORLD
  .venv/bin/portal setup --demo && .venv/bin/portal worker --once
) >"$scratch/log" 2>&1 &
world=$!
make --no-print-directory lint
wait "$world" || {
  cat "$scratch/log" >&2
  die "The demo world could not be built."
}
.venv/bin/pytest "$@"
