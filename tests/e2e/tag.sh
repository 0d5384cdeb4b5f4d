#!/bin/sh
# sectag tag, from files and pipes to records.
. "$(dirname "$0")/lib.sh"
SAMPLE=tests/data/sample

# ---- exit codes ----
check "a document is tagged"                       run 0 "$S" tag $SAMPLE/plan-zh.txt
check "... and a vaccine clause found"             prints '"area":"vaccine"'
check "... with nothing on standard error"         has_lines "$T/err" 0
check "a missing file gives 1"                     run 1 "$S" tag $T/none.txt $SAMPLE/plan-zh.txt
check "... says so in one line"                    one_line_error
check "... names it"                               says "none.txt: cannot open: No such file or directory"
check "... and costs only itself"                  prints '"doc":"tests/data/sample/plan-zh.txt"'
check "an unknown option gives 2"                  run 2 "$S" tag --fromat csv
check "... and a guess"                            says "did you mean --format?"
check "an unknown command gives 2"                 run 2 "$S" tagg
check "an unknown format gives 2"                  run 2 "$S" tag --format jsonn $SAMPLE/plan-zh.txt
check "an unknown area gives 2"                    run 2 "$S" tag --area vacine $SAMPLE/plan-zh.txt
check "... and a guess"                            says "did you mean vaccine?"
check "a missing model gives 3"                    run 3 "$S" tag --model "$T/none.sectag" $SAMPLE/plan-zh.txt
check "... in one line"                            one_line_error

# ---- damaged models: nothing is written before they are refused ----
size=$(wc -c <"$T/tiny.sectag")
damaged() {
    i=0
    while [ $i -lt 10 ]; do
        at=$((size * i / 10))
        head -c $at "$T/tiny.sectag" >"$T/cut.sectag"
        cp "$T/tiny.sectag" "$T/flip.sectag"
        byte=$(od -An -tu1 -j $at -N 1 "$T/flip.sectag" | tr -d ' ')
        printf "\\$(printf %03o $(((byte + 1 + i) % 256)))" | dd of="$T/flip.sectag" bs=1 seek=$at conv=notrunc 2>/dev/null
        for file in cut flip; do
            run 3 "$S" tag --format csv --model "$T/$file.sectag" $SAMPLE/plan-zh.txt || return 1
            one_line_error && [ ! -s "$T/out" ] || { echo "      $file at $at"; cat "$T/err"; return 1; }
        done
        i=$((i + 1))
    done
}
check "20 damaged models are refused before any output" damaged

# ---- refused documents ----
printf '\320\322\303\347\n' >"$T/gbk.txt"
printf '%%PDF-1.4\n' >"$T/a.txt"
printf 'a\000b' >"$T/nul.txt"
check "GB18030 text gives 1"                       run 1 "$S" tag --all "$T/gbk.txt" $SAMPLE/plan-zh.txt
check "... with file, line, byte and a way out"    says "gbk.txt:1: invalid UTF-8 at byte 0 (read as GB18030? try iconv -f GB18030 -t UTF-8)"
check "... and no record of it"                    sh -c "! grep -q gbk.txt '$T/out'"
check "a PDF file is named as such"                run 1 "$S" tag "$T/a.txt"
check "... in one line"                            one_line_error
check "a binary file is refused"                   run 1 "$S" tag "$T/nul.txt"
check "... in one line"                            one_line_error

# ---- --lines ----
printf 'one\n\n  疫苗 \r\n\r\nlast without end' >"$T/lines.txt"
check "--lines keeps the number of lines"          run 0 "$S" tag --lines "$T/lines.txt"
check "... 5 of them"                              has_lines "$T/out" 5
check "... with text as it is"                     prints '"text":"  疫苗 "'
check "... and offsets of the line"                prints '"clause":3,"start":5,"end":14,'
"$S" tag --lines <"$T/lines.txt" | sed 's/^{"doc":"-"/{/' >"$T/piped"
sed 's/^{"doc":"[^"]*"/{/' "$T/out" >"$T/named"
check "standard input works the same"              cmp "$T/piped" "$T/named"
check "an empty file has no lines"                 run 0 "$S" tag --lines /dev/null
check "... and no records"                         has_lines "$T/out" 0
{ echo first; head -c 1000000 /dev/zero | tr '\000' 'v'; echo; echo 疫苗; } >"$T/long.txt"
check "a line of 1 MB is a record"                 run 0 "$S" tag --lines "$T/long.txt"
check "... one of three"                           has_lines "$T/out" 3
check "... and whole"                              test "$(sed -n 2p "$T/out" | wc -c)" -gt 1000000
printf 'good\nb\377d\n\302\nfine\n' >"$T/bad.txt"
check "ill-formed lines give 1"                    run 1 "$S" tag --lines "$T/bad.txt"
check "... but every line its record"              has_lines "$T/out" 4
check "... with U+FFFD"                            prints '"text":"b�d"'
check "... and a warning each"                     has_lines "$T/err" 2
check "... by file and line"                       says "bad.txt:2: invalid UTF-8 at byte 6"

