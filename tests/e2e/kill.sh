#!/bin/sh
# Nothing that was acknowledged is lost, wherever the program is killed (kill.c does the killing).
. "$(dirname "$0")/lib.sh"
"$MAKE_MODEL" "$T/a.sectag" -1.2
"$MAKE_MODEL" "$T/b.sectag" -1.4
mkdir "$T/vectors"
head -200 training/corpus/policy-zh.tsv >"$T/corpus.tsv"
check "a model is trained on a small corpus"       run 0 "$S" train -q --solver liblinear --folds 2 --min-positives 3 "$T/corpus.tsv" \
    --taxonomy models/taxonomy.tsv -o "$T/base.sectag" --save-vectors "$T/vectors"
unset SECTAG_MODEL
check "killed at random moments, nothing is lost"  "$3" "$S" "$T/a.sectag" "$T/b.sectag" "$T" "$T/vectors" "$T/base.sectag"
finish
