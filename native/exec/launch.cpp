#include "exec/launch.h"

#include <mutex>

#include "exec/pool.h"
#include "exec/races.h"
#include "exec/scheduler.h"
#include "exec/settings.h"

namespace softcuda {

Outcome execute(const Launch& launch) {
  Outcome outcome;
  std::mutex mutex;
  std::atomic<uint64_t> next{0};
  std::atomic<bool> stop{false};
  bool checked = settings().races;
  auto work = [&](int) {
    uint64_t instructions = 0;
    try {
      std::optional<Races> races;
      if (checked) races.emplace(&launch.memory->raceCells());
      Cta cta(launch, races ? &*races : nullptr);
      while (!stop.load(std::memory_order_relaxed)) {
        uint64_t number = next.fetch_add(1);
        if (number >= launch.ctas()) break;
        cta.begin(number);
        runCta(cta, stop);
      }
      for (const Warp& warp : cta.warps) instructions += warp.executed;
    } catch (const Fault& fault) {
      std::lock_guard lock(mutex);
      if (!outcome.fault) outcome.fault = fault;
      stop = true;
    } catch (const std::bad_alloc&) {
      std::lock_guard lock(mutex);
      outcome.fault =
          Fault{FaultCode::LaunchFailed, "no host memory for the registers of a CTA", 0, {}, {}, 0};
      stop = true;
    }
    std::lock_guard lock(mutex);
    outcome.laneInstructions += instructions;
  };
  // One thread while races are looked for, so that accesses have one order and findings repeat.
  uint64_t workers =
      checked ? 1 : std::min<uint64_t>(launch.ctas(), static_cast<uint64_t>(poolSize()));
  runParallel(static_cast<int>(workers), work);
  return outcome;
}

}  // namespace softcuda
