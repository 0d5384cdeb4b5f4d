#!/bin/sh
# sectag retrain, suggest and diff: from decisions to a candidate that the gate lets pass or blocks.
. "$(dirname "$0")/lib.sh"
A=training/corpus/biopharma-zh.tsv
B=training/corpus/policy-zh.tsv
TAB=$(printf '\t')

mkdir "$T/vectors"
check "a model is trained"                         run 0 "$S" train -q --solver liblinear $A $B -o "$T/now.sectag" --save-vectors "$T/vectors"
retrain() {
    code=$1
    shift
    run "$code" "$S" retrain -q --solver liblinear --vectors "$T/vectors" --model "$T/now.sectag" "$@"
}

# ---- no decisions, no difference ----
check "without decisions it passes"                retrain 0 -o "$T/same.sectag"
check "... with the same bytes"                    cmp "$T/now.sectag" "$T/same.sectag"

# ---- decisions ----
{ printf 'text\tdoc\theld\tadd\tremove\n'
  printf '县域冷链接种点完成验收。\tx.txt\t0\tvaccine\tantibody\n'
  printf '县域接种台账由专人登记。\tx.txt\t1\tvaccine\t\n'; } >"$T/good.tsv"
check "a few decisions pass"                       retrain 0 --decisions "$T/good.tsv" -o "$T/next.sectag" --report "$T/report.json"
check "... the report says so"                     grep -q '"verdict": "passed"' "$T/report.json"
check "... the model names them"                   sh -c "'$S' model info --json '$T/next.sectag' | grep -q '\"decisions\"'"
check "... and its parent"                         sh -c "'$S' model info --json '$T/next.sectag' | grep -q '\"parent\"'"
check "... the same bytes with one thread"         retrain 0 --no-gate --jobs 1 --decisions "$T/good.tsv" -o "$T/one.sectag"
check "... indeed"                                 cmp "$T/next.sectag" "$T/one.sectag"

check "lost decisions of the current model"        run 0 "$S" retrain -q --solver liblinear --vectors "$T/vectors" --model "$T/next.sectag" --decisions "$T/good.tsv" -o "$T/more.sectag"
check "... are missed"                             says "are not to be found (--earlier)"
check "... unless they are given"                  run 0 "$S" retrain -q --solver liblinear --vectors "$T/vectors" --model "$T/next.sectag" --decisions "$T/good.tsv" --earlier "$T/good.tsv" -o "$T/more.sectag"
check "... then nothing is said"                   sh -c "! grep -q 'not to be found' '$T/err'"

# ---- a poisoned batch: the corpus' vaccine clauses decided not to be of vaccines ----
awk -F'\t' 'BEGIN { print "text\tremove" }
    FNR == 1 { for (i = 1; i <= NF; i++) c[$i] = i }
    FNR > 1 && $c["labels"] ~ /(^|,)vaccine(,|$)/ && n++ % 5 { print $c["text"] "\tvaccine" }' $A $B >"$T/poison.tsv"
check "a poisoned batch is blocked"                retrain 4 --decisions "$T/poison.tsv" -o "$T/bad.sectag" --report "$T/blocked.json"
check "... with a word on standard error"          says "blocked"
check "... about the area"                         says "vaccine, corpus: F1 -"
check "... and clauses in the report"              grep -q '"id": ' "$T/blocked.json"
check "... the decisions behind the loss as well"  grep -q '"decided": "removed"' "$T/blocked.json"
check "... and what flipped them"                  grep -q '"drivers": ' "$T/blocked.json"

# ---- new areas ----
printf 'sector\tarea\tzh\ten\tcore\tdefinition\nagri\troads\t道路\tRoads\tno\tRoads.\n' >"$T/areas.tsv"
{ printf 'text\tadd\n'; for i in 甲 乙 丙; do printf '%s乡道路硬化工程招标。\troads\n' $i; done; } >"$T/roads.tsv"
check "a new area needs clauses"                   retrain 0 --no-gate --areas "$T/areas.tsv" --decisions "$T/roads.tsv" -o "$T/roads.sectag"
check "... how many is said"                       says "area roads is left out: 3 clauses, 7 more are needed"
check "... with enough it is trained"              retrain 0 --min-positives 3 --areas "$T/areas.tsv" --decisions "$T/roads.tsv" -o "$T/roads.sectag"
printf '丁乡道路硬化工程招标。\n' >"$T/lines.txt"
check "... and known"                              run 0 "$S" tag --lines --all --scores --model "$T/roads.sectag" "$T/lines.txt"
check "... by name"                                prints '"roads":'

