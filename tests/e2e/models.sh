#!/bin/sh
# sectag models: which model is in use, and the gate before it.
. "$(dirname "$0")/lib.sh"
W=$T/ws.sqlite
M() { action=$1; shift; "$S" models "$action" --workspace "$W" "$@"; }
"$MAKE_MODEL" "$T/new.sectag" -1.5
id_of() { "$S" model info --json "$1" | sed -n 's/.*"id": "\(.*\)",/\1/p'; }
old=$(id_of "$T/tiny.sectag")
new=$(id_of "$T/new.sectag")
active() { [ "$(M list --json | grep -B1 '"state": "active"' | sed -n 's/.*"id": "\(.*\)",/\1/p')" = "$1" ]; }

check "list without a workspace gives 1"           run 1 M list
check "promote without a report gives 4"           run 4 M promote "$T/new.sectag"
check "... in one line"                            one_line_error
check "... but the model is there"                 sh -c "'$S' models list --workspace '$W' | grep -q '$new  candidate'"
check "--force without a reason gives 2"           run 2 M promote "$new" --force
printf '{"candidate":"%s","passed":false,"why":"worse"}' "$new" >"$T/failed.json"
printf '{"candidate":"%s","passed":true}' "$new" >"$T/passed.json"
printf '{"candidate":"0123456789abcdef","passed":true}' >"$T/other.json"
printf '{"passed":"yes"}' >"$T/odd.json"
check "a report that failed gives 4"               run 4 M promote "$new" --report "$T/failed.json"
check "a report about another model gives 3"       run 3 M promote "$new" --report "$T/other.json"
check "a report that says nothing gives 3"         run 3 M promote "$new" --report "$T/odd.json"
check "a report that is none gives 3"              run 3 M promote "$new" --report "$T/new.sectag"
check "... in one line"                            one_line_error
check "no model is active yet"                     run 1 M show
check "a passed model is promoted"                 run 0 M promote "$new" --report "$T/passed.json"
check "... is active"                              active "$new"
check "... told of"                                prints "promoted: model $new is active"
check "show has its report"                        run 0 M show --json
check "... and the promotion"                      prints '"action": "promote"'
check "again gives 2"                              run 2 M promote "$new"
check "a file that is no model gives 3"            run 3 M promote README.md
check "a model that is not there gives 2"          run 2 M promote 0123

check "diff compares two of them"                  run 0 M diff "$old" "$new"
check "... by their ids"                           prints "old model $old, new model $new"
check "... what changed in an area"                prints "  bias: "
check "... as JSON"                                run 0 M diff --json "$old" "$T/new.sectag"
check "... with the areas"                         sh -c "grep -q '\"gained\": \[\]' '$T/out' && grep -q '\"bias\": \[' '$T/out'"
check "a model does not differ from itself"        run 0 M diff "$new" "$T/new.sectag"
check "... indeed"                                 sh -c "! grep -q -e '->' '$T/out'"
check "diff of what is not there gives 2"          run 2 M diff "$old" 0123
check "... in one line"                            one_line_error
check "diff of nothing gives 2"                    run 2 M diff
check "... a third is too many"                    run 2 M show "$old" "$new"
unset SECTAG_MODEL
printf '疫苗\n' >"$T/one.txt"
id_used() { "$S" "$@" | sed -n 's/.*"id": "\(.*\)",/\1/p'; }
used() { SECTAG_WORKSPACE=$W "$S" model info --json | grep -q "\"id\": \"$1\""; }
check "commands use the active model"              used "$new"
check "--model goes before it"                     sh -c "SECTAG_WORKSPACE='$W' '$S' areas --model '$T/tiny.sectag' >/dev/null"
"$S" tag --lines --all --scores --workspace "$W" "$T/one.txt" >"$T/active"
"$S" tag --lines --all --scores --model "$T/new.sectag" "$T/one.txt" >"$T/given"
check "tag --workspace tags with it"               cmp "$T/active" "$T/given"
check "rollback returns to the one before"         run 0 M rollback --reason 'odd tags'
check "... which was kept at the first promotion"  active "$old"
check "... and is used"                            used "$old"
check "rollback once more has nowhere to go"       run 2 M rollback
check "--to goes to any that was active"           run 0 M rollback --to "$new"
check "... is active"                              active "$new"
rm "$W.models/$new.sectag"
check "a model file that is gone gives 3"          run 3 "$S" tag --workspace "$W" "$T/one.txt"
check "... in one line"                            one_line_error
check "models takes an action"                     run 2 "$S" models
finish
