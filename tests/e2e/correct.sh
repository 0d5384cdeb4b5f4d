#!/bin/sh
# sectag correct and corrections: from the command line, tables, exports, and what tag wrote and somebody edited.
. "$(dirname "$0")/lib.sh"
SAMPLE=tests/data/sample
W=$T/ws.sqlite
SECTAG_WORKSPACE=$W
export SECTAG_WORKSPACE
now() { SECTAG_NOW=2026-01-0$1T00:00:00Z; }
count() { [ "$("$S" corrections "$@" --json | wc -l)" -eq "$N" ]; } # N=... count FILTER...

# ---- the command line ----
check "no workspace yet: corrections gives 1"      run 1 "$S" corrections
check "... in one line"                            one_line_error
check "... and makes none"                         test ! -e "$W"
check "correct makes the workspace"                run 0 "$S" correct --text '开展疫苗接种。' --add vaccine --remove antibody --reason r1
check "... and says what it recorded"              prints "command line: 2 corrections recorded (batch 1)"
check "corrections lists them"                     run 0 "$S" corrections
check "... who, what"                              grep -q 'anna  *added  *vaccine' "$T/out"
check "... when"                                   prints "2026-01-02T03:04:05Z"
check "... and why"                                prints "r1"
check "an unknown area gives 2"                    run 2 "$S" correct --text a --add vacine
check "... by name"                                says 'unknown area "vacine"'
check "nothing said gives 2"                       run 2 "$S" correct --text a
check "no clause gives 2"                          run 2 "$S" correct --add vaccine
check "file and text gives 2"                      run 2 "$S" correct --text a --add vaccine x.csv
check "an empty text gives 2"                      run 2 "$S" correct --text ' ' --add vaccine
check "a time that is none gives 2"                run 2 env SECTAG_NOW=soon "$S" correct --text a --add vaccine
check "a file that is no workspace gives 3"        run 3 "$S" corrections --workspace $SAMPLE/plan-zh.txt
check "... in one line"                            one_line_error
check "... and stays as it is"                     git diff --quiet -- $SAMPLE

# ---- no output takes the ledger's place ----
check "a run into the workspace gives 2"           run 2 "$S" tag -o "$W" $SAMPLE
check "... and says what would be lost"            says "ws.sqlite: is a workspace: its corrections would be lost"
check "an export into it gives 2"                  run 2 "$S" corrections --export "$W"
check "a screening into it gives 2"                run 2 "$S" screen $SAMPLE/plan-zh.txt --policy $SAMPLE/plan-zh.txt -o "$W"
check "a model into it gives 2"                    run 2 "$S" train -q training/corpus/policy-zh.tsv -o "$W"
check "what was recorded is there"                 sh -c "'$S' corrections | grep -q antibody"
check "a run's own database is replaced"           run 0 "$S" tag -q -o "$T/run.sqlite" $SAMPLE
check "... again"                                  run 0 "$S" tag -q -o "$T/run.sqlite" $SAMPLE

# ---- saved runs ----
check "tag --save saves"                           run 0 "$S" tag --save --jobs 3 --format csv -o "$T/tags.csv" $SAMPLE
cp "$T/tags.csv" "$T/first.csv"
check "... and prints the same"                    run 0 "$S" tag --format csv -o "$T/tags.csv" $SAMPLE
check "... byte for byte"                          cmp "$T/tags.csv" "$T/first.csv"
check "a saved clause is corrected by number"      run 0 "$S" correct --doc plan-zh.txt --clause 18 --confirm vaccine
check "... with its text"                          sh -c "'$S' corrections --doc plan-zh.txt | grep -q '加快疫苗研制与生产'"
check "a clause that is not there gives 2"         run 2 "$S" correct --doc plan-zh.txt --clause 999999 --add vaccine
check "a full set says no to the rest"             run 0 "$S" correct --doc plan-zh.txt --clause 18 --labels antibody
N=1; check "... in one entry"                      count --area '*'

