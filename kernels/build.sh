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

# What a processor holds: registers, warps, blocks and bytes of shared memory (CUDA C++ Programming
# Guide, technical specifications per compute capability; sm_100: Blackwell Tuning Guide).
limits=("sm_80 65536 64 32 167936" "sm_90 65536 64 32 233472" "sm_100 65536 64 32 233472")

# "kernel threads-of-a-block" for every entry point, from the tables in README.md, where a launch is
# "grid; block" or the name of such a shape.
threads_of_blocks() {
  awk -F ' *[|] *' '
    function threads(shape,    size) {
      if (!match(shape, /; *[(]?[0-9]+(, [0-9]+[)])?/)) return 0
      split(substr(shape, RSTART, RLENGTH), size, /[^0-9]+/)
      return size[2] * (size[3] ? size[3] : 1)
    }
    /^- [*][*]/ { split($0, part, "[*][*]"); shapes[part[2]] = threads($0) }
    NF == 6 && $2 ~ /^[a-z0-9_, ]+$/ && $2 != "entry point" {
      count = threads($4)
      if (!count) { split($4, word, /[^a-z]+/); count = shapes[word[1]] }
      names = split($2, name, ", ")
      for (i = 1; i <= names; i++) print name[i], count
    }' README.md
}

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
  echo
  echo '## Warps that a processor holds'
  echo
  echo 'Of 64; in brackets the blocks, and what allows no more. A block has the threads with which'
  echo 'gpuvae launches it. Registers go to warps in units of 256, to four warps at a time; each block takes'
  echo '1 KiB of shared memory more than its own, in units of 128 bytes.'
  echo
  echo '| kernel | threads |' "$(printf '%s | ' "${limits[@]%% *}")" | sed 's/  */ /g; s/ $//'
  echo '|---|--:|' "$(printf -- '---|%.0s' "${limits[@]}")" | sed 's/ //g'
  printf '%s\n' "${limits[@]}" | awk '
    function up(value, unit) { return int((value + unit - 1) / unit) * unit }
    NF == 5 && /^sm/ { registers[$1] = $2; warps[$1] = $3; blocks[$1] = $4; bytes[$1] = $5; next }
    NF == 2 { threads[$1] = $2; next }
    !($2 in warps) { next }
    !threads[$1] { print "README.md does not say how many threads a block of " $1 " has" > "/dev/stderr"; exit 1 }
    $1 != kernel { if (kernel) print line; kernel = $1; line = "| " $1 " | " threads[$1] " |" }
    {
      own = up(threads[$1], 32) / 32
      least = blocks[$2]; why = "blocks"
      room = int(warps[$2] / own)
      if (room <= least) { least = room; why = "warps" }
      held = int(registers[$2] / up($3 * 32, 256) / 4) * 4
      room = int(held / own)
      if (room < least) { least = room; why = "registers" }
      room = int(bytes[$2] / up($4 + 1024, 128))
      if (room < least) { least = room; why = "shared memory" }
      line = line " " least * own " (" least ", " why ") |"
    }
    END { print line }' - <(threads_of_blocks) <(sort -s -k1,1 "$scratch/resources")
} > "$out/RESOURCES.md"