check "the models' difference names it"            run 0 "$S" models diff "$T/now.sectag" "$T/roads.sectag" --top 2
check "..."                                        prints "area gained: roads"
check "... and its weights"                        sh -c "sed -n '/^roads/,\$p' '$T/out' | grep -q '(0.000 -> [0-9]'"
check "... and where the new one comes from"       prints "decisions.added: - -> 3"

# ---- a new area of the workspace, from the ledger to tags ----
W=$T/w.sqlite
ws() { SECTAG_MODEL=$T/now.sectag "$S" "$@" --workspace "$W"; }
check "an area is added"                           run 0 ws areas add rural-roads --en 'Rural roads' --zh 农村公路
check "... how many clauses it needs is said"      prints "area rural-roads added: 10 clauses are needed"
check "... twice it is refused"                    run 2 ws areas add rural-roads --en 'Rural roads'
check "... in one line"                            one_line_error
check "an area of the model is refused"            run 2 ws areas add vaccine --en Vaccines
check "a code that is none is refused"             run 2 ws areas add 'Rural Roads' --en 'Rural roads'
check "a name over two lines is refused"           run 2 ws areas add lanes --en "$(printf 'La\nnes')"
check "no name is refused"                         run 2 ws areas add lanes
check "another word than add is refused"           run 2 ws areas drop rural-roads
printf 'text\tadd\n' >"$T/roads20.tsv"
while read -r line; do printf '%s\trural-roads\n' "$line"; done >>"$T/roads20.tsv" <<'END'
农村公路路面破损，由县里统一养护。
今年完成十二公里农村公路的拓宽。
村道和乡道纳入农村公路目录管理。
农村公路安装波形护栏与警示桩。
通建制村的农村公路全部硬化到户。
雨季前清理农村公路边沟，疏通涵洞。
农村公路的桥梁每季度巡查一次。
客车开进山里，靠的是新修的农村公路。
设立农村公路路长，公示姓名和电话。
农村公路养护经费按里程拨付到乡镇。
扶持合作社承包农村公路日常保洁。
把断头的农村公路接到省道上去。
农村公路限高架应当限期拆除。
冬天给农村公路撒盐除冰。
农村公路两旁补种行道树三千株。
采石场的重车压坏了农村公路，由企业赔付。
邮路借农村公路延伸到边远村寨。
测绘队正在核查农村公路里程。
END
head -4 "$T/roads20.tsv" >"$T/roads3.tsv"
check "its clauses are taken"                      run 0 ws correct --no-spread "$T/roads3.tsv"
check "areas counts them"                          run 0 ws areas --json
check "... and what is missing"                    grep -q '"missing": ' "$T/out"
check "... as a table as well"                     run 0 ws areas
check "... with a word on it"                      prints "more clauses are needed to train it"
check "retrain leaves it out"                      ws retrain -q --solver liblinear --vectors "$T/vectors" --no-gate -o "$T/few.sectag"
check "... in the model it tags nothing"           run 0 "$S" areas --json --model "$T/few.sectag"
check "... but it is there"                        prints '"area": "rural-roads"'
check "with enough clauses"                        run 0 ws correct --no-spread "$T/roads20.tsv"
check "... none is missing"                        run 0 ws areas
check "... indeed"                                 sh -c "! grep -q 'more clauses are needed' '$T/out'"
now() { ws retrain -q --solver liblinear --vectors "$T/vectors" "$@"; }
check "retrain takes the candidate into use"       run 0 now
check "... and says so"                            prints "promoted: model "
unset SECTAG_MODEL
printf '亥乡的农村公路由亥县交通局提级改造。\n' >"$T/road.txt"
check "the model in use knows the area"            run 0 "$S" tag --lines --workspace "$W" "$T/road.txt"
check "... and tags with it"                       prints '"area":"rural-roads"'
check "the models are listed with their reasons"   run 0 "$S" models list --workspace "$W"
check "..."                                        prints 'decided clauses'
check "retrained again, nothing changes"           run 0 "$S" retrain -q --solver liblinear --vectors "$T/vectors" --workspace "$W"
check "... and it is said"                         prints "nothing changed: model "
check "what it learnt before is recalled"           sh -c "! grep -q 'not to be found' '$T/err'"
check "one more clause"                            run 0 "$S" correct --workspace "$W" --text '农村公路旁的标志牌已更换。' --add rural-roads
check "... is learnt besides"                      run 0 "$S" retrain -q --solver liblinear --vectors "$T/vectors" --workspace "$W"
check "... what it learnt before is recalled"      sh -c "! grep -q 'not to be found' '$T/err'"
check "no candidate was left behind"               sh -c "! ls '$W'.candidate* 2>/dev/null"
SECTAG_MODEL=$T/tiny.sectag
check "--force needs a reason"                     run 2 now --force
check "... and no file"                            run 2 now --force --reason x -o "$T/x.sectag"
check "without a workspace a file is asked for"    run 2 "$S" retrain -q
check "... in one line"                            one_line_error

