#!/bin/sh
# Readers that are switched off at configure time: the build needs none of their libraries, compiles clean, says which reader
# is missing, and reads everything else.
#
#   tests/e2e/readers.sh SECTAG MAKE_TINY_MODEL MAKE_DOCUMENTS CMAKE PKG_CONFIG COMPILER WITHOUT...
#
# Each WITHOUT is a list of what one build goes without: "PDF DOCX HTML UCHARDET ICU" is all of it, PDF one reader alone.
# ctest tries all together and one; one by one takes minutes:
#
#   tests=build/release/tests; sh tests/e2e/readers.sh build/release/classify/sectag $tests/make_tiny_model \
#       $tests/make_documents cmake pkg-config cc PDF DOCX HTML UCHARDET ICU "DOCX HTML"
. "$(dirname "$0")/lib.sh"
MAKE=$3
CMAKE=$4
PKG_CONFIG=$5
COMPILER=$6
shift 6
B=$T/build
mkdir "$T/kinds"
for kind in pdf html docx txt; do "$MAKE" $kind "$T/kinds/a.$kind" 2 2>/dev/null || echo "no $kind is made: not checked"; done
printf 'PK\003\004%026dxl/workbook.xml and no more than it takes to know a spreadsheet by' 0 >"$T/sheet.xlsx"
printf 'id,clause\n7,开展疫苗研发。\n' >"$T/kinds/a.csv"

# A pkg-config to which the libraries of what is left out are unknown.
hide() { # OPTION...
    hidden="|"
    for option in "$@"; do
        case $option in
        PDF) hidden="$hidden poppler-glib|" ;;
        DOCX) hidden="$hidden libarchive|" ;;
        UCHARDET) hidden="$hidden uchardet|" ;;
        ICU) hidden="$hidden icu-i18n|" ;;
        esac
    done
    case " $* " in *" DOCX "*) case " $* " in *" HTML "*) hidden="$hidden libxml-2.0|" ;; esac ;; esac
    cat >"$T/pkg-config" <<END
#!/bin/sh
for a; do case "$hidden" in *"| \$a|"*) echo "Package '\$a' is hidden by the test" >&2; exit 1 ;; esac; done
exec "$PKG_CONFIG" "\$@"
END
    chmod +x "$T/pkg-config"
}

configure() { # OPTION...
    options=""
    for option in "$@"; do options="$options -DSECTAG_WITH_$option=OFF"; done
    # shellcheck disable=SC2086
    "$CMAKE" --fresh -S . -B "$B" -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_C_FLAGS=-O0 -DCMAKE_C_COMPILER="$COMPILER" \
        -DSECTAG_WERROR=ON -DPKG_CONFIG_EXECUTABLE="$T/pkg-config" $options >"$T/log" 2>&1 || { tail -20 "$T/log"; return 1; }
}

fails() { ! "$@" >/dev/null; }

TESTS="test_reader test_isolation test_encoding test_simplify"
build() {
    # shellcheck disable=SC2086
    "$CMAKE" --build "$B" -j 2 --target sectag readers make_documents make_tiny_model $TESTS >"$T/log" 2>&1 ||
        { grep -A 3 'error:' "$T/log" | head -20; return 1; }
    ! grep -q 'warning:' "$T/log"
}

pass() { # the suites and the end-to-end tests that are affected, as far as they go
    (cd "$B" && ctest -j 2 -R "^($(echo "$TESTS" | tr ' ' '|')|e2e_tag|e2e_commands)\$" --output-on-failure >"$T/log" 2>&1) ||
        { tail -40 "$T/log"; return 1; }
}

# The reader's name in messages, its option, a file of its kind: refused in one line if the option is left out, else read.
kind() { # NAME OPTION FILE
    [ -e "$3" ] || return 0
    case " $without " in
    *" $2 "*)
        check "... refuses ${3##*/}"               run 1 "$B/classify/sectag" tag --all "$3" "$T/kinds/a.txt"
        check "... in one line"                    one_line_error
        check "... that names the reader"          says "${3##*/}: this sectag was built without its $1 reader (-DSECTAG_WITH_$2=OFF)"
        check "... and reads the next document"    prints '"doc":"'"$T/kinds/a.txt"'"'
        ;;
    *)
        check "... reads ${3##*/}"                 run 0 "$B/classify/sectag" tag --all "$3"
        check "... as the whole program does"      sh -c "'$S' tag --all '$3' | cmp -s - '$T/out' && test -s '$T/out'"
        ;;
    esac
}

hide PDF
check "a library that is needed and not there is an error" fails configure
check "... that names it"                          grep -q poppler-glib "$T/log"
for without in "$@"; do
    # shellcheck disable=SC2086
    hide $without
    # shellcheck disable=SC2086
    check "without $without: needs none of its libraries" configure $without
    check "... compiles without warnings"          build
    kind pdf PDF "$T/kinds/a.pdf"
    kind docx DOCX "$T/kinds/a.docx"
    case " $without " in *" DOCX "*) kind xlsx DOCX "$T/sheet.xlsx" ;; esac
    kind html HTML "$T/kinds/a.html"
    kind txt - "$T/kinds/a.txt"
    kind csv - "$T/kinds/a.csv"
    check "... passes its tests"                   pass
done
finish
