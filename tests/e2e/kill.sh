#!/bin/sh
# Nothing that was acknowledged is lost, wherever the program is killed (kill.c does the killing).
. "$(dirname "$0")/lib.sh"
"$MAKE_MODEL" "$T/a.sectag" -1.2
"$MAKE_MODEL" "$T/b.sectag" -1.4
check "killed at random moments, nothing is lost"  "$3" "$S" "$T/a.sectag" "$T/b.sectag" "$T"
finish
