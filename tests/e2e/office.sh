#!/bin/sh
# The round trip through a spreadsheet program: what tag wrote and LibreOffice saved again is read as it was meant.
. "$(dirname "$0")/lib.sh"
command -v soffice >/dev/null || { echo "no LibreOffice: not checked"; exit 77; }
"$S" tag --format csv --quiet -o "$T/tags.csv" tests/data/sample
sed 's/"18","1",\(.*\),"vaccine","\([0-9.]*\)"/"18","1",\1,"vaccine,seed-breeding","\2"/' "$T/tags.csv" >"$T/edited.csv"
office() { HOME=$T soffice --headless "--infilter=$1" --convert-to "$2" --outdir "$T/office" "$3" >/dev/null 2>&1; }
from_office() { # INPUT FILTER, OUTPUT FILTER: what it opens so and saves so corrects as before
    rm -rf "$T/office" "$T/office.sqlite"
    office "$1" "$2" "$T/edited.csv" &&
        run 0 "$S" correct --workspace "$T/office.sqlite" "$T/office/edited.csv" &&
        prints ": 1 correction recorded" && "$S" corrections --workspace "$T/office.sqlite" | grep -q 'added *seed-breeding'
}
csv='Text - txt - csv (StarCalc)'
check "semicolons are read"                        from_office "$csv:44,34,76" "csv:$csv:59,34,76"
check "... all fields in quotes, German commas"    from_office "$csv:44,34,76,1,,1033" "csv:$csv:44,34,76,1,,1031,true"
check "... a table opened as Windows-1252"         from_office "$csv:44,34,1" "csv:$csv:9,34,76"
finish
