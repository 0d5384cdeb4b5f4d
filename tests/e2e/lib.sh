# lib.sh: what the end-to-end tests share. Each test sources it with the built program and make_tiny_model as arguments:
#   . tests/e2e/lib.sh
# $S is the program, $T an empty folder, SECTAG_MODEL the tiny model. Every check prints a line; finish ends the test.
S=$1
MAKE_MODEL=$2
[ -x "$S" ] && [ -x "$MAKE_MODEL" ] || { echo "usage: $0 SECTAG MAKE_TINY_MODEL"; exit 2; }
T=$(mktemp -d) || exit 2
trap 'rm -rf "$T"' EXIT
"$MAKE_MODEL" "$T/tiny.sectag" || exit 2
SECTAG_MODEL=$T/tiny.sectag
export SECTAG_MODEL
XDG_DATA_HOME=$T/data # no workspace of whoever runs the tests
SECTAG_ANALYST=anna
SECTAG_NOW=2026-01-02T03:04:05Z
export XDG_DATA_HOME SECTAG_ANALYST SECTAG_NOW
unset NO_COLOR SECTAG_WORKSPACE
checks=0
failures=0

# check WHAT COMMAND...: the command must succeed.
check() {
    what=$1
    shift
    checks=$((checks + 1))
    if "$@"; then echo "ok    $what"; else echo "FAIL  $what"; failures=$((failures + 1)); fi
}

# run CODE COMMAND...: runs with output in $T/out, messages in $T/err; succeeds when the exit code is CODE.
run() {
    expected=$1
    shift
    "$@" >"$T/out" 2>"$T/err" </dev/null
    code=$?
    [ "$code" -eq "$expected" ] || { echo "      exit code $code, not $expected: $*"; sed 's/^/      /' "$T/err"; return 1; }
}

# built_with READER: was it built with the reader (PDF, DOCX, HTML) or library (UCHARDET, ICU)? What is not checked is said.
built_with() {
    case " $SECTAG_WITHOUT " in
    *" $1 "*) echo "no $1 in this build: not checked"; return 1 ;;
    esac
}

lines_of() { wc -l <"$1" | tr -d ' '; }
has_lines() { [ "$(lines_of "$1")" -eq "$2" ]; }   # FILE N
says() { grep -qF -- "$1" "$T/err"; }              # TEXT on standard error
prints() { grep -qF -- "$1" "$T/out"; }            # TEXT on standard output
one_line_error() { has_lines "$T/err" 1 && grep -q '^sectag: ' "$T/err"; }

finish() {
    echo "$checks checks, $failures failed"
    [ "$failures" -eq 0 ]
    exit
}
