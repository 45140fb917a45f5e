#!/usr/bin/env bash
# The main job on two small shops: servers, mappings, publish, ingest, search, evaluate, dashboards.
# Every command is printed as you would type it. `examples/demo.sh --home DIRECTORY` uses servers of
# its own, beside others that run; what is given goes to `connector local`.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -t 1 ]; then bold=$'\033[1m' dim=$'\033[2m' plain=$'\033[0m'; else bold='' dim='' plain=''; fi
step() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
run() {
  local word line=''
  for word in "$@"; do
    case $word in *[\ \$]*) line+=" '$word'" ;; *) line+=" $word" ;; esac
  done
  printf '%s$%s%s\n' "$dim" "$line" "$plain"
  "$@"
}

step "OpenSearch, Kafka and Redis on this machine (the first time they are downloaded)"
run connector local up "$@"
# In two steps: `eval` of what failed would go on with whatever servers stand at the usual ports.
servers=$(connector local status "$@" --shell)
eval "$servers"

for shop in shop shop_zh; do
  export CONNECTOR_CATALOGUE="examples/$shop/catalogue.toml"
  step "examples/$shop: mapping, updates into Kafka, the worker"
  run connector mappings apply
  run connector publish "examples/$shop/products.jsonl"
  run connector --set ingest.history_s=60 ingest --until-caught-up
done

export CONNECTOR_CATALOGUE=examples/shop/catalogue.toml
step "Three systems side by side, and what each hit was found by"
for query in "torch for camping" "winter coat for the mountains" "noise cancelling headfones under \$150"; do
  run connector search "$query" --system bm25 --system vector --system hybrid --size 4
done
step "Why a hit stands where it stands"
run connector search "something to keep coffee warm at my desk" --size 3 --explain

step "Chinese"
CONNECTOR_CATALOGUE=examples/shop_zh/catalogue.toml \
  run connector search "保暖外套" --system bm25 --system hybrid --size 4

step "Measured against judgments"
run connector evaluate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv \
  --system bm25 --system vector --system native --system hybrid \
  --slices builtin --record texts --run out/shop --report out/shop/report.html

step "One product's text changes: it alone is embedded again, and is found by its new words"
mkdir -p out
now=$(date -u +%FT%TZ)
grep SH-0263 examples/shop/products.jsonl |
  sed "s/\"description\": \"/&A light on it blinks since $now. /; s/\(\"updated_at\": \"\)[^\"]*/\1$now/" \
    >out/changed.jsonl
run connector publish out/changed.jsonl
run connector --set ingest.history_s=60 ingest --until-caught-up
run connector search "bicycle seat that blinks" --size 2

step "Another mapping beside live searches: a finer graph of vectors, behind the same name, and back"
{ cat examples/shop_zh/catalogue.toml; printf '\n[knn]\nm = 32\n'; } >out/shop_zh.toml
run connector reindex start -c out/shop_zh.toml --until-switched
run connector reindex rollback -c out/shop_zh.toml
run connector reindex abort -c out/shop_zh.toml

step "Measured again after all of this: the next point of quality over time"
run connector evaluate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv \
  --system bm25 --system vector --system native --system hybrid --record texts

step "What the dashboards show: shoppers that are simulated, the state of the index, one page of it all"
# A secret that is made up here is good for a demo: nobody has to recognise its shoppers later.
export CONNECTOR_BEHAVIOUR__KEY="${CONNECTOR_BEHAVIOUR__KEY:-$(head -c 24 /dev/urandom | base64)}"
run connector ubi apply
run connector ubi simulate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv \
  --sessions 1000
trial="demo-$(date +%m%d-%H%M%S)"
# One that is left running would refuse the next demo.
trap 'connector experiment stop "$trial" >/dev/null 2>&1' EXIT
run connector ubi simulate --queries examples/shop/queries.tsv --qrels examples/shop/qrels.tsv \
  --sessions 1000 --experiment "$trial" --system native --system hybrid
run connector experiment stop "$trial"
trap - EXIT
run connector experiment status "$trial" --record
run connector doctor --record
CONNECTOR_CATALOGUE=examples/shop_zh/catalogue.toml run connector doctor --record
run connector report out/shop/dashboards.html

step "What to type next (all of this took $((SECONDS / 60)) min $((SECONDS % 60)) s)"
cat <<NEXT
  source .venv/bin/activate && eval "\$(connector local status${*:+ $*} --shell)"
  export CONNECTOR_CATALOGUE=examples/shop/catalogue.toml
  connector search "your own words" --explain --filter brand=… --filter 'price<=100'
  open out/shop/report.html                  every query, system against system
  open out/shop/dashboards.html              relevance, behaviour and ingest on one page
  connector --set dashboards.url=http://127.0.0.1:5601 dashboards apply
                                             the same in OpenSearch Dashboards, where you run it:
                                             http://127.0.0.1:5601/app/dashboards, "Connector: …"
  connector dashboards export out/connector.ndjson
                                             or as a file, imported under Dashboards Management
  connector --set gateway.judgments=out/judged.tsv gateway
                                             then http://127.0.0.1:9201/_connector/?index=shop
  docs/walkthrough.md                        a real catalogue: load and evaluate it
  docs/catalogue.md                          your own products: write a catalogue.toml
  connector local down${*:+ $*}                       stop the servers (their data is kept)
NEXT