# ---- the CSV that tag wrote, edited ----
edit() { sed 's/"18","1",\(.*\),"vaccine","\([0-9.]*\)"/"18","1",\1,"vaccine,seed-breeding","\2"/' "$1"; }
edit "$T/tags.csv" >"$T/edited.csv"
check "the edit took"                              sh -c "! cmp -s '$T/tags.csv' '$T/edited.csv'"
check "an unedited table corrects nothing"         run 0 "$S" correct --no-spread "$T/tags.csv"
check "... and says so"                            prints ": 0 corrections recorded"
check "an edited one gives the difference"         run 0 "$S" correct --no-spread "$T/edited.csv"
check "... one correction"                         prints ": 1 correction recorded"
N=1; check "... of that area"                      count --area seed-breeding
check "... by file and line"                       sh -c "'$S' corrections --area seed-breeding --json | grep -q 'edited.csv:[0-9]'"
# without a workspace that knows the run: the model says what the tags were
check "the difference needs no saved run"          run 0 "$S" correct --workspace "$T/other.sqlite" "$T/edited.csv"
check "... one correction"                         prints ": 1 correction recorded"
"$MAKE_MODEL" "$T/second.sectag" -1.5
check "a table of another model is refused"        run 1 "$S" correct --workspace "$T/third.sqlite" --model "$T/second.sectag" "$T/edited.csv"
check "... row by row"                             says "another model"
check "... and nothing of it recorded"             prints ": 0 corrections recorded"
# as a spreadsheet program of another country saves it: semicolons, decimal commas, no mark, quotes only where needed
LC_ALL=C sed -e '1s/^...//' -e 's/","/";"/g' -e 's/"\([01]\)\.\([0-9]*\)"/"\1,\2"/g' "$T/edited.csv" >"$T/semicolons.csv"
check "semicolons and decimal commas work"         run 0 "$S" correct --workspace "$T/fourth.sqlite" "$T/semicolons.csv"
check "... one correction"                         prints ": 1 correction recorded"
"$S" tag --format jsonl $SAMPLE/plan-zh.txt | sed -n 1p | sed 's/"tags":\[.*\]/"tags":[]/' >"$T/edited.jsonl"
check "edited JSON lines work too"                 run 0 "$S" correct --workspace "$T/fifth.sqlite" "$T/edited.jsonl"
check "... vaccine removed"                        sh -c "'$S' corrections --workspace '$T/fifth.sqlite' | grep -q 'removed *vaccine'"

# ---- tables with broken rows ----
printf 'text,add,remove\n"a vaccine",vaccine,\nb,vacine,\n"broken"x,vaccine,\nc,vaccine\n,vaccine,\n"seed",,vaccine\n' >"$T/rows.csv"
check "broken rows give 1"                         run 1 "$S" correct "$T/rows.csv"
check "... a line each"                            has_lines "$T/err" 4
check "... by file and line"                       says "rows.csv:3: unknown area \"vacine\""
check "... quotes"                                 says "rows.csv:4: quotes"
check "... fields"                                 says "rows.csv:5: 2 fields where the header has 3"
check "... and cost only themselves"               prints ": 2 corrections recorded, 4 rows not used"
printf 'doc,add\nx,vaccine\n' >"$T/no-text.csv"
check "a table without text gives 1"               run 1 "$S" correct "$T/no-text.csv" "$T/rows.csv"
check "... by name"                                says 'no-text.csv:1: no column "text"'
check "... and the next is read"                   prints "rows.csv: 2 corrections recorded"
check "a missing file gives 1"                     run 1 "$S" correct "$T/none.csv"

# ---- other tools ----
printf '[{"id":1,"data":{"text":"育种基地"},"annotations":[{"completed_by":{"email":"ben@x"},"created_at":"2026-01-01T00:00:00Z","result":[{"type":"choices","value":{"choices":["seed-breeding"]}}]}]}]' >"$T/studio.json"
check "Label Studio's export works"                run 0 "$S" correct "$T/studio.json"
N=2; check "... in its annotator's name"           count --analyst ben@x
check "... taken in again it is known"             run 0 "$S" correct "$T/studio.json"
check "... and not recorded twice"                 prints ": 0 corrections recorded, 2 known already"
printf '{"id":1,"text":"单抗药物","label":["antibody"]}\n' >"$T/doccano.jsonl"
check "doccano's export works"                     run 0 "$S" correct --analyst carl "$T/doccano.jsonl"
N=2; check "... in the given name"                 count --analyst carl

