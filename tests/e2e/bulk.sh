#!/bin/sh
# Many documents: faults that cost only their document, databases, and runs that are killed and go on.
. "$(dirname "$0")/lib.sh"
MAKE=$3
DUMP=$4
DOCUMENTS=$5
KILLS=$6

# ---- documents that crash, hang or swell ----
mkdir "$T/faults"
for name in 1-good 2-fault-crash 3-good 4-fault-hang 5-fault-memory 6-good 7-fault-abort 8-good; do
    "$MAKE" html "$T/faults/$name.html" 20 2>/dev/null || echo "no web pages in this build: $name not checked"
done
SECTAG_TEST_FAULTS=1
export SECTAG_TEST_FAULTS
if "$S" text "$T/faults/1-good.html" >/dev/null 2>&1; then
    for jobs in 1 3; do
        check "faults give 1 with --jobs $jobs"    run 1 "$S" tag --all --jobs $jobs --time-limit 6 --memory-limit 300 "$T/faults"
        check "... one line each"                  has_lines "$T/err" 4
        check "... what crashes"                   says "2-fault-crash.html: it makes the parser crash (signal 11"
        check "... what hangs"                     says "4-fault-hang.html: takes longer than 6 s to be read (--time-limit)"
        check "... what swells"                    says "5-fault-memory.html: needs more than 300 MB of memory to be read (--memory-limit)"
        check "... what gives up"                  says "7-fault-abort.html: it makes the parser crash (signal 6"
        sed 's/^{"doc":"[^"]*\/\([^"/]*\)".*/\1/' "$T/out" | uniq >"$T/read"
        printf '%s-good.html\n' 1 3 6 8 >"$T/expected"
        check "... and all others are read"        cmp "$T/read" "$T/expected"
    done
    check "sectag text has the limits too"         run 1 "$S" text --time-limit 0.5 "$T/faults/4-fault-hang.html"
    check "... and says so in one line"            one_line_error
fi
unset SECTAG_TEST_FAULTS

# ---- a run that is killed and goes on ----
"$MAKE" mix "$T/docs" "$DOCUMENTS"
printf 'PK\003\004 no document' >"$T/docs/5/zz.docx" # one that is refused
tag() { "$S" tag --quiet --all --jobs 2 "$@"; } # in the background the program itself is to be killed, not a shell
seconds() { date +%s.%N; }
same_as_whole() { # OUTPUT
    case $1 in
    *.sqlite) "$DUMP" "$1" >"$T/now.dump" && cmp "$T/now.dump" "$T/whole.dump" ;;
    *) cmp "$1" "$T/whole.jsonl" ;;
    esac
}
killed_and_resumed() { # OUTPUT SECONDS: as many kills as asked for, each a random part of the seconds after the start
    killed=0 n=0 size=0 span=$2
    : >"$T/log"
    while [ $killed -lt "$KILLS" ] && [ $n -lt 200 ]; do
        "$S" tag --all --jobs 2 --resume -o "$1" "$T/docs" 2>>"$T/log" &
        pid=$!
        sleep "$(awk -v seed=$n -v span="$span" -v kills="$KILLS" 'BEGIN { srand(seed + 1); print rand() * span * 2.4 / kills }')"
        kill -9 $pid 2>/dev/null
        wait $pid 2>/dev/null
        [ $? -eq 137 ] && killed=$((killed + 1))
        # done before it was killed: that is looked at too, and then it begins again
        if [ -e "$1" ]; then
            same_as_whole "$1" || return 1
            rm "$1"
            size=-1 span=$2
        fi
        # nothing was done: a busy machine takes its time to start, and gets more of it
        before=$size
        size=$(cat "$1".part* 2>/dev/null | wc -c)
        [ "$size" -gt "$before" ] || span=$(echo "$span" | awk '{ print $1 * 1.5 }')
        n=$((n + 1))
    done
    [ $killed -eq "$KILLS" ]
}
for kind in jsonl sqlite; do
    began=$(seconds)
    check "$kind: an undisturbed run gives 1"      run 1 tag -o "$T/whole.$kind" "$T/docs"
    check "... for the one document"               one_line_error
    took=$(echo "$began $(seconds)" | awk '{ print $2 - $1 }')
    [ $kind = jsonl ] || "$DUMP" "$T/whole.sqlite" >"$T/whole.dump"
    check "$kind: killed $KILLS times"             killed_and_resumed "$T/killed.$kind" "$took"
    check "... and gone on with in between"        grep -q "going on after [1-9][0-9]* of $((DOCUMENTS + 1)) documents" "$T/log"
    check "... the last run comes to the end"      run 1 tag --resume -o "$T/killed.$kind" "$T/docs"
    check "... nothing is left beside it"          sh -c "! ls '$T' | grep -qE 'killed.$kind.'"
    check "... it is that of the undisturbed run"  same_as_whole "$T/killed.$kind"
