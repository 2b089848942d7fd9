#!/bin/sh
# Runs public scanners against a served demonstration, as two units; see README.md here.
set -eu
url=${1:?address of the hub} place=${2:?folder for the scanners}
here=$(cd "$(dirname "$0")" && pwd) hub=$(cd "$(dirname "$0")/../.." && pwd)/.venv/bin/hub
mkdir -p "$place"
[ -x "$place/bin/python" ] || python3 -m venv "$place"
"$place/bin/python" -m pip install --quiet "schemathesis>=4.32" "clairvoyance>=2.5" "sqlmap>=1.10" requests simplejson termcolor PySocks
(cd "$place" && npm install --silent --no-save graphql graphql-http >/dev/null && cp "$here/audit.mjs" .)
[ -d "$place/graphql-cop" ] || git clone --quiet --depth 1 https://github.com/dolevf/graphql-cop "$place/graphql-cop"

for unit in ED@430621 VC@430621104201; do
  token=$("$hub" token "$unit" --role officer)
  echo "== graphql-http audit as $unit"
  (cd "$place" && node audit.mjs "$url/graphql" "$token") || true
  echo "== graphql-cop as $unit"
  (cd "$place/graphql-cop" && "$place/bin/python" graphql-cop.py -t "$url/graphql" -H "{\"Authorization\": \"Bearer $token\"}") || true
  echo "== clairvoyance as $unit"
  "$place/bin/clairvoyance" "$url/graphql" -H "Authorization: Bearer $token" -p slow -o "$place/clairvoyance.json" 2>&1 | tail -3 || true
  echo "== schemathesis as $unit"
  (cd "$place" && "$place/bin/schemathesis" run "$url/graphql" -H "Authorization: Bearer $token" -H "Accept: application/json" \
    --checks not_a_server_error --phases fuzzing --max-examples 5 --max-time 120 --no-color 2>&1 | tail -40) || true
  echo "== sqlmap as $unit"
  printf '%s' '{"query":"query($t:String!){children(filter:{name:{eq:$t}}){nodes{id}}}","variables":{"t":"x*"}}' > "$place/body.json"
  "$place/bin/sqlmap" -u "$url/graphql" --method POST --data "$(cat "$place/body.json")" --batch --level 3 --risk 2 --flush-session \
    --ignore-code 400,403,422 -H "Content-Type: application/json" -H "Authorization: Bearer $token" --dbms PostgreSQL --output-dir "$place/sqlmap" 2>&1 | tail -8 || true
done
