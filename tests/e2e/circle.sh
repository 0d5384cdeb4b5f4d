#!/bin/sh
# The whole circle: tag, correct, retrain on the ledger, promote, and the corrected clause carries the corrected tags.
. "$(dirname "$0")/lib.sh"

unset SECTAG_MODEL # the shipped model is the one to be corrected
W=$T/w.sqlite
retrain() { "$S" retrain -q --solver liblinear --workspace "$W" "$@"; }
tags_of() { "$S" tag --lines -q --workspace "$W" "$1" | sed -n 's/.*"tags":\[\([^]]*\)\].*/\1/p'; }
# four ways to say that a made-up product is a surgical robot, which no word in them tells
cat >"$T/new.txt" <<'END'
“灵犀七号”平台已在三家医院完成首批病例。
公司计划扩大“灵犀七号”平台的产能。
“灵犀七号”平台获得创新产品认定。
围绕“灵犀七号”平台建设培训中心。
END
check "the clauses are not known to be of the area"     run 0 tags_of "$T/new.txt"
check "..."                                             sh -c "! grep -q surgical-robot '$T/out'"
{
    printf 'text\tadd\treason\n'
    while read -r line; do printf '%s\tsurgical-robot\ta product name\n' "$line"; done <"$T/new.txt"
} >"$T/corrections.tsv"
check "corrections of all of them"                      run 0 "$S" correct --workspace "$W" --no-spread "$T/corrections.tsv"
check "the ledger says who and when"                    run 0 "$S" corrections --workspace "$W" --json
check "..."                                             prints '"anna"'
check "..."                                             prints '2026-01-02T03:04:05Z'
check "retraining on the ledger passes the gate"        run 0 retrain -o "$T/one.sectag" --correction-copies 8 --report "$T/report.json"
check "the candidate is promoted"                       run 0 "$S" models promote "$T/one.sectag" --report "$T/report.json" --workspace "$W"
check "the corrected clauses carry the corrected tags"  run 0 tags_of "$T/new.txt"
check "... those that were trained on"                  sh -c "[ \$(grep -c surgical-robot '$T/out') -ge 3 ]"
check "another workspace's ledger is none of ours"      run 1 "$S" retrain -q --workspace "$T/none.sqlite" -o "$T/x.sectag"
check "... and says so in one line"                     one_line_error
finish