done
check "... of all documents"                       test "$(grep -c '^documents	' "$T/whole.dump")" -eq $((DOCUMENTS + 1))
check "... the refused one with its error"         grep -q '^documents.*zz.docx.*a ZIP archive' "$T/whole.dump"
check "... as many clauses as there are lines"     test "$(grep -c '^clauses	' "$T/whole.dump")" -eq "$(lines_of "$T/whole.jsonl")"
check "... as many tags"                           test "$(grep -c '^tags	' "$T/whole.dump")" -eq "$(grep -o '"area":' "$T/whole.jsonl" | wc -l)"
check "a database takes no --jobs notice"          run 1 "$S" tag --quiet --all --jobs 1 -o "$T/one.sqlite" "$T/docs"
"$DUMP" "$T/one.sqlite" >"$T/one.dump"
check "... row for row"                            cmp "$T/whole.dump" "$T/one.dump"

# ---- what is not gone on with ----
interrupt() { # -o FILE and more: a run that was killed when it had done some
    tries=0
    while [ $tries -lt 50 ]; do
        "$S" tag --quiet --all --jobs 2 "$@" "$T/docs" 2>/dev/null &
        pid=$!
        sleep 0.$((tries % 9 + 1))
        kill -9 $pid
        wait $pid 2>/dev/null
        [ "$(cat "$T/half.$kind".part* 2>/dev/null | wc -c)" -gt 200000 ] && return 0 # not only empty tables
        tries=$((tries + 1))
    done
    return 1
}
for kind in csv sqlite; do
    rm -f "$T"/half.*
    check "$kind: interrupted"                     interrupt -o "$T/half.$kind"
    check "other options are refused"              run 2 tag --scores --resume -o "$T/half.$kind" "$T/docs"
    check "... by name"                            says "cannot go on: the run that was interrupted had other options"
    check "other documents are refused"            run 2 tag --resume -o "$T/half.$kind" "$T/docs" tests/data/sample
    check "... by name"                            says "had other documents, or they have changed since"
    "$MAKE_MODEL" "$T/second.sectag" -1.5
    check "another model is refused"               run 2 tag --model "$T/second.sectag" --resume -o "$T/half.$kind" "$T/docs"
    check "... by name"                            says "had another model"
    check "... in one line"                        one_line_error
    check "the same goes on"                       run 1 tag --resume -o "$T/half.$kind" "$T/docs"
    run 1 tag -o "$T/straight.$kind" "$T/docs"
    [ $kind = csv ] || for f in half straight; do "$DUMP" "$T/$f.sqlite" >"$T/$f.dump" && mv "$T/$f.dump" "$T/$f.$kind"; done
    check "... to the same end"                    cmp "$T/half.$kind" "$T/straight.$kind"
done

kind=jsonl
interrupt -o "$T/half.jsonl"
# as a power cut may leave it: the journal knows more than the output holds
size=$(wc -c <"$T/half.jsonl.part")
truncate -s $((size / 2)) "$T/half.jsonl.part"
truncate -s "$size" "$T/half.jsonl.part"
check "an output that lost its end goes on"        run 1 tag --resume -o "$T/half.jsonl" "$T/docs"
check "... from where it is whole"                 cmp "$T/half.jsonl" "$T/whole.jsonl"
check "without an interrupted run it begins"       run 1 "$S" tag --all --resume -o "$T/half.jsonl" "$T/docs"
check "... and says so"                            says "nothing to go on with: a new run"
check "... to the same end"                        cmp "$T/half.jsonl" "$T/whole.jsonl"
check "--resume needs -o"                          run 2 "$S" tag --resume "$T/docs"
check "... in one line"                            one_line_error
check "--resume needs files"                       run 2 "$S" tag --resume -o "$T/x.jsonl" -
check "a database needs -o"                        run 2 "$S" tag --format sqlite "$T/docs"
signalled() {
    "$S" tag --quiet --all --jobs 2 -o "$T/late.jsonl" "$T/docs" 2>"$T/err" &
    pid=$!
    while [ ! -s "$T/late.jsonl.journal" ] && kill -0 $pid 2>/dev/null; do sleep 0.01; done
    kill -TERM $pid
    wait $pid
    [ $? -eq 143 ] && grep -q 'interrupted; the same command with --resume goes on' "$T/err" && [ -e "$T/late.jsonl.part" ]
}
check "a signal says how to go on"                 signalled
check "... and so it does"                         run 1 tag --resume -o "$T/late.jsonl" "$T/docs"
check "... to the same end"                        cmp "$T/late.jsonl" "$T/whole.jsonl"
finish
