#!/usr/bin/env bash
# Brings native/build up to date before Maven runs the tests: silent where it is so, and where g++
# or make is absent one line, or a failure if GPUVAE_REQUIRE_SOFTWARE_DEVICE is 1.
set -euo pipefail
cd "$(dirname "$0")"

for tool in g++ make; do
  if ! command -v "$tool" >/dev/null; then
    echo "native/: the software CUDA device is not built, tests on it skip: there is no $tool" >&2
    [ "${GPUVAE_REQUIRE_SOFTWARE_DEVICE:-}" != 1 ]
    exit
  fi
done

if ! make -q; then
  echo "native/: building the software CUDA device ..."
  mkdir -p build
  make -j"$(nproc)" >build/log 2>&1 || {
    cat build/log >&2
    exit 1
  }
fi