# ---- bad decisions ----
printf 'text\tadd\n甲\tvacine\n' >"$T/typo.tsv"
check "an unknown area gives 3"                    retrain 3 --decisions "$T/typo.tsv" -o "$T/x.sectag"
check "... by file and line"                       says "typo.tsv:2: unknown area \"vacine\""
check "no output gives 2"                          retrain 2 --decisions "$T/good.tsv"
check "copies that are none give 2"                retrain 2 --correction-copies many -o "$T/x.sectag"
check "no model was left behind"                   test ! -e "$T/x.sectag"

# ---- suggest ----
check "suggest picks clauses"                      run 0 "$S" suggest -n 5 --model "$T/now.sectag" tests/data/sample
check "... as many as asked"                       has_lines "$T/out" 6
check "... with the columns"                       grep -q "^doc${TAB}tags${TAB}why${TAB}area${TAB}p${TAB}text$" "$T/out"
cp "$T/out" "$T/asked.tsv"
check "... the same ones again"                    run 0 "$S" suggest -n 5 --model "$T/now.sectag" tests/data/sample
check "... indeed"                                 cmp "$T/out" "$T/asked.tsv"
check "what was decided is not asked again"        run 0 "$S" suggest -n 5 --decided "$T/asked.tsv" --model "$T/now.sectag" tests/data/sample
not_again() { cut -f 6 "$T/asked.tsv" | sed 1d >"$T/texts"; ! grep -qFf "$T/texts" "$T/out"; }
check "... indeed"                                 not_again
check "labels of a corpus are doubted"             run 0 "$S" suggest -n 20 --labelled --vectors "$T/vectors" --model "$T/now.sectag" training/corpus/filings-zh.tsv
check "... as such"                                prints "${TAB}label${TAB}"

# ---- diff ----
check "diff shows what changed"                    run 0 "$S" diff "$T/now.sectag" "$T/bad.sectag" tests/data/sample
check "... by area and document"                   grep -q "^vaccine${TAB}.*plan-zh.txt${TAB}0${TAB}[1-9]" "$T/out"
check "... clause by clause, with the n-grams"     grep -q "^lost${TAB}vaccine.*疫苗" "$T/out"
check "... as CSV"                                 run 0 "$S" diff "$T/now.sectag" "$T/bad.sectag" tests/data/sample -o "$T/diff.csv"
check "... with a header"                          sh -c "head -1 '$T/diff.csv' | grep -q 'change,area,p_old,p_new,doc,clause,drivers,text'"
check "... as HTML"                                run 0 "$S" diff --format html "$T/now.sectag" "$T/bad.sectag" tests/data/sample
check "... that ends"                              prints "</html>"
check "a model does not differ from itself"        run 0 "$S" diff --format csv "$T/now.sectag" "$T/now.sectag" tests/data/sample
check "... so there is a header only"              has_lines "$T/out" 1
check "diff needs two models"                      run 2 "$S" diff "$T/now.sectag"
finish
