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
printf '\322\337\303\347\241\243\n' >"$T/gbk.txt"
printf '%%PDF-1.4\n' >"$T/a.txt"
printf 'a\000b' >"$T/nul.txt"
check "GB18030 text is read as such"               run 0 "$S" tag --all --verbose "$T/gbk.txt"
check "... and shown in UTF-8, with its encoding"  prints '"encoding":"GB18030","heading":[],"text":"疫苗。"'
check "... which --verbose names"                  says "gbk.txt: read as text, GB18030"
check "--encoding overrides"                       run 0 "$S" tag --all --encoding big5 "$T/gbk.txt"
check "... in the record"                          prints '"encoding":"Big5"'
check "an unknown encoding gives 1"                run 1 "$S" tag --encoding gb99 "$T/gbk.txt"
check "... in one line"                            one_line_error
check "undecodable bytes give 1"                   run 1 "$S" tag --all --encoding utf-8 "$T/gbk.txt"
check "... are counted"                            says "gbk.txt: 3 undecodable bytes written as U+FFFD, from byte 0 on (read as UTF-8; try --encoding)"
check "... and written"                            prints '"text":"���硣"'
check "a PDF file is named as such"                run 1 "$S" tag "$T/a.txt"
check "... in one line"                            one_line_error
check "a binary file is refused"                   run 1 "$S" tag "$T/nul.txt"
check "... in one line"                            one_line_error

for magic in '{\\rtf1' '\320\317\021\340\241\261\032\341' '\037\213' 'PK\003\004'; do
    printf "$magic" >"$T/refused.dat"
    check "refused: $magic"                        run 1 "$S" tag "$T/refused.dat"
    check "... with a way out"                     grep -qE 'save it as|try|unpack' "$T/err"
done

# ---- documents of other kinds ----
if built_with HTML; then
printf '<html><body><nav><a href=x>首页</a></nav><h1>规划</h1><p>开展疫苗研发。</p><ul><li>手术机器人</ul></body></html>' >"$T/page.html"
check "a web page is read"                         run 0 "$S" tag --all "$T/page.html"
check "... with its headings"                      prints '"kind":"heading","heading":[],"text":"规划"'
check "... over its text"                          prints '"heading":["规划"],"text":"开展疫苗研发。"'
check "... without navigation"                     sh -c "! grep -q 首页 '$T/out'"
"$S" text "$T/page.html" >"$T/page.txt"
check "sectag text prints what offsets count in"   test "$("$S" tag --all "$T/page.html" | sed -n '2s/.*"start":\([0-9]*\).*/\1/p')" = "$(grep -bo 开展 "$T/page.txt" | cut -d: -f1)"
fi
printf 'id,clause\n7,开展疫苗研发。\n8,"种子, 育种"\n' >"$T/table.csv"
check "a table is read row by row"                 run 0 "$S" tag --all "$T/table.csv"
check "... with the other columns"                 prints '"row":2,"columns":{"id":"8"},"heading":[],"text":"种子, 育种"'
check "CSV carries them as columns"                run 0 "$S" tag --all --format csv "$T/table.csv" $SAMPLE/plan-zh.txt
check "... named as they are, or apart from ours"  prints '"bands","text","id (table)"'
check "... each row with its own"                  prints '"种子, 育种","8"'
check "... empty for other documents"              sh -c "tail -1 '$T/out' | grep -q ',\"\"'"
check "TSV too"                                    run 0 "$S" tag --all --format tsv "$T/table.csv"
check "... at the end of the line"                 sh -c "sed -n 2p '$T/out' | grep -q '开展疫苗研发。	7\$'"
check "HTML shows them"                            run 0 "$S" tag --all --format html "$T/table.csv"
check "... below the clause"                       prints '种子, 育种<span class="path">id: 8</span>'
check "--column chooses"                           run 0 "$S" tag --all --column id "$T/table.csv"
check "... by name"                                prints '"text":"7"'
check "an unknown column gives 1"                  run 1 "$S" tag --column none "$T/table.csv"
check "... and is named"                           says 'table.csv: no column is called "none"'
printf '{"id":1,"body":"开展疫苗研发。"}\n' >"$T/rows.jsonl"
check "JSONL is read by --field"                   run 0 "$S" tag --all --field body "$T/rows.jsonl"
check "... with the other members"                 prints '"columns":{"id":"1"}'
if built_with ICU; then
printf '開展疫苗研發與產業化，國務院應當發展經濟。\n' >"$T/tw.txt"
check "traditional characters are tagged"          run 0 "$S" tag "$T/tw.txt"
check "... and printed as they are"                prints '"text":"開展疫苗研發與產業化'
check "... with the tag of the simplified text"    prints '"area":"vaccine"'
fi

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
# The writer keeps the pipe open until the record is there: what comes out must not wait for more. No clock decides
# but the limit, after which it is taken that nothing comes.
seen_lines() { # N: are there N records within a minute?
    tries=0
    while [ "$(lines_of "$T/live")" -lt "$1" ]; do
        tries=$((tries + 1))
        [ $tries -le 1200 ] || return 1
        sleep 0.05
    done
}
live_lines() { # OPTION...: a line, then another, each seen before the next; then the end
    rm -f "$T/fifo"
    mkfifo "$T/fifo" || return 1
    : >"$T/live"
    "$S" tag --lines --format jsonl "$@" - <"$T/fifo" >"$T/live" 2>"$T/err" &
    live=$!
    exec 9>"$T/fifo"
    printf 'plain ASCII first\n' >&9
    seen_lines 1 && printf '开展疫苗研发。\n第三行' >&9 && seen_lines 2 && printf '的后半\n' >&9 && seen_lines 3
    seen=$?
    exec 9>&-
    wait $live && [ $seen -eq 0 ] && has_lines "$T/live" 3 && grep -q '"text":"第三行的后半"' "$T/live"
}
check "a pipe's lines come out as they come in"    live_lines --jobs 1
check "with threads too"                           live_lines --jobs 2
rm -f "$T/fifo"

closed_pipe() {
    { "$S" tag --all --jobs 3 "$T/big.txt" 2>"$T/err"; echo $? >"$T/code"; } | :
    [ "$(cat "$T/code")" -eq 1 ] && one_line_error && says "Broken pipe"
}
check "a reader that went away gives 1 and a line" closed_pipe

# ---- folders ----
mkdir -p "$T/tree/b" "$T/tree/.hidden"
for f in tree/z.txt tree/a.md tree/b/c.text tree/b/B.TXT tree/.hidden/h.txt; do echo 开展疫苗接种。 >"$T/$f"; done
echo x >"$T/tree/skip.zip"
check "a folder is read with those in it"          run 0 "$S" tag "$T/tree"
sed 's/{"doc":"\([^"]*\)".*/\1/' "$T/out" | sed "s|$T/||" >"$T/order"
printf 'tree/a.md\ntree/b/B.TXT\ntree/b/c.text\ntree/z.txt\n' >"$T/expected"
check "... in byte order of the names"             cmp "$T/order" "$T/expected"
check "... other files are named"                  says "skip.zip: skipped"
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
