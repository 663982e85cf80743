#!/usr/bin/env bash
# What only a card can prove: the tests of the CUDA path and the benchmarks on this machine's GPU,
# a table last: steps by batch and precision, those of PyTorch beside them where $PYTHON (else python3)
# has one for CUDA, and each call of a step against the bytes that it cannot do without. Needs
# NVIDIA's driver, cuBLAS and cuDNN, and either JDK 25 and Maven or what tests/gpu-kit.sh made
# elsewhere. Exit code 2 without one of these, 1 if a check fails. It has not run on a card yet: its
# flow was tried on the software CUDA device.
set -uo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."

# What the software CUDA device cannot prove | the test that does.
unproven=(
  "TF32 and float32 products keep their bounds|gpuvae.cuda.CublasHandleTest#mathModes"
  "cuDNN's algorithms keep their bounds, inside a capture too|gpuvae.cuda.CudnnConvolutionTest#oddGeometries"
  "cuDNN gives the same bits twice|gpuvae.cuda.CudnnConvolutionTest#deterministicAlgorithmsRepeatTheirBits"
  "lazy loading: a kernel's first launch is recorded|gpuvae.cuda.CudaGraphTest#recordedWorkRunsWhenLaunched"
  "capture modes: cuBLAS inside a capture|gpuvae.cuda.CudaGraphTest#productsAreRecorded"
  "capture modes: a spoiled capture ends|gpuvae.cuda.CudaGraphTest#aSpoiledCaptureEndsAndTheStreamGoesOn"
  "NVIDIA's libraries give the same bits twice|gpuvae.CudaTrainingTest#lossesFollowTheCpuStepByStepAndRunsAreEqual"
  "blocks that wait for others of their launch go on|gpuvae.backend.cuda.LaunchCountTest"
  "the driver's JIT takes the lowered PTX: every kernel is right|gpuvae.backend.CudaOperationsTest"
)
batches=(128 1024 4096)
precisions=(float32 tf32)
benchmarks=(
  "--preset mlp-leaky --batch-size 1000"
  "--preset mlp-softplus"
  "--preset conv-upsample --batch-size 64"
  "--preset conv-residual --batch-size 64"
)
python=${PYTHON:-python3}
kit=tests/target/gpu-kit
logs=tests/target/on-gpu
reports=$logs/reports

if ! card=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null); then
  echo "on-gpu.sh needs an NVIDIA card and its driver: nvidia-smi finds none" >&2
  exit 2
fi
if command -v mvn >/dev/null; then
  tests/gpu-kit.sh || exit 2
elif [ ! -f $kit.tar.gz ]; then
  echo "on-gpu.sh needs Maven, or $kit.tar.gz: tests/gpu-kit.sh makes it where there is Maven" >&2
  exit 2
fi
rm -rf $kit $logs
mkdir -p $kit $logs
tar -C $kit -xzf $kit.tar.gz || exit 2
unset GPUVAE_CUDA_PATH
export GPUVAE_TEST_ON_GPU=1

# Runs a class of the kit.
run_java() {
  $kit/jdk/bin/java --add-modules=jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
    -XX:ObjectAlignmentInBytes=64 -Xmx4g -Dgpuvae.root="$PWD" \
    -cp "$kit/tests:tests/src/test/resources:$kit/lib/*" "$@"
}

run_java gpuvae.cli.Main doctor
echo "The software CUDA device cannot prove:"
for line in "${unproven[@]}"; do
  printf '  %-62s %s\n' "${line%%|*}" "${line#*|}"
done

echo "Running the tests of the CUDA path ..."
started=$SECONDS
failed=0
# Runs the tests that JUnit's options select; their names come into a log, if they fail on the screen.
run_tests() {
  run_java -Dgpuvae.cuda.path=$logs/no-cuda-device org.junit.platform.console.ConsoleLauncher execute \
    --disable-banner --details=summary --reports-dir="$reports/$1" "${@:2}" >"$logs/$1.log" 2>&1 || {
    failed=1
    tail -n 60 "$logs/$1.log"
  }
}
# JCuda's need its natives and cuBLAS 12.
run_tests path --exclude-tag=cuda --exclude-classname='.*[.]JCuda.*' \
  --select-class=gpuvae.CudaTrainingTest \
  --select-package=gpuvae.cuda --select-package=gpuvae.backend.cuda
