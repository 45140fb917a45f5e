#!/usr/bin/env bash
# The main job on two small shops: servers, mappings, publish, ingest, search, evaluate.
# Every command is printed as you would type it.
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
run connector local up
eval "$(connector local status --shell)"

for shop in shop shop_zh; do
  export CONNECTOR_CATALOGUE="examples/$shop/catalogue.toml"
  step "examples/$shop: mapping, updates into Kafka, the worker"
  run connector mappings apply
  run connector publish "examples/$shop/products.jsonl"
  run connector ingest --until-caught-up
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
  --run out/shop --report out/shop/report.html

step "What to type next"
cat <<NEXT
  source .venv/bin/activate && eval "\$(connector local status --shell)"
  export CONNECTOR_CATALOGUE=examples/shop/catalogue.toml
  connector search "your own words" --explain --filter brand=… --filter 'price<=100'
  open out/shop/report.html                  every query, system against system
  docs/walkthrough.md                        a real catalogue: load and evaluate it
  docs/catalogue.md                          your own products: write a catalogue.toml
  connector local down                       stop the servers (their data is kept)
NEXT
