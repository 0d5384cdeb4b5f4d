#!/bin/sh
# sectag explain, areas, model, and the help texts.
. "$(dirname "$0")/lib.sh"

check "no command gives 2"                         run 2 "$S"
check "--help lists the commands"                  run 0 "$S" --help
check "... tag among them"                         prints "tag the clauses of documents"
check "--version gives 0"                          run 0 "$S" --version
for command in tag explain areas model; do
    check "$command --help gives 0"                run 0 "$S" $command --help
    check "... with an example"                    prints "Examples:"
    check "... and every option"                   prints "--help"
done
check "a mistyped command gets a guess"            run 2 "$S" explian
check "... of what was meant"                      says "did you mean explain?"

check "explain shows signs where there are no colours" run 0 "$S" explain 支持疫苗研发
check "... around what pushes"                     grep -q '\[+[0-9.]*疫苗\]' "$T/out"
scores_of() { "$S" explain --json "$1" | grep -o '"score":[^,]*'; }
scores_of '國務院應當發展經濟與農業育種。' >"$T/traditional"
scores_of '国务院应当发展经济与农业育种。' >"$T/simplified"
! built_with ICU || check "traditional characters have the same scores" sh -c "cmp '$T/traditional' '$T/simplified' && test -s '$T/simplified'"
check "explain --color always shows colours"       run 0 "$S" explain --color always 支持疫苗研发
check "... as a terminal wants them"               grep -q "$(printf '\033')\\[38;5" "$T/out"
check "explain --area explains that area"          run 0 "$S" explain --area seed-breeding 支持疫苗研发
check "... although it is not tagged"              prints "seed-breeding"
check "explain --json is one line"                 run 0 "$S" explain --json 支持疫苗研发
check "... exactly"                                has_lines "$T/out" 1
printf '疫苗\n\nb\377d\n' >"$T/lines.txt"
check "explain --lines --json: ill-formed gives 1" run 1 "$S" explain --json --lines "$T/lines.txt"
check "... and an object a line"                   has_lines "$T/out" 3
check "explain --area alone shows the model"       run 0 "$S" explain --area vaccine -n 3
check "... its weightiest n-gram"                  prints "+2.500  疫苗"
check "... its terms"                              prints "terms up"
check "explain without a text gives 2"             run 2 "$S" explain
check "explain of a missing file gives 1"          run 1 "$S" explain --lines "$T/none.txt"
check "... in one line"                            one_line_error

check "areas lists them"                           run 0 "$S" areas
check "... core ones with a star"                  grep -q '^  \* vaccine .*疫苗' "$T/out"
check "areas --json works"                         run 0 "$S" areas --json
check "... with definitions"                       prints '"definition"'
check "model info describes the default model"     run 0 "$S" model info
check "... and how it was made"                    prints "by hand"
check "model info --json works"                    run 0 "$S" model info --json "$T/tiny.sectag"
check "model verify finds it good"                 run 0 "$S" model verify "$T/tiny.sectag"
head -c 100 "$T/tiny.sectag" >"$T/cut.sectag"
check "model verify refuses a cut one with 3"      run 3 "$S" model verify "$T/cut.sectag"
check "... in one line"                            one_line_error
check "model without an action gives 2"            run 2 "$S" model
check "model with a wrong one too"                 run 2 "$S" model burn
finish