# ---- near-identical clauses ----
L=公司主要从事重组蛋白疫苗和多糖结合疫苗的研究、开发、生产与销售业务，产品覆盖
printf '%s全国2023。\n%s全国2024。\n%s全省。\n骨科植入物。\n' $L $L $L >"$T/lines.txt"
X=$T/spread.sqlite
check "boilerplate is saved"                       run 0 "$S" tag --save --lines --workspace "$X" "$T/lines.txt"
check "without a terminal nothing spreads"         run 0 "$S" correct --workspace "$X" --text "${L}全国2022。" --add antibody
check "... and is told of"                         says "3 near-identical clauses are not taken along (--yes does)"
check "... one entry"                              prints ": 1 correction recorded (batch"
check "--yes takes them along"                     run 0 "$S" correct --workspace "$X" --text "${L}全国2022。" --remove seed-breeding --yes
check "... shown before"                           says "全国2023"
check "... and counted"                            prints ": 1 correction recorded, 3 more on near-identical clauses"
check "... each as an entry of its own"            sh -c "test \$('$S' corrections --workspace '$X' --area seed-breeding | grep -c '\[as') -eq 3"
check "--no-spread does not look"                  run 0 "$S" correct --workspace "$X" --text "${L}全国2022。" --remove vaccine --no-spread
check "... says nothing"                           has_lines "$T/err" 0

# ---- conflicts ----
now 3; check "another analyst says otherwise"      run 0 "$S" correct --text '开展疫苗接种。' --remove vaccine --analyst ben
check "conflicts show both"                        run 0 "$S" corrections --conflicts
check "... and what holds"                         prints "vaccine          holds: no"
printf 'text\tlabels\n开展疫苗接种。\tvaccine,antibody\n' >"$T/gold.tsv"
check "the corpus may say otherwise as well"       run 0 "$S" corrections --conflicts --json --corpus "$T/gold.tsv"
check "... by file and line"                       prints 'gold.tsv","line":2'
check "a rule that is none gives 2"                run 2 "$S" corrections --conflicts --rule dice

# ---- withdrawing ----
N=7
id=$("$S" corrections --analyst ben --json | tail -1 | sed 's/{"id":\([0-9]*\).*/\1/')
check "a withdrawal needs a reason"                run 2 "$S" corrections --withdraw "$id"
check "a correction is withdrawn"                  run 0 "$S" corrections --withdraw "$id" --reason 'mistaken'
check "... by one more entry"                      sh -c "'$S' corrections | grep -q 'withdraws $id'"
check "... no conflict is left"                    sh -c "test -z \"\$('$S' corrections --conflicts --area vaccine)\""
check "twice gives 2"                              run 2 "$S" corrections --withdraw "$id" --reason again
check "an entry that is not there too"             run 2 "$S" corrections --withdraw 99999 --reason x
check "a whole batch is withdrawn"                 run 0 "$S" corrections --withdraw-batch 1 --reason 'all wrong'
check "... both entries"                           prints "2 corrections withdrawn"

# ---- export and replay ----
"$S" corrections --json | sed 's/,"batch":[0-9]*//; s/,"withdrawn_by":[0-9]*//; s/{"id":[0-9]*,//; s/"withdraws":[0-9]*//' >"$T/before"
for format in tsv jsonl; do
    check "the ledger is exported ($format)"       run 0 "$S" corrections --export "$T/ledger.$format"
    check "... and read back"                      run 0 "$S" correct --workspace "$T/replay.$format.sqlite" --no-spread "$T/ledger.$format"
    "$S" corrections --workspace "$T/replay.$format.sqlite" --json |
        sed 's/,"batch":[0-9]*//; s/,"withdrawn_by":[0-9]*//; s/{"id":[0-9]*,//; s/"withdraws":[0-9]*//' >"$T/after"
    check "... entry by entry"                     diff "$T/before" "$T/after"
done

finish
