/* What the software CUDA device tells beyond CUDA's own interface. Exported by libcuda.so.1; a
   program finds these by dlsym and so still runs on a real driver, which lacks them. */
#ifndef SOFTCUDA_H
#define SOFTCUDA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Findings of the checks since the start or the last clear: how many, and the text of each (null
   beyond the last; valid until they are cleared). They are written to stderr too. */
int softcudaReportCount(void);
const char* softcudaReport(int index);
void softcudaClearReports(void);

/* Sets what an environment variable of this name sets at the start (SOFTCUDA_CHECKS, SOFTCUDA_SEED,
   SOFTCUDA_APPROXIMATION, SOFTCUDA_REGISTERS, SOFTCUDA_WORK), for launches from now on. 0 if there
   is no such name or value. */
int softcudaConfigure(const char* name, const char* value);

/* Kernel launches, and instructions counted once for each active lane, since the start. */
uint64_t softcudaLaunches(void);
uint64_t softcudaLaneInstructions(void);

/* Fault injection: the n-th from now of certain calls does nothing and answers `status`; n 0 only
   counts. Which calls: "alloc", "launch", "copy", "library" (cuBLAS, cuDNN), "call" (all of these
   and every other), or the exact name of a function such as "cuMemAlloc_v2". The errors that end a
   context on a card end it here. A library's function that is to answer a driver's error
   answers its own "allocation failed" (for 2) or "execution failed" (for 100 to 999, which the
   driver's next call tells). The variable SOFTCUDA_FAIL=CALLS:N=STATUS does the same from the
   start. */
void softcudaFail(const char* calls, uint64_t n, int status);
/* Since the last softcudaFail: how many of these calls there were, and the name of the one that was
   made to fail, or null. */
uint64_t softcudaCalls(void);
const char* softcudaFailed(void);

/* 0, as at the start: a stream's work is done when it is submitted. Else streams are deferred: work
   waits until something waits for it, and is then done in an order that the seed chooses among
   those that the streams and events allow. The variable SOFTCUDA_DEFER=SEED does it from the start.
 */
int softcudaDefer(uint64_t seed);

/* Counts of launches; those from `branches` on are kept under SOFTCUDA_CHECKS=counters. */
typedef struct softcudaCounters {
  uint64_t launches;
  uint64_t warpInstructions; /* each for one or more lanes */
  uint64_t laneInstructions; /* once for each lane that its guard lets */
  uint64_t branches;
  uint64_t divergentBranches; /* some lanes taken, some not */
  uint64_t bytesRead;         /* of global memory, by lanes; an atomic reads and writes */
  uint64_t bytesWritten;
  uint64_t sectors;        /* of 32 bytes that each access of a warp touches */
  uint64_t leastSectors;   /* that its distinct bytes would fill */
  uint64_t memoryRead;     /* bytes of the sectors that a launch reads before it writes them */
  uint64_t memoryWritten;  /* and of those that it writes, each once */
  uint64_t sharedAccesses; /* of warps */
  uint64_t bankConflicts;  /* passes of shared memory beyond those that the widths need */
} softcudaCounters;

/* How many kernels have run since the start or the last clear; the name (null beyond the last,
   valid until they are cleared) and the sums of each; the last launch. */
int softcudaKernelCount(void);
const char* softcudaKernel(int index, softcudaCounters* counters);
void softcudaLastLaunch(softcudaCounters* counters);
void softcudaClearCounters(void);

/* For libraries that stand in for NVIDIA's on this device. softcudaSubmit has `work` called with a
   copy of `bytes` bytes of arguments when the stream's turn comes, or records it while the stream
   captures. softcudaTouch, for use in `work`, checks that `rows` rows of `rowBytes` bytes, `stride`
   bytes apart, lie in one allocation and, unless they are written, have been written before; it
   reports as `who`, and counts under this name: the bytes, those of memory, and a launch where they
   are written.
   Both answer a CUresult. softcudaCall, at the start of a function, answers the status that the
   function shall return instead of doing its work, or 0. */
int softcudaSubmit(void* stream, int (*work)(const void* arguments), const void* arguments,
                   size_t bytes);
int softcudaTouch(const char* who, uint64_t address, size_t rowBytes, size_t rows, size_t stride,
                  int write);
int softcudaCall(const char* function);

#ifdef __cplusplus
}
#endif
#endif