# ---- the same bytes for any number of threads ----
i=0
while [ $i -lt 60 ]; do cat $SAMPLE/*.txt; i=$((i + 1)); done >"$T/big.txt"
for format in jsonl csv html text; do
    same() {
        for jobs in 1 2 7; do
            "$S" tag --all --scores --format $format --jobs $jobs "$T/big.txt" $SAMPLE >"$T/jobs.$jobs" 2>/dev/null || return 1
        done
        cmp "$T/jobs.1" "$T/jobs.2" && cmp "$T/jobs.1" "$T/jobs.7" && [ -s "$T/jobs.1" ]
    }
    check "$format is the same for 1, 2 and 7 threads" same
done

# ---- output ----
check "-o writes the file"                         run 0 "$S" tag -o "$T/out.csv" $SAMPLE/plan-zh.txt
check "... in the format of its name"              sh -c "head -c 3 '$T/out.csv' | od -An -tx1 | grep -q 'ef bb bf'"
check "... and leaves nothing beside it"           sh -c "! ls '$T' | grep -q 'out.csv.'"
interrupted() {
    mkfifo "$T/fifo" || return 1
    "$S" tag -o "$T/late.csv" "$T/fifo" 2>/dev/null &
    pid=$!
    exec 9>"$T/fifo" # opens once the program reads: its output is there by then
    kill -TERM $pid
    exec 9>&-
    wait $pid 2>/dev/null
    [ $? -eq 143 ] && ! ls "$T" | grep -q late.csv
}
check "a signal leaves neither file nor remains"   interrupted
check "an output that cannot be written gives 1"   run 1 "$S" tag -o "$T/no/such/folder/x" $SAMPLE/plan-zh.txt
check "... in one line"                            one_line_error
if [ -w /dev/full ]; then
    check "a full disk gives 1"                    run 1 "$S" tag --all -o /dev/full $SAMPLE/plan-zh.txt
    check "... in one line"                        one_line_error
    check "/dev/full is still a device"            test -c /dev/full
fi
closed_pipe() {
    { "$S" tag --all --jobs 3 "$T/big.txt" 2>"$T/err"; echo $? >"$T/code"; } | :
    [ "$(cat "$T/code")" -eq 1 ] && one_line_error && says "Broken pipe"
}
check "a reader that went away gives 1 and a line" closed_pipe

# ---- folders ----
mkdir -p "$T/tree/b" "$T/tree/.hidden"
for f in tree/z.txt tree/a.md tree/b/c.text tree/b/B.TXT tree/.hidden/h.txt; do echo 开展疫苗接种。 >"$T/$f"; done
echo x >"$T/tree/skip.docx"
check "a folder is read with those in it"          run 0 "$S" tag "$T/tree"
sed 's/{"doc":"\([^"]*\)".*/\1/' "$T/out" | sed "s|$T/||" >"$T/order"
printf 'tree/a.md\ntree/b/B.TXT\ntree/b/c.text\ntree/z.txt\n' >"$T/expected"
check "... in byte order of the names"             cmp "$T/order" "$T/expected"
check "... other files are named"                  says "skip.docx: skipped"
check "... in one line"                            one_line_error
check "--quiet does not name them"                 run 0 "$S" tag --quiet "$T/tree/"
check "... at all"                                 has_lines "$T/err" 0

# ---- records ----
check "--area shows no other area"                 run 0 "$S" tag --area antibody $SAMPLE/plan-zh.txt
check "... in tags"                                sh -c "! grep -q '\"area\":\"vaccine\"' '$T/out'"
check "--scores has every area"                    run 0 "$S" tag --scores $SAMPLE/plan-zh.txt
check "... the untrained one too"                  prints '"tcm-device":{"s":0.0,"p":0.0}'
check "--all has clauses without a tag"            run 0 "$S" tag --all $SAMPLE/plan-zh.txt
check "... too"                                    prints '"tags":[]'
check "--verbose counts page numbers"              run 0 "$S" tag --verbose $SAMPLE/plan-zh.txt
check "... by document"                            says "plan-zh.txt: "
check "text is not coloured in a pipe"             run 0 "$S" tag --format text $SAMPLE/plan-zh.txt
check "... at all"                                 sh -c "! grep -q \"\$(printf '\\033')\" '$T/out'"
printf '\357\273\277疫苗。\n' | "$S" tag >"$T/out"
check "a byte order mark counts in offsets only"   prints '"start":3,"end":12'
finish
