#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# Sets up, builds and runs all tests; the last line is 'N passed, N failed'.
#   test/run.sh [--preset NAME]     presets: dev (default), asan, tsan, release
#   test/run.sh --sanitize          lit alone, with the tools built under address and undefined behaviour
# Tests that need data sets or recorded runs use WEFT_DATA and WEFT_GOLDEN when they are set.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root" || exit 1
preset=dev
sanitize=
if [ "${1:-}" = --preset ]; then
  preset=${2:?"--preset needs a name"}
elif [ "${1:-}" = --sanitize ] && [ $# -eq 1 ]; then
  preset=asan
  sanitize=1
elif [ $# -gt 0 ]; then
  echo "usage: test/run.sh [--preset NAME | --sanitize]" >&2
  exit 2
fi

tools/dev/setup.sh || exit 1
if [ -z "$sanitize" ]; then
  tools/dev/build.sh "$preset" || exit 1
fi
build=$(tools/dev/build.sh --folder "$preset")

passed=0
failed=0
# Adds up one runner's counts: count PASSED FAILED.
count() {
  passed=$((passed + $1))
  failed=$((failed + $2))
}

echo "== lit"
rm -f "$build/lit.xml"
if [ -n "$sanitize" ]; then
  tools/dev/test-compiler.sh || true
else
  /usr/lib/llvm-22/bin/lit -s -v --no-progress-bar --xunit-xml-output "$build/lit.xml" "$build/test" || true
fi
if [ -s "$build/lit.xml" ]; then
  count $(python3 - "$build/lit.xml" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree
suites = tree.parse(sys.argv[1]).getroot().iter("testsuite")
tests = failures = skipped = 0
for suite in suites:
    tests += int(suite.get("tests", 0))
    failures += int(suite.get("failures", 0))
    skipped += int(suite.get("skipped", 0))
print(tests - failures - skipped, failures)
PYTHON
  )
else
  count 0 1
fi

if [ -n "$sanitize" ]; then
  echo "$passed passed, $failed failed"
  [ "$failed" -eq 0 ]
  exit
fi

echo "== GoogleTest"
for binary in "$build"/bin/*Tests "$build"/runtime/bin/*Tests; do
  [ -x "$binary" ] || continue
  report=$build/$(basename "$binary").json
  rm -f "$report"
  "$binary" --gtest_brief=1 --gtest_output="json:$report"
  status=$?
  if [ -s "$report" ]; then
    count $(python3 -c '
import json, sys
r = json.load(open(sys.argv[1]))
print(r["tests"] - r["failures"] - r["disabled"], r["failures"])' "$report")
  fi
  # A crash leaves no report, or one without the failure.
  if [ $status -ne 0 ] && { [ ! -s "$report" ] || grep -q '"failures": 0' "$report"; }; then count 0 1; fi
done

echo "== fuzzers"
counts=$(WEFT_BUILD="$build" test/Fuzz/run.sh | tail -n 1 | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p')
count ${counts:-0 1}

for check in tools/dev/check-*; do
  echo "== $(basename "$check")"
  if "$check" "$build"; then count 1 0; else count 0 1; fi
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
