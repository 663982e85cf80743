#!/usr/bin/env bash
# Train steps of gpuvae against PyTorch's and DL4J's on this machine's CPU, in pairs.
#   bench/compare.sh [PRESET:BATCH ...]
# Variables:
#   PYTHON       a Python, with torch to compare with it (else python3)
#   DATA         what to train on: random (pixels), or a name of the launcher's --data, as digits
#                (built in, the default) or mnist (where GPUVAE_DATA names its folder)
#   PAIRS        pairs for each preset, batch and peer (else 40)
#   JAVA_HOME    a JDK 25 or newer (else java on the path)
# A pair is a block of gpuvae and one of a peer right after it, each of about 0.4 s, so that what
# slows the machine for seconds slows both; bench/peers/alternate.py gives them their turns. The
# peers are PyTorch in its three modes and DL4J's VAE layer (mlp-relu alone). Nothing else should
# run. Prints a table.
set -euo pipefail
cd "$(dirname "$0")/.."

python=${PYTHON:-python3}
pairs=${PAIRS:-40}
data=${DATA:-digits}
seconds=0.4
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
[ $# -gt 0 ] || set -- mlp-relu:128 mlp-relu:1000 mlp-leaky:128 mlp-leaky:1000 \
  conv-upsample:64 conv-residual:64
log=$(mktemp -d)
: >"$log/rows"
trap 'rm -rf "$log"' EXIT

say() {
  echo "$*" >&2
}

# Runs a build; its output is shown only if it fails.
build() {
  mvn -q -B -ntp "$@" >"$log/build" 2>&1
}

"$python" -c '' 2>/dev/null || {
  say "no Python, which gives the programs their turns: name one by PYTHON"
  exit 1
}
build -DskipTests -pl bench -am package || {
  cat "$log/build" >&2
  exit 1
}
pixels=$log/pixels
"$java" -cp bench/target/benchmarks.jar gpuvae.bench.Pixels "$data" 784 "$pixels"
torch=$("$python" -c 'import torch; print(torch.__version__.split("+")[0])' 2>/dev/null) || torch=
[ -n "$torch" ] || say "no PyTorch: $python has no torch; name one that has by PYTHON"
dl4j=bench/peers/dl4j
if ! build -f $dl4j/pom.xml package; then
  say "no DL4J: it cannot be built here ($(grep -m 1 ERROR "$log/build" || echo 'no word from Maven'))"
  dl4j=
fi

for case in "$@"; do
  preset=${case%:*}
  batch=${case#*:}
  peers=()
  [ -z "$torch" ] ||
    peers+=(-- "$python" bench/peers/torch_step.py "$preset" "$batch" $seconds --pixels "$pixels")
  [ -z "$dl4j" ] || [ "$preset" != mlp-relu ] ||
    peers+=(-- "$java" --enable-native-access=ALL-UNNAMED
      -cp "$dl4j/target/dl4j-step.jar:$dl4j/target/lib/*" peers.Dl4jStep "$batch" $seconds)
  if [ ${#peers[@]} = 0 ]; then
    say "$preset, $batch: nothing to compare with"
    continue
  fi
  "$python" bench/peers/alternate.py "$pairs" \
    "$java" --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED -Xmx4g \
    -XX:+UseParallelGC -XX:ObjectAlignmentInBytes=64 \
    -cp bench/target/benchmarks.jar gpuvae.bench.StepBlocks \
    "$preset" "$batch" $seconds "$data" "${peers[@]}" >>"$log/rows"
done
[ -s "$log/rows" ] || exit 1

echo "$(nproc) cores of $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)," \
  "PyTorch ${torch:-(absent)}, DL4J $([ -n "$dl4j" ] && echo 1.0.0-M2.1 || echo '(absent)')," \
  "$pairs pairs a row, data: $data"
echo "ms a step, best block / median of blocks; ratios: the peer's to gpuvae's"
echo "| preset, batch | peer | gpuvae, ms | peer, ms | best to best | median of pairs | quartiles | least, greatest |"
echo "|---|---|---|---|---|---|---|---|"
cat "$log/rows"
