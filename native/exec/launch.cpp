#include "exec/launch.h"

#include <mutex>

#include "exec/pool.h"
#include "exec/races.h"
#include "exec/scheduler.h"
#include "exec/settings.h"
#include "exec/shuffled.h"

namespace softcuda {
namespace {

// What the threads that run a launch share.
struct Run {
  const Launch& launch;
  std::mutex mutex;
  std::atomic<uint64_t> next{0};
  std::atomic<bool> stop{false};
  Outcome outcome;
  Counters sum;

  void fail(const Fault& fault) {
    std::lock_guard lock(mutex);
    if (!outcome.fault) outcome.fault = fault;
    stop = true;
  }
  void count(const Counters& counters) {
    std::lock_guard lock(mutex);
    sum.add(counters);
  }
  // After all threads have ended.
  Outcome finish() {
    sum.launches = 1;
    tally().add(launch.program->kernel, sum);
    outcome.laneInstructions = sum.laneInstructions;
    return outcome;
  }
  template <class Body>
  void guard(Body body) {
    try {
      body();
    } catch (const Fault& fault) {
      fail(fault);
    } catch (const std::bad_alloc&) {
      fail({FaultCode::LaunchFailed, "no host memory for the registers of a CTA", 0, {}, {}, 0});
    }
  }
};

void runInOrder(Run& run, Races* races) {
  Cta cta(run.launch, races);
  while (!run.stop.load(std::memory_order_relaxed)) {
    uint64_t number = run.next.fetch_add(1);
    if (number >= run.launch.ctas()) break;
    cta.begin(number);
    runCta(cta, run.stop);
  }
  run.count(cta.counted());
}

// Every launch has a seed of its own, the same in every run of the program.
uint64_t seedOfLaunch(uint64_t seed) { return Random(seed ^ settings().shuffled++ << 32).next(); }

}  // namespace

Outcome execute(const Launch& launch) {
  Run run{launch, {}, {}, {}, {}, {}};
  if (settings().counters) launch.memory->footprint().beginLaunch();
  bool racing = settings().races;
  uint64_t seed = settings().seed;
  if (racing || seed != 0) {
    // On one thread, so that accesses have one order and findings repeat.
    run.guard([&] {
      std::optional<Races> races;
      if (racing) races.emplace(&launch.memory->raceCells());
      Races* found = racing ? &*races : nullptr;
      if (seed != 0)
        run.count(runShuffled(launch, found, seedOfLaunch(seed)));
      else
        runInOrder(run, found);
    });
    return run.finish();
  }
  uint64_t workers = std::min<uint64_t>(launch.ctas(), static_cast<uint64_t>(poolSize()));
  runParallel(static_cast<int>(workers),
              [&](int) { run.guard([&] { runInOrder(run, nullptr); }); });
  return run.finish();
}

}  // namespace softcuda
