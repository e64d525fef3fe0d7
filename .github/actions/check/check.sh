#!/usr/bin/env bash
# Runs the check and posts its page. The environment says what: PROGRAM, and one item a line in BASELINES (files or
# patterns), TOLERANCES and LIMITS; STRICT is true or false. Ends with the check's own exit code.
set -euo pipefail

arguments=(check --baseline)
while IFS= read -r pattern; do
  [ -n "$pattern" ] || continue
  # A pattern that matches nothing stays as it is: the program then says that there is no such baseline.
  found=$(compgen -G "$pattern" | sort || true)
  while IFS= read -r file; do arguments+=("$file"); done <<<"${found:-$pattern}"
done <<<"${BASELINES:-baselines/*.json}"
while IFS= read -r tolerance; do
  if [ -n "$tolerance" ]; then arguments+=(--tolerance "$tolerance"); fi
done <<<"${TOLERANCES:-}"
while IFS= read -r limit; do
  if [ -n "$limit" ]; then arguments+=(--limit "$limit"); fi
done <<<"${LIMITS:-}"
if [ "${STRICT:-false}" = true ]; then arguments+=(--strict); fi

page=$(mktemp)
trap 'rm -f "$page"' EXIT
status=0
"${PROGRAM:-.build/release/simulate-failover}" "${arguments[@]}" --format markdown --output "$page" || status=$?
if [ ! -s "$page" ]; then
  printf '## Failover check: not made\n\nIt ended with exit code %s; the log says why.\n' "$status" >"$page"
fi
cat "$page"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$page" >>"$GITHUB_STEP_SUMMARY"; fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "status=$status" >>"$GITHUB_OUTPUT"; fi
exit "$status"
