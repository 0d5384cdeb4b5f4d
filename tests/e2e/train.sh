#!/bin/sh
# sectag train and eval, from labelled clauses to a model that is used.
. "$(dirname "$0")/lib.sh"
A=training/corpus/biopharma-zh.tsv
B=training/corpus/policy-zh.tsv

train() { run 0 "$S" train --quiet --solver liblinear "$@"; }
# Where there is no python3 to parse it: an object from the first byte to the last line.
is_json() {
    if command -v python3 >/dev/null; then python3 -c 'import json, sys; json.load(open(sys.argv[1]))' "$1"
    else [ "$(head -c 1 "$1")" = "{" ] && [ "$(tail -n 1 "$1")" = "}" ]; fi
}

# ---- the same inputs give the same bytes ----
mkdir "$T/vectors"
check "two corpora are trained on"                 train $A $B --jobs 1 -o "$T/a.sectag" --save-vectors "$T/vectors" --card "$T/card.md"
check "... once more"                              train $A $B --jobs 1 -o "$T/b.sectag"
check "... with the same bytes"                    cmp "$T/a.sectag" "$T/b.sectag"
check "... with two threads"                       train $A $B --jobs 2 -o "$T/c.sectag"
check "... with the same bytes"                    cmp "$T/a.sectag" "$T/c.sectag"
check "... from the saved vectors"                 train --vectors "$T/vectors" -o "$T/d.sectag"
check "... with the same bytes"                    cmp "$T/a.sectag" "$T/d.sectag"
check "other options give another model"           train $A $B --c 1 -o "$T/e.sectag"
check "... indeed"                                 sh -c "! cmp -s '$T/a.sectag' '$T/e.sectag'"
check "the card names the sources"                 grep -q 'biopharma-zh.tsv' "$T/card.md"
check "... and has figures"                        grep -Eq 'vaccine.*0\.[0-9]{3} \(0\.[0-9]{2}-[01]\.[0-9]{2}\)' "$T/card.md"

# ---- the model is used ----
check "model info describes it"                    run 0 "$S" model info "$T/a.sectag"
check "... by its solver"                          prints "liblinear"
check "model verify finds it good"                 run 0 "$S" model verify "$T/a.sectag"
printf '支持疫苗研发和接种。\n' >"$T/lines.txt"
check "it tags"                                    run 0 "$S" tag --model "$T/a.sectag" --lines --format jsonl "$T/lines.txt"
check "... what it was trained on"                 prints '"area":"vaccine"'
check "eval prints a table"                        run 0 "$S" eval --model "$T/a.sectag" --gold $B --replicates 50
check "... with every core area"                   prints "vaccine"
check "... and the means"                          prints "macro-F1"
check "eval --json"                                run 0 "$S" eval --model "$T/a.sectag" --gold $B --replicates 50 --json
check "... is JSON"                                is_json "$T/out"
check "... with the figures"                       prints '"macro_f1"'
check "... reliability too"                        prints '"observed"'
check "eval --reliability, --html"                 run 0 "$S" eval --model "$T/a.sectag" --gold $B --replicates 0 --reliability --html "$T/eval.html"
check "... print tables of areas and of all"       test "$(grep -c 'probabilities and what came true' "$T/out")" -gt 2
check "... and a page with two charts an area"     test "$(grep -c 'aria-label="reliability"' "$T/eval.html")" -gt 2
check "... that runs and loads nothing"            sh -c "! grep -q '<script\|src=\|href=\|http:\|https:' '$T/eval.html'"
check "eval --errors writes them"                  run 0 "$S" eval --model "$T/a.sectag" --gold $B --replicates 0 --errors "$T/errors.tsv"
check "... as a table"                             grep -q "^id	area	error	probability	text" "$T/errors.tsv"

