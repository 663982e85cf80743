#!/usr/bin/env bash
# What only a card can prove: the tests of the CUDA path and the benchmarks on this machine's GPU.
#   tests/on-gpu.sh [tests|calls|steps ...]
# tests: each class in a JVM of its own; calls: each call of a step against the bytes that it cannot
# do without; steps: by preset, batch and precision, PyTorch's beside them where $PYTHON (else
# python3) has one for CUDA. All of them, in this order, unless some are named. A table comes last,
# and stays in tests/target/on-gpu with the logs. Needs NVIDIA's driver, cuBLAS and cuDNN, and either
# JDK 25 and Maven or what tests/gpu-kit.sh made elsewhere. Exit code 2 without one of these, 1 if a
# check fails. It has not run on a card yet: its flow was tried on the software CUDA device.
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
  "blocks that wait for others of their launch go on|gpuvae.PresetStepsTest"
  "the driver's JIT takes the lowered PTX: every kernel is right|gpuvae.backend.CudaOperationsTest"
)
batches=(128 1024 4096)
precisions=(float32 tf32)
presets=(mlp-leaky:1000 mlp-softplus:128 conv-upsample:64 conv-residual:64)
blocks=9
seconds=0.1
python=${PYTHON:-python3}
kit=tests/target/gpu-kit
logs=tests/target/on-gpu
reports=$logs/reports

parts=${*:-tests calls steps}
for part in $parts; do
  case $part in
    tests | calls | steps) ;;
    *)
      echo "on-gpu.sh: no part '$part', allowed: tests, calls, steps" >&2
      exit 2
      ;;
  esac
done
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
# Where PyTorch is, NVIDIA's wheels are, too.
export VIRTUAL_ENV=${VIRTUAL_ENV:-$("$python" -c 'import sys; print(sys.prefix)' 2>/dev/null)}
# The driver compiles PTX once, wherever home is.
export CUDA_CACHE_PATH=$PWD/$logs/cache

# Runs a class of the kit, at most so many seconds: a block that waits for ever is one of the risks.
run_java() {
  timeout -k 10 "$1" $kit/jdk/bin/java --add-modules=jdk.incubator.vector \
    --enable-native-access=ALL-UNNAMED -XX:ObjectAlignmentInBytes=64 -Xmx4g -Dgpuvae.root="$PWD" \
    -cp "$kit/tests:tests/src/test/resources:$kit/lib/*" "${@:2}"
}

# A line of the table, which is also what a run that is cut short leaves.
row() { printf '%-62s %s\n' "$1" "$2" | tee -a "$logs/table"; }

failed=0
row card "$card"
run_java 60 gpuvae.cli.Main doctor 2>&1 | tee $logs/doctor
for library in "CUDA driver" cuBLAS cuDNN; do
  grep -q "^  $library  */" $logs/doctor || {
    echo "on-gpu.sh needs $library: the doctor above says where it was looked for" >&2
    exit 2
  }
done

# Runs a class's tests, those with a tag only if one is given.
ran=()
run_tests() {
  echo "$1 ..."
  ran+=("$1")
  run_java 240 -Dgpuvae.cuda.path=$logs/no-cuda-device -Dgpuvae.test.cycles=20 \
    org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=testfeed \
    --reports-dir="$reports/$1" --select-class="$1" ${2:+--include-tag="$2"} >"$logs/$1.log" 2>&1 || {
    failed=1
    grep -vE '^\s+at |SUCCESSFUL|STARTED' "$logs/$1.log" | tail -n 25
  }
}

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
      else print "did not end"
    }'
}

classes_of() { sed 's,^tests/src/test/java/,,; s,/,.,g; s,\.java$,,'; }

run_all_tests() {
  local started=$SECONDS sources=tests/src/test/java/gpuvae class result line
  # Sources and headers are compared without a card, and JCuda wants cuBLAS 12.
  local plain
  plain=$(ls $sources/cuda/*Test.java $sources/backend/cuda/*Test.java $sources/CudaTrainingTest.java |
    grep -vE '/(JCuda|Header|NvidiaLibraries|Kernels|FakeDriver)[A-Za-z]*Test\.java$' | classes_of)
  for class in $plain; do
    run_tests "$class"
  done
  for class in $(grep -rl '@Tag("cuda")' $sources | classes_of); do
    grep -qx "$class" <<<"$plain" || run_tests "$class" cuda
  done
  for line in "${unproven[@]}"; do
    result=$(verdict "${line#*|}")
    case $result in passed*) ;; *) failed=1 ;; esac
    row "${line%%|*}" "$result"
  done
  for class in "${ran[@]}"; do
    row "$class" "$(verdict "$class")"
  done
  row "time of the tests" "$((SECONDS - started)) s"
}

time_calls() {
  local batch precision
  for batch in "${batches[@]}"; do
    for precision in "${precisions[@]}"; do
      run_java 60 gpuvae.bench.KernelTimes "$batch" "$precision" 2>"$logs/calls.log" |
        tee -a "$logs/calls" || {
        failed=1
        tail -n 5 "$logs/calls.log"
      }
      echo | tee -a "$logs/calls"
    done
  done
}

# gpuvae's steps, as a row.
steps() {
  local sorted
  if sorted=$(yes '' | head -n $blocks | run_java 90 gpuvae.bench.StepBlocks "$1" "$2" $seconds random \
    cuda "$3" 2>"$logs/steps.log" | awk '/^gpuvae/ { print $4 }' | sort -n) && [ -n "$sorted" ]; then
    row "gpuvae, $1, batch $2, $3" \
      "$(sed -n "$((blocks / 2 + 1))p" <<<"$sorted") ms a step, best $(head -n 1 <<<"$sorted")"
  else
    failed=1
    row "gpuvae, $1, batch $2, $3" "failed: $(grep -m 1 -i exception "$logs/steps.log")"
  fi
}

# PyTorch's in each of its modes, as rows.
torch_steps() {
  local mode preset batch best median
  timeout 120 "$python" bench/peers/torch_step.py "$1" "$2" $seconds $blocks --device cuda \
    --precision "$3" >"$logs/torch" 2>"$logs/torch.log" ||
    row "PyTorch, $1, batch $2, $3" "not all modes: $(tail -n 1 "$logs/torch.log")"
  while read -r mode preset batch best median; do
    row "PyTorch $mode, $preset, batch $batch, $3" "$median ms a step, best $best"
  done <"$logs/torch"
}

time_steps() {
  local torch batch precision preset
  torch=$("$python" -c 'import torch; print(torch.__version__ if torch.cuda.is_available() else "")' 2>/dev/null)
  row "PyTorch" "${torch:-no torch with CUDA: name a Python that has one by PYTHON}"
  for batch in "${batches[@]}"; do
    for precision in "${precisions[@]}"; do
      steps mlp-relu "$batch" "$precision"
      [ -z "$torch" ] || torch_steps mlp-relu "$batch" "$precision"
    done
  done
  for preset in "${presets[@]}"; do
    steps "${preset%:*}" "${preset#*:}" float32
  done
}

for part in $parts; do
  case $part in
    tests)
      echo "The software CUDA device cannot prove:"
      for line in "${unproven[@]}"; do
        printf '  %-62s %s\n' "${line%%|*}" "${line#*|}"
      done
      run_all_tests
      ;;
    calls) time_calls ;;
    steps) time_steps ;;
  esac
done
printf '\n'
cat "$logs/table"
[ $failed = 0 ]