run_tests suite --include-tag=cuda --select-package=gpuvae

# The verdict of the reports on a class, or on one method of it.
verdict() {
  local method=
  case $1 in *#*) method=${1#*#} ;; esac
  cat "$reports"/*/TEST-junit-jupiter.xml 2>/dev/null | awk -v class="${1%%#*}" -v method="$method" '
    /<testcase / {
      ours = (index($0, " classname=\"" class "\"") || index($0, " classname=\"" class "$")) &&
        (method == "" || index($0, " name=\"" method "("))
      seen += ours
    }
    ours && /<(failure|error)[ >]/ { failed++ }
    ours && /<skipped[ \/>]/ { skipped++ }
    END {
      if (failed) print failed " of " seen " failed"
      else if (skipped) print skipped " of " seen " skipped"
      else if (seen) print "passed (" seen ")"
      else print "did not run"
    }'
}

# A line of the table, which is also what a run that is cut short leaves.
row() { printf '%-62s %s\n' "$1" "$2" >>"$logs/table"; }
row card "$card"
for line in "${unproven[@]}"; do
  result=$(verdict "${line#*|}")
  case $result in passed*) ;; *) failed=1 ;; esac
  row "${line%%|*}" "$result"
done
for class in $(sed -n 's/.*<testcase .* classname="\([^"$]*\).*/\1/p' "$reports"/*/TEST-junit-jupiter.xml | sort -u); do
  row "$class" "$(verdict "$class")"
done
row "time of the tests" "$((SECONDS - started)) s"

echo "Running the benchmarks ..."
number() { sed -n "s/.*\"$1\": *\([0-9.eE+-]*\).*/\1/p" "$2"; }
# gpuvae's step with the options of its bench, as a row.
steps() {
  local result
  # shellcheck disable=SC2086 # several options in one variable
  if run_java gpuvae.cli.Main bench $1 --device cuda --json >"$logs/bench.json" 2>"$logs/bench.log"; then
    result=$(printf '%.3f ms a step, %.0f images/s' \
      "$(number median_ms "$logs/bench.json")" "$(number images_per_second "$logs/bench.json")")
  else
    failed=1
    result="failed: $(grep -m 1 error "$logs/bench.log")"
  fi
  row "bench $1" "$result"
}
# PyTorch's in each of its modes, as rows.
torch_steps() {
  local mode preset batch best median
  if ! "$python" bench/peers/torch_step.py mlp-relu "$1" 0.2 15 --device cuda --precision "$2" \
    >"$logs/torch" 2>"$logs/torch.log"; then
    failed=1
    row "PyTorch, mlp-relu, batch $1, $2" "failed: $(tail -n 1 "$logs/torch.log")"
  fi
  while read -r mode preset batch best median; do
    row "PyTorch $mode, $preset, batch $batch, $2" "$median ms a step, best $best"
  done <"$logs/torch"
}

torch=$("$python" -c 'import torch; print(torch.__version__ if torch.cuda.is_available() else "")' 2>/dev/null)
row "PyTorch" "${torch:-no torch with CUDA: name a Python that has one by PYTHON}"
for batch in "${batches[@]}"; do
  for precision in "${precisions[@]}"; do
    steps "--preset mlp-relu --batch-size $batch --precision $precision"
    [ -z "$torch" ] || torch_steps "$batch" "$precision"
  done
done
for options in "${benchmarks[@]}"; do
  steps "$options"
done

echo "Timing each call of a step ..."
: >"$logs/calls"
for batch in "${batches[@]}"; do
  for precision in "${precisions[@]}"; do
    run_java gpuvae.bench.KernelTimes "$batch" "$precision" >>"$logs/calls" 2>"$logs/calls.log" || {
      failed=1
      tail -n 5 "$logs/calls.log"
    }
    echo >>"$logs/calls"
  done
done

printf '\n'
cat "$logs/table"
printf '\n'
cat "$logs/calls"
[ $failed = 0 ]
