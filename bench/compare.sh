#!/usr/bin/env bash
# Train steps of gpuvae, PyTorch and DL4J on this machine's CPU, in turns.
#   bench/compare.sh [PRESET:BATCH ...]
# Variables:
#   PYTHON       a Python with torch (else python3)
#   PAIRS        turns for each preset and batch (else 5)
#   JAVA_HOME    a JDK 25 or newer (else java on the path)
# A turn is three processes one after the other: PyTorch in its three modes,
# gpuvae (JMH's TrainStepBenchmark), DL4J's VAE layer (mlp-relu alone). Nothing
# else should run. Prints a table; ms a step are those of blocks of about 0.4 s.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
pairs=${PAIRS:-5}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
[ $# -gt 0 ] || set -- mlp-relu:128 mlp-relu:1000 mlp-leaky:128 mlp-leaky:1000 \
  conv-upsample:64 conv-residual:64
log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT

say() {
  echo "$*" >&2
}

# Runs a build; its output is shown only if it fails.
build() {
  mvn -q -B -ntp "$@" >"$log/build" 2>&1
}

build -DskipTests -pl bench -am package || {
  cat "$log/build" >&2
  exit 1
}
torch=$("$python" -c 'import torch; print(torch.__version__.split("+")[0])' 2>/dev/null) || torch=
[ -n "$torch" ] || say "no PyTorch: $python has no torch; name one that has by PYTHON"
dl4j=bench/peers/dl4j
if ! build -f $dl4j/pom.xml package; then
  say "no DL4J: it cannot be built here ($(grep -m 1 ERROR "$log/build" || echo 'no word from Maven'))"
  dl4j=
fi

# Each of these writes lines: who, preset, batch, best and median block in ms a step.

run_torch() {
  "$python" bench/peers/torch_step.py "$1" "$2" 15 0.4 2>"$log/err"
}

run_gpuvae() {
  "$java" --add-modules=jdk.incubator.vector -jar bench/target/benchmarks.jar TrainStepBenchmark \
    -p preset="$1" -p batch="$2" -bm avgt -tu ms -f 1 -wi 4 -w 2 -i 15 -r 400ms \
    -jvmArgsAppend -XX:+UseParallelGC >"$log/err" 2>&1
  # JMH says "Iteration   1: 3.012 ms/op".
  sed -n 's,^Iteration *[0-9]*: \([0-9.]*\) .*ms/op.*,\1,p' "$log/err" | sort -n |
    awk -v preset="$1" -v batch="$2" '{ t[NR] = $1 }
      END { if (!NR) exit 1; print "gpuvae", preset, batch, t[1], t[int((NR + 1) / 2)] }'
}

run_dl4j() {
  "$java" --enable-native-access=ALL-UNNAMED -cp "$dl4j/target/dl4j-step.jar:$dl4j/target/lib/*" \
    peers.Dl4jStep "$2" 15 0.4 2>"$log/err"
}

# Runs one of them, notes its lines with the turn before them.
turn() {
  if ! "$2" "$3" "$4" >"$log/lines"; then
    tail -n 20 "$log/err" "$log/lines" >&2
    say "$2 $3 $4 failed: this is what it said"
    exit 1
  fi
  sed "s/^/$1 /" "$log/lines" | tee -a "$log/turns" >&2
}

for case in "$@"; do
  preset=${case%:*}
  batch=${case#*:}
  for pair in $(seq "$pairs"); do
    [ -z "$torch" ] || turn "$pair" run_torch "$preset" "$batch"
    turn "$pair" run_gpuvae "$preset" "$batch"
    [ -z "$dl4j" ] || [ "$preset" != mlp-relu ] || turn "$pair" run_dl4j "$preset" "$batch"
  done
done

echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
  "PyTorch ${torch:-(absent)}, DL4J $([ -n "$dl4j" ] && echo 1.0.0-M2.1 || echo '(absent)')"
awk -f bench/peers/table.awk "$log/turns"
