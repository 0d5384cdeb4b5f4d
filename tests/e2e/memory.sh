#!/bin/sh
# What a run takes at most: its reading processes included, which the program waits for (the figure is the largest of
# all). Not for sanitizers, which need several times as much.
. "$(dirname "$0")/lib.sh"
MAKE=$3
MEASURE=$4

# kilobytes that `sectag tag ARGUMENT...` holds at most
peak() {
    "$MEASURE" "$T/measured" "$S" tag --quiet --all --jobs 1 "$@" 2>"$T/err" || return 1
    awk '{ print $3 }' "$T/measured"
}

"$MAKE" pdf "$T/long.pdf" 1000
for kind in jsonl sqlite; do
    kilobytes=$(peak -o "$T/long.$kind" "$T/long.pdf")
    check "1,000 pages of PDF into $kind"          test -s "$T/long.$kind" -a -n "$kilobytes"
    check "... take less than 300 MB ($kilobytes KB)" test "$kilobytes" -lt 300000
done
check "... and are all there"                      sh -c "tail -1 '$T/long.jsonl' | grep -q '\"page\":1000,'"

"$MAKE" mix "$T/few" 150
"$MAKE" mix "$T/many" 3000
for kind in jsonl csv sqlite; do
    few=$(peak -o "$T/few.$kind" "$T/few")
    many=$(peak -o "$T/many.$kind" "$T/many")
    check "$kind: 20 times the documents"          test -n "$few" -a -n "$many"
    check "... take no more memory ($few and $many KB)" test "$many" -lt $((few + few / 5 + 2000))
done
finish
