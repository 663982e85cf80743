#!/usr/bin/env bash
# One source, several compilations, one answer: compiles the tests' and the shipped kernels with nvcc
# for each target and flag, and runs the tests of what kernels compute on each. --use_fast_math changes
# what they compute: its modules have to load, and those without float arithmetic to be right.
#
#   make variants        needs nvcc on the PATH
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=${1:-build}

for target in 75 80 90 100; do
  for flag in "" -G --use_fast_math; do
    folder=$build/variants/$target$flag
    mkdir -p "$folder/tests" "$folder/shipped"
    for source in tests/kernels/*.cu; do
      nvcc -ptx -arch=compute_$target $flag -w "$source" -o "$folder/tests/$(basename "$source" .cu).ptx"
    done
    for source in ../kernels/*.cu; do
      nvcc -ptx -arch=compute_$target $flag -std=c++17 -w "$source" \
        -o "$folder/shipped/$(basename "$source" .cu).ptx"
    done
    echo "compute_$target $flag"
    names="transpose atomic philox integers shipped"
    [[ $flag == --use_fast_math ]] || names+=" saxpy reduce divergent switch pointers doubles local_memory"
    for name in $names; do
      SOFTCUDA_CAPABILITY=10.0 SOFTCUDA_TEST_PTX=$folder/tests SOFTCUDA_SHIPPED_PTX=$folder/shipped \
        "$build/test" $name
    done
  done
done