# ---- bad input ----
{ cat $A; printf 'x\t-\tzh\tpolicy\tvacine\tmistyped\n'; printf 'short\n'; } >"$T/bad.tsv"
last=$(lines_of "$T/bad.tsv")
check "a bad line gives 1"                         run 1 "$S" train --quiet --solver liblinear $B "$T/bad.tsv" -o "$T/f.sectag"
check "... is named by file and line"              says "$T/bad.tsv:$((last - 1)): unknown area \"vacine\""
check "... the next one too"                       says "$T/bad.tsv:$last: "
check "... and costs only itself"                  run 0 "$S" model verify "$T/f.sectag"
check "eval names it as well"                      run 1 "$S" eval --model "$T/a.sectag" --gold "$T/bad.tsv" --replicates 0
check "... by file and line"                       says "$T/bad.tsv:$((last - 1)): unknown area"
check "... and prints what it has"                 prints "macro-F1"
check "a missing corpus costs only itself"         run 1 "$S" train --quiet --solver liblinear $A "$T/none.tsv" -o "$T/h.sectag"
check "... and is named"                           says "none.tsv"
check "... while the rest is trained on"           run 0 "$S" model verify "$T/h.sectag"
check "missing altogether, it gives 3"             run 3 "$S" train --quiet "$T/none.tsv" -o "$T/g.sectag"
printf 'id\ttext\na\tb\n' >"$T/unlabelled.tsv"
check "a table without labels gives 3"             run 3 "$S" train --quiet "$T/unlabelled.tsv" -o "$T/g.sectag"
check "... in one line"                            one_line_error
printf 'labels\ttext\n-\tnothing\n' >"$T/empty.tsv"
check "a corpus without any area gives 3"          run 3 "$S" train --quiet "$T/empty.tsv" -o "$T/g.sectag"
check "... in one line"                            one_line_error
check "damaged vectors give 3"                     sh -c "head -c 1000 '$T/vectors/vectors.svm.zst' >'$T/cut' && mv '$T/cut' '$T/vectors/vectors.svm.zst'"
check "... indeed"                                 run 3 "$S" train --quiet --vectors "$T/vectors" -o "$T/g.sectag"
check "... in one line"                            one_line_error
printf 'area\tgrade\tterm\nvaccine\tstrong\tx\nvacine\tstrong\tx\n' >"$T/terms.tsv"
check "a bad term list gives 3"                    run 3 "$S" train --quiet --terms "$T/terms.tsv" $A -o "$T/g.sectag"
check "... named by line"                          says "terms.tsv:3: "

# ---- usage ----
check "train without a model file gives 2"         run 2 "$S" train $A
check "train without a corpus gives 2"             run 2 "$S" train -o "$T/g.sectag"
check "a corpus and vectors at once give 2"        run 2 "$S" train $A --vectors "$T/vectors" -o "$T/g.sectag"
check "orders that are none give 2"                run 2 "$S" train $A --cjk-orders 3-1 -o "$T/g.sectag"
check "eval without a corpus gives 2"              run 2 "$S" eval --model "$T/a.sectag"
check "an unknown solver is refused"               sh -c "! '$S' train --quiet --solver svm $A -o '$T/g.sectag' 2>'$T/err'"
check "... in one line"                            one_line_error
check "no model was left behind"                   test ! -e "$T/g.sectag"
# ---- nothing that is read is overwritten; what cannot work is said before the work ----
cp $A "$T/own.tsv"
check "the corpus is not overwritten by the model" run 2 "$S" train "$T/own.tsv" -o "$T/own.tsv"
check "... nor by the error list"                  run 2 "$S" eval --model "$T/a.sectag" --gold "$T/own.tsv" --errors "$T/own.tsv"
check "... nor a document by its tags"             run 2 "$S" tag --model "$T/a.sectag" "$T/lines.txt" -o "$T/lines.txt"
check "... and they are as they were"              cmp $A "$T/own.tsv"
check "a folder that is not there is named first"  run 2 "$S" train $A -o "$T/none/model"
check "... in one line"                            one_line_error

# ---- documents: wherever their clauses stand, and not only one ----
awk -F'\t' -v OFS='\t' 'NR > 1 { $2 = "d" NR % 7 } { print }' $A >"$T/mixed.tsv"
check "clauses of one document are found anywhere" run 0 "$S" train --quiet --solver liblinear "$T/mixed.tsv" -o "$T/m.sectag"
check "... so there are seven"                     sh -c "'$S' model info --json '$T/m.sectag' | grep -q '\"documents\": 7'"
awk -F'\t' -v OFS='\t' 'NR > 1 { $2 = "x" } { print }' $A >"$T/one.tsv"
check "one document alone is refused"              run 3 "$S" train --quiet --solver liblinear "$T/one.tsv" -o "$T/o.sectag"
check "... in one line"                            one_line_error
finish
