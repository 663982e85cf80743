#!/bin/sh
# Compiles the driver's sources against NVIDIA's cuda.h, where it is found: every signature and
# constant must agree. Prints one line; run by `make test`.
set -e
cd "$(dirname "$0")/.."
for folder in "$CUDA_HOME/include" /usr/local/cuda/include /usr/include; do
  [ -f "$folder/cuda.h" ] && include=$folder && break
done
if [ -z "$include" ]; then
  echo "skipped: no cuda.h to compare signatures with (set CUDA_HOME)"
  exit 0
fi
for source in driver/*.cpp; do
  ${CXX:-g++} -std=c++20 -fsyntax-only -w -DSOFTCUDA_CHECK_HEADER -isystem "$include" -I. "$source"
done
echo "signatures agree with cuda.h"
