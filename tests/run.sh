#!/bin/bash
# Runs the test program given and ends with one line, "N passed, N failed" (and ", N skipped" when some were), from the runner's own report.
set -uo pipefail

report=$(mktemp --suffix=.xml)
trap 'rm -f "$report"' EXIT
"$@" -noColor -noLogo -xml "$report"
code=$?

# <assembly ... total="9" passed="7" failed="1" skipped="1" errors="0">: an error is a failure outside of any test.
count() { sed -n "s/.*<assembly [^>]* $1=\"\([0-9]*\)\".*/\1/p" "$report" | awk '{ sum += $1 } END { print sum + 0 }'; }
passed=$(count passed)
failed=$(($(count failed) + $(count errors)))
skipped=$(count skipped)
# By name once more at the end, where who reads a long log looks first.
python3 - "$report" << 'PYTHON'
import sys, xml.etree.ElementTree as tree
try: tests = tree.parse(sys.argv[1]).iter("test")
except (OSError, tree.ParseError): tests = []
for test in tests:
    if test.get("result") == "Fail": print("FAILED", test.get("name"), "|", " ".join((test.findtext("failure/message") or "").split())[:400])
PYTHON
if [ $((passed + failed)) -eq 0 ] || { [ $code -ne 0 ] && [ $failed -eq 0 ]; }; then
    echo "The test program ended early, with exit code $code."
    failed=$((failed + 1))
fi
[ "$skipped" -eq 0 ] && echo "$passed passed, $failed failed" || echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
