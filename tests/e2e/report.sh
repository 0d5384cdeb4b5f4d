#!/bin/sh
# The report of `sectag screen` in a browser (tests/browser/report.js): ./bootstrap browser installs what it needs.
. "$(dirname "$0")/lib.sh"
NODE_PATH=${NODE_PATH:-build/browser/node_modules}
SECTAG_CHROMIUM=${SECTAG_CHROMIUM:-$(command -v chromium)}
SECTAG_MODEL=models/default/default.sectag
export NODE_PATH SECTAG_CHROMIUM SECTAG_MODEL
[ -n "$SECTAG_CHROMIUM" ] || { echo "no chromium: not checked"; exit 77; }
command -v node >/dev/null || { echo "no node: not checked"; exit 77; }
NODE_PATH=$(realpath -m "$NODE_PATH") node -e 'require("playwright-core")' 2>/dev/null ||
    { echo "no playwright-core in $NODE_PATH (./bootstrap browser): not checked"; exit 77; }
NODE_PATH=$(realpath -m "$NODE_PATH") HOME=$T timeout 300 node tests/browser/report.js "$S" "$T"
