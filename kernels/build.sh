#!/usr/bin/env bash
# Compiles kernels/*.cu to PTX that any driver from 525 on accepts, and reports what ptxas makes of it.
#
#   kernels/build.sh [FOLDER]         FOLDER: where ptx/ and RESOURCES.md go; kernels/ if not given
#   kernels/build.sh --nvcc-version   says which nvcc would be used, as in ptx/nvcc.txt
#
# Needs nvcc and ptxas: on the PATH, or in bin/ of CUDA_HOME, CUDA_PATH or the usual places. The
# output depends on the sources and the nvcc version (ptx/nvcc.txt) alone.
set -euo pipefail
export LC_ALL=C

source_folder=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
compute=75
ptx_version=7.0
targets=(sm_75 sm_80 sm_90 sm_100 sm_120)

find_tool() {
  local folder
  if command -v "$1"; then
    return
  fi
  for folder in "${CUDA_HOME:-}" "${CUDA_PATH:-}" /usr/local/cuda /usr/lib/cuda; do
    if [[ -n $folder && -x $folder/bin/$1 ]]; then
      echo "$folder/bin/$1"
      return
    fi
  done
  echo "$1 is not on the PATH nor in bin/ of CUDA_HOME, CUDA_PATH or /usr/local/cuda:" \
    "install the CUDA toolkit, or use the PTX that is checked in" >&2
  return 1
}

nvcc=$(find_tool nvcc)
nvcc_version=$("$nvcc" --version | grep -o 'release.*')
if [[ ${1:-} == --nvcc-version ]]; then
  echo "$nvcc_version"
  exit
fi
ptxas=$(find_tool ptxas)
out=${1:-$source_folder}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$out/ptx"
out=$(cd "$out" && pwd)
rm -f "$out"/ptx/*.ptx
echo "$nvcc_version" > "$out/ptx/nvcc.txt"

# Relative names only: the compiler writes them into what it makes.
cd "$source_folder"
for source in *.cu; do
  name=${source%.cu}
  ptx=$out/ptx/$name.ptx
  "$nvcc" -arch=compute_$compute -std=c++17 -Werror all-warnings -ptx "$source" \
    -o "$scratch/$name.ptx"
  sed "s/^\.version .*/.version $ptx_version/" "$scratch/$name.ptx" > "$ptx"
  for target in "${targets[@]}"; do
    # ptxas refuses what is newer than the declared version: this is the proof that it is not.
    "$ptxas" -arch="$target" -v "$ptx" -o "$scratch/$name.cubin" 2> "$scratch/report" ||
      { cat "$scratch/report" >&2; exit 1; }
    awk -v target="$target" '
      /Compiling entry function/ { kernel = $7; gsub(/[^a-z0-9_]/, "", kernel); local = 0 }
      /bytes stack frame/ { local += $1 + $5 + $9 }
      /Used [0-9]+ registers/ {
        shared = 0
        for (i = 2; i <= NF; i++) {
          if ($i == "registers,") registers = $(i - 1)
          if ($i ~ /^smem/) shared = $(i - 2)
          if ($i ~ /^lmem/) local += $(i - 2)
        }
        print kernel, target, registers, shared, local
      }' "$scratch/report" >> "$scratch/resources"
  done
done

awk '$5 != 0 { print $1 " for " $2 " has " $5 " bytes of stack, spills or local memory" > "/dev/stderr"; bad = 1 }
  END { exit bad }' "$scratch/resources"

{
  echo '# What ptxas makes of each kernel'
  echo
  echo "Written by build.sh with $nvcc_version. Registers a thread for each target, and"
  echo 'bytes of static shared memory a block. No kernel has a stack frame, spills or local memory:'
  echo 'build.sh fails if one does.'
  echo
  echo '| kernel |' "$(printf '%s | ' "${targets[@]}")" 'shared |' | sed 's/  */ /g'
  echo '|---|' "$(printf -- '--:|%.0s' "${targets[@]}")" '--:|' | sed 's/ //g'
  sort -s -k1,1 "$scratch/resources" | awk '
    $1 != kernel { if (kernel) print line " " shared " |"; kernel = $1; line = "| " $1 " |"; shared = 0 }
    { line = line " " $3 " |"; if ($4 > shared) shared = $4 }
    END { print line " " shared " |" }'
} > "$out/RESOURCES.md"
