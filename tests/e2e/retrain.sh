#!/bin/sh
# The shipped vectors give the shipped model again, byte for byte.
. "$(dirname "$0")/lib.sh"

shipped=models/default
check "training on the shipped vectors ends well" run 0 "$S" train --quiet --vectors $shipped -o "$T/again.sectag"
check "... with the shipped model, byte for byte" cmp "$T/again.sectag" $shipped/default.sectag
check "... and the shipped table of points"        cmp "$T/again.operating.json" $shipped/default.operating.json
check "... and the shipped card"                  run 0 "$S" model card "$T/again.sectag"
check "... word for word"                         cmp "$T/out" $shipped/MODEL_CARD.md
finish
