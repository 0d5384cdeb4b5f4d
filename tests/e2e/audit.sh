#!/bin/sh
# sectag audit: a sample of a run, its answers, and the report.
. "$(dirname "$0")/lib.sh"
SAMPLE=tests/data/sample

# ---- draw ----
check "a run is made"                              run 0 "$S" tag -q --format jsonl --all --scores -o "$T/run.jsonl" $SAMPLE
check "a sample is drawn from it"                  run 0 "$S" audit draw "$T/run.jsonl" -n 80 -o "$T/sample.csv"
check "... of about as many rows"                  test "$(lines_of "$T/sample.csv")" -gt 70
check "the same seed draws the same"               run 0 "$S" audit draw "$T/run.jsonl" -n 80
check "... to the byte"                            cmp "$T/out" "$T/sample.csv"
check "another seed does not"                      run 0 "$S" audit draw "$T/run.jsonl" -n 80 --seed 2
check "... indeed"                                 sh -c "! cmp -s '$T/out' '$T/sample.csv'"
check "the reader is not shown the tags"           sh -c "! grep -q 'tags\|near\|far' '$T/sample.csv'"

# ---- report ----
# answers LABELS: the sample with these labels in every row.
answers() { awk -v l="$1" 'NR == 1 { print; next } { sub(/,,"/, ",\"" l "\",\""); print }' "$T/sample.csv" >"$T/read.csv"; }
check "without answers nothing is known"           run 0 "$S" audit report "$T/run.jsonl" "$T/sample.csv"
check "... and that is said"                       says "have no answer"
answers -
check "with answers there is a report"             run 0 "$S" audit report "$T/run.jsonl" "$T/read.csv"
check "... no tag was right"                       grep -q '^vaccine .* 0.000 (' "$T/out"
check "... nothing was missed"                     sh -c "awk '\$1 == \"vaccine\"' '$T/out' | grep -q ' 0 *0.0 '"
check "... it names its methods"                   prints "exact hypergeometric"
check "the report as JSON"                         run 0 "$S" audit report --json "$T/run.jsonl" "$T/read.csv"
check "... with bounds"                            prints '"missed_at_most"'
answers "vaccine, antibody"
check "areas may stand in any manner"              run 0 "$S" audit report "$T/run.jsonl" "$T/read.csv"
check "... and are missed now"                     sh -c "awk '\$1 == \"vaccine\" { exit !(\$(NF - 2) > 0) }' '$T/out'"
check "some areas only"                            run 0 "$S" audit draw "$T/run.jsonl" -n 40 --area vaccine -o "$T/sample.csv"
answers -
check "... are reported alone"                     run 0 "$S" audit report "$T/run.jsonl" "$T/read.csv"
check "... indeed"                                 test "$(grep -c '^[a-z-]*  .*(' "$T/out")" -eq 1

# ---- what cannot be ----
sed '3s/"-"/"vacine"/' "$T/read.csv" >"$T/typo.csv"
check "a mistyped area costs only its row"         run 1 "$S" audit report "$T/run.jsonl" "$T/typo.csv"
check "... which is named"                         says "typo.csv:3:"
check "... the rest is reported"                   grep -q '^vaccine ' "$T/out"
sed 's/seed=1/seed=2/' "$T/read.csv" >"$T/other.csv"
check "a changed way of drawing is noticed"        run 3 "$S" audit report "$T/run.jsonl" "$T/other.csv"
check "... by row"                                 says "was not drawn from this run"
"$S" tag -q --format jsonl --all --scores -o "$T/run2.jsonl" $SAMPLE/plan-zh.txt
check "a sample of another run is refused"         run 3 "$S" audit report "$T/run2.jsonl" "$T/read.csv"
check "... in one line"                            one_line_error
check "a run without untagged clauses is refused"  sh -c "'$S' tag -q --format jsonl --scores $SAMPLE/plan-zh.txt >'$T/part.jsonl'; '$S' audit draw '$T/part.jsonl' 2>'$T/err'; [ \$? -eq 3 ]"
check "... with what to do"                        says "tag with --all --scores"
check "a run without scores too"                   sh -c "'$S' tag -q --format jsonl --all $SAMPLE/plan-zh.txt >'$T/part.jsonl'; '$S' audit draw '$T/part.jsonl' 2>'$T/err'; [ \$? -eq 3 ]"
check "no run at all too"                          run 3 "$S" audit draw $SAMPLE/plan-zh.txt
check "an unknown area gives 2"                    run 2 "$S" audit draw "$T/run.jsonl" --area vacine
check "no action gives 2"                          run 2 "$S" audit
check "nor does a wrong one"                       run 2 "$S" audit burn "$T/run.jsonl"
check "the run is not written over"                run 2 "$S" audit draw "$T/run.jsonl" -o "$T/run.jsonl"
finish
