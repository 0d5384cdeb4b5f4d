#!/bin/sh
# sectag screen: filings against policies.
. "$(dirname "$0")/lib.sh"

cat >"$T/filing.txt" <<'END'
某公司年度报告
2024年4月30日
一、疫苗业务
公司的信使核糖核酸疫苗
获得批签发。流感疫苗接种人数上升。
二、其他
本公司办公地址没有变更。
END
cat >"$T/policy.txt" <<'END'
支持信使核糖核酸疫苗研发。
规范狂犬病疫苗处置。
加快玉米育种。
END
screen() { code=$1; shift; run "$code" "$S" screen "$T/filing.txt" --policy "$T/policy.txt" "$@"; }

check "screen --help gives 0"                      run 0 "$S" screen --help
check "... with an example"                        prints "Examples:"
check "JSONL"                                      screen 0
check "... tagged filing clauses with the policy clauses" prints '"matches":[{"doc":"'
check "... the document's title and date"          prints '"title":"某公司年度报告","date":"2024-04-30"'
check "... what they share"                        prints '{"text":"信使核糖核酸疫苗","start":'
check "... policy clauses that nothing answers to" grep -q '^{"type":"open","area":"seed-breeding".*玉米' "$T/out"
check "... and coverage by area"                   prints '{"type":"coverage","area":"seed-breeding","filing_clauses":0,"policy_clauses":1,"answered":0}'
shared_first() { sed -n 's/.*"shared":\[{"text":"信使核糖核酸疫苗","start":\([0-9]*\),"end":\([0-9]*\),"policy_start":\([0-9]*\),"policy_end":\([0-9]*\).*/\1 \2 \3 \4/p' "$T/out" | head -1; }
is_there() { # FILE START END TEXT
    [ "$(tail -c +$(($2 + 1)) "$1" | head -c $(($3 - $2)))" = "$4" ]
}
check "offsets of both documents are given"        test -n "$(shared_first)"
set -- $(shared_first)
check "... those of the filing hold"               is_there "$T/filing.txt" "$1" "$2" 信使核糖核酸疫苗
check "... those of the policy hold"               is_there "$T/policy.txt" "$3" "$4" 信使核糖核酸疫苗

check "CSV by the output's name"                   screen 0 --quiet -o "$T/m.csv"
check "... with a row a match"                     grep -q '^"match","vaccine".*信使核糖核酸疫苗' "$T/m.csv"
check "... and open policy clauses"                grep -q '^"open","seed-breeding".*玉米' "$T/m.csv"
check "... all rows as wide as the header"         python3 -c 'import csv, sys
rows = list(csv.reader(open(sys.argv[1], encoding="utf-8-sig")))
sys.exit(not (len(rows) > 3 and {len(row) for row in rows} == {25}))' "$T/m.csv"
check "SQLite"                                     screen 0 --quiet -o "$T/m.sqlite"
check "... can be asked"                           python3 -c 'import sqlite3, sys
base = sqlite3.connect(sys.argv[1])
found = base.execute("""SELECT filing.text, policy.text FROM matches
    JOIN tags f ON f.id = filing_tag JOIN clauses filing ON filing.id = f.clause
    JOIN tags p ON p.id = policy_tag JOIN clauses policy ON policy.id = p.clause
    JOIN documents d ON d.id = policy.document WHERE rank = 1 AND side = "policy" """).fetchall()
sys.exit(not any("信使核糖核酸" in a and "信使核糖核酸" in b for a, b in found))' "$T/m.sqlite"
check "... a database needs a file"                screen 2 --format sqlite
check "... and says so"                            says "-o FILE.sqlite"

check "HTML"                                       screen 0 --quiet -o "$T/m.html"
check "... loads nothing"                          grep -q "default-src 'none'; base-uri 'none'; form-action 'none'; script-src 'sha256-" "$T/m.html"
hash_holds() { python3 -c 'import base64, hashlib, re, sys
page = open(sys.argv[1], encoding="utf-8", newline="").read()
for kind, part in (("script", re.findall(r"<script>(.*?)</script>", page, re.S)), ("style", re.findall(r"<style>(.*?)</style>", page, re.S))):
    digest = base64.b64encode(hashlib.sha256(part[0].encode()).digest()).decode()
    if len(part) != 1 or f"{kind}-src \x27sha256-{digest}\x27" not in page: sys.exit(1)' "$1"; }
check "... but its one script and style, by hash"  hash_holds "$T/m.html"
data_of() { sed -n '/id="data">/,/<\/script>/p' "$1" | sed 's/.*id="data">//; s/<\/script>.*//'; } # FILE
printf '支持疫苗研发</script><script>alert(1)</script><!-- & "。\n' >"$T/hostile.txt"
check "text that looks like markup"                run 0 "$S" screen "$T/hostile.txt" --policy "$T/hostile.txt" --quiet -o "$T/h.html"
no_markup() { data_of "$1" >"$T/data.json"; ! grep -q '<' "$T/data.json" && python3 -m json.tool "$T/data.json" >/dev/null; }
check "... stays data"                             no_markup "$T/h.html"
check "... as it is"                               grep -qF '支持疫苗研发\u003c/script>\u003cscript>alert(1)' "$T/data.json"
check "the same twice"                             screen 0 --quiet -o "$T/again.html"
check "... byte for byte"                          cmp -s "$T/m.html" "$T/again.html"

check "without policies: the filings alone"        run 0 "$S" screen "$T/filing.txt"
check "... tagged"                                 prints '"area":"vaccine"'
check "... no coverage"                            sh -c "! grep -q coverage '$T/out'"
check "--area limits"                              screen 0 --area antibody
check "... to what is asked"                       sh -c "! grep -q '\"vaccine\"' '$T/out'"
check "--top 1 gives one"                          screen 0 --top 1
check "--least 1 answers to nothing"               screen 0 --least 0.9999
check "... at all"                                 sh -c "! grep -q '\"matches\":\[{' '$T/out'"
check "no operand gives 2"                         run 2 "$S" screen
check "no filing gives 2"                          run 2 "$S" screen --policy "$T/policy.txt"
check "no policy behind --policy gives 2"          run 2 "$S" screen "$T/filing.txt" --policy
check "an unknown format gives 2"                  screen 2 --format htm
check "... with a guess"                           says "did you mean html?"
check "an unknown language gives 2"                screen 2 --lang fr
check "an output that is an input gives 2"         screen 2 --format csv -o "$T/policy.txt"
check "a missing filing gives 1"                   run 1 "$S" screen "$T/none.txt" "$T/filing.txt" --policy "$T/policy.txt"
check "... in one line"                            one_line_error
check "... and the rest is done"                   prints '"matches":[{'
finish
