#!/bin/sh
# Damaged documents by the hundred or by the thousand: each is read or reported, and none stops the program.
#
#   tests/fuzz/mutants.sh SECTAG MAKE_TINY_MODEL MAKE_DOCUMENTS DUMP_DATABASE MUTATE [COUNT [SEED [DOCUMENT...]]]
#
# The documents that are damaged are made from the sample texts; DOCUMENTs are damaged besides. At the end it prints how
# many were read, refused by their reader, and stopped by the limits or by a crash of their reading process.
. "$(dirname "$0")/../e2e/lib.sh"
MAKE=$3
DUMP=$4
MUTATE=$5
COUNT=${6:-10000}
SEED=${7:-1}
BATCH=500
shift 5
shift $(($# > 2 ? 2 : $#))

mkdir "$T/base"
"$MAKE" pdf "$T/base/a.pdf" 3 && "$MAKE" pdf "$T/base/b.pdf" 1 || exit 2
"$MAKE" html "$T/base/a.html" 5 2>/dev/null && "$MAKE" html "$T/base/b.html" 8
"$MAKE" docx "$T/base/a.docx" 7 2>/dev/null && "$MAKE" docx "$T/base/b.docx" 8

# batch FIRST COUNT DOCUMENT...: succeeds when every mutant is in the database, with an error that was printed or without
batch() {
    first=$1
    count=$2
    shift 2
    rm -rf "$T/mutants"
    "$MUTATE" "$SEED" "$first" "$count" "$T/mutants" "$@" || return 1
    "$S" tag --quiet --all --jobs 2 --time-limit 20 --memory-limit 512 -o "$T/out.sqlite" "$T/mutants" 2>"$T/err"
    code=$?
    [ $code -le 1 ] || { echo "      exit code $code"; return 1; }
    "$DUMP" "$T/out.sqlite" | grep '^documents	' >"$T/rows"
    cat "$T/rows" >>"$T/all"
    has_lines "$T/rows" "$count" || { echo "      $(lines_of "$T/rows") of $count documents"; return 1; }
    failed=$(awk -F'\t' '$8 != "NULL"' "$T/rows" | wc -l)
    warned=$(awk -F'\t' '{ n += $7 } END { print n + 0 }' "$T/rows")
    has_lines "$T/err" $((failed + warned)) || { echo "      $failed errors, $warned warnings, but:"; cat "$T/err"; return 1; }
    [ $code -eq $((failed + warned > 0)) ]
}

: >"$T/all"
at=0
while [ $at -lt "$COUNT" ]; do
    n=$((COUNT - at < BATCH ? COUNT - at : BATCH))
    check "mutants $at to $((at + n - 1)) are read or reported" batch $at $n "$T"/base/* "$@"
    at=$((at + n))
done
check "... all of them"                            has_lines "$T/all" "$COUNT"
check "... none that never ended"                  sh -c "! grep -q 'takes longer than' '$T/all'"
awk -F'\t' '
    { n++ }
    $8 == "NULL" { read++; next }
    $8 ~ /makes the parser|leads the parser/ { crashed++; print "      " $3 ": " $8; next }
    $8 ~ /needs more than|holds more than/ { large++; next }
    $8 ~ /takes longer/ { slow++; next }
    { refused++ }
    END { printf "%d mutants: %d read, %d refused, %d too large, %d too slow, %d crashed their reading process\n",
          n, read, refused, large, slow, crashed }' "$T/all"
finish
