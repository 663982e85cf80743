#!/usr/bin/env bash
# Milliseconds from the launcher's start to the end of the first training step.
#   bench/cold-start.sh [RUNS]
# The step has ended when the JVM loads the class of its result, StepLoss.
set -euo pipefail
runs=${1:-10}
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export GPUVAE_JAVA_OPTS="-Xlog:class+load:file=$folder/classes:timemillis"

# Builds, and makes the launcher's cache.
"$root/gpuvae" train --limit 1 --epochs 1 --out "$folder/run" >"$folder/said" 2>&1 || {
  cat "$folder/said" >&2
  exit 1
}
for _ in $(seq "$runs"); do
  start=$(date +%s%3N)
  "$root/gpuvae" train --limit 1000 --epochs 1 --out "$folder/run" --overwrite >"$folder/said" 2>&1
  end=$(sed -n 's/^\[\([0-9]*\)ms\] gpuvae\.StepLoss source.*/\1/p' "$folder/classes")
  echo $((end - start))
done | sort -n | awk '{ t[NR] = $1 }
  END { printf "first step after %d ms (median of %d, %d to %d)\n", t[int((NR + 1) / 2)], NR, t[1], t[NR] }'
