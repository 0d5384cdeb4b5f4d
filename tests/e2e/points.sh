#!/bin/sh
# sectag tag --recall / --precision, and sectag plan: with the shipped model and its table of operating points.
. "$(dirname "$0")/lib.sh"
SAMPLE=tests/data/sample
SHIPPED=models/default/default.sectag

# ---- without a table nothing is promised ----
check "a model without a table promises nothing"   run 3 "$S" tag --recall 0.9 $SAMPLE/plan-zh.txt
check "... and says what it needs"                 says "promises need the table"
check "plan counts bands all the same"             run 0 "$S" plan $SAMPLE/plan-zh.txt
check "... without recall"                         sh -c "! grep -q 'clauses to read' '$T/out'"
cp $SHIPPED "$T/other.sectag"
sed 's/"model":"./"model":"x/' models/default/default.operating.json >"$T/other.operating.json"
check "another model's table is refused"           run 3 "$S" tag --recall 0.9 -m "$T/other.sectag" $SAMPLE/plan-zh.txt
check "... by name"                                says "does not belong to model"
SECTAG_MODEL=$SHIPPED

# ---- targets ----
check "the point of a plain run is in its records" run 0 "$S" tag --all $SAMPLE/plan-zh.txt
check "... in all of them"                         test "$(grep -c '"point":"f1"}$' "$T/out")" -eq "$(lines_of "$T/out")"
plain=$(grep -c '"area":"ivd"' "$T/out")
check "a recall that can be promised is"           run 0 "$S" tag --recall ivd=0.9 $SAMPLE/plan-zh.txt
check "... and is named"                           prints '"point":{"recall":"ivd=0.9","confidence":0.95}'
check "... with the tags it holds for"             grep -q '"area":"ivd","p":[0-9.]*,"band":"[a-z]*","promised":true' "$T/out"
check "... the others say nothing"                 sh -c "! grep -q '\"area\":\"antibody\",\"p\":[0-9.]*,\"band\":\"[a-z]*\",\"promised\"' '$T/out'"
check "... and tags more"                          test "$(grep -c '"area":"ivd"' "$T/out")" -gt "$plain"
check "screen takes a point as well"               run 0 "$S" screen --recall ivd=0.9 $SAMPLE/plan-zh.txt
check "... and names it"                           prints '"point":{"recall":"ivd=0.9","confidence":0.95}'
check "... with the tags it holds for"             grep -q '"area":"ivd","p":[0-9.]*,"band":"[a-z]*","promised":true' "$T/out"
check "one that cannot is an error"                run 3 "$S" tag --recall vaccine=0.98 $SAMPLE/plan-zh.txt
check "... with what it would need"                says "more clauses in"
check "... in one line"                            one_line_error
check "for all areas, some are estimates"          run 0 "$S" tag --recall 0.9 $SAMPLE/plan-zh.txt
check "... and said to be"                         says "recall 0.9 cannot be promised for antibody"
check "... in the tags too"                        prints '"promised":false'
check "a recall for none is an error"              run 3 "$S" tag --recall 0.999 --quiet $SAMPLE/plan-zh.txt
check "a precision can be promised"                run 0 "$S" tag --precision vaccine=0.8 --verbose $SAMPLE/plan-zh.txt
check "... and the point be said"                  grep -q 'vaccine: tagged from .* (promised)' "$T/err"
for wrong in 1 0 x 0.9x vaccine= =0.9 0.9, ''; do
    check "--recall '$wrong' is refused"           run 2 "$S" tag --recall "$wrong" $SAMPLE/plan-zh.txt
done
check "an unknown area too"                        run 2 "$S" tag --recall vacine=0.9 $SAMPLE/plan-zh.txt
check "and a confidence of 1"                      run 2 "$S" tag --recall 0.9 --confidence 1 $SAMPLE/plan-zh.txt

# ---- the forecast is what the run gives ----
for options in "" "--recall vaccine=0.9 --precision vaccine=0.8"; do
    # shellcheck disable=SC2086
    check "plan $options ends well"                run 0 "$S" plan --area vaccine $options $SAMPLE
    planned=$(awk '$1 == "vaccine" { print $2, $3 }' "$T/out")
    # shellcheck disable=SC2086
    check "... so does tag"                        run 0 "$S" tag --format jsonl --area vaccine $options $SAMPLE
    check "... with as many in each band"          test "$planned" = "$(grep -c '"band":"accept"' "$T/out") $(grep -c '"band":"review"' "$T/out")"
done
check "plan --json has the workload"               run 0 "$S" plan --json --area vaccine,ivd $SAMPLE/plan-zh.txt
check "... of both areas"                          test "$(grep -c '"workload"' "$T/out")" -eq 2
check "plan reads standard input"                  sh -c "printf '开展疫苗接种。\n' | '$S' plan --lines --area vaccine | grep -q '^1 clauses in 1 document: 1 with a tag'"
check "a missing document costs only itself"       run 1 "$S" plan $SAMPLE/plan-zh.txt "$T/none.txt"
check "... and is named"                           says "none.txt"
check "the others are counted"                     prints " clauses in 1 document:"
finish
