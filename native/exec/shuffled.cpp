#include "exec/shuffled.h"

#include <numeric>

#include "exec/scheduler.h"

namespace softcuda {
namespace {

constexpr size_t kResident = 4;  // CTAs that take turns

// The numbers below `count`, each once: start, start + step, ... modulo count.
class Numbers {
 public:
  Numbers(uint64_t count, Random& random) : count_(count), left_(count) {
    next_ = random.below(count);
    do step_ = 1 + random.below(count);
    while (std::gcd(step_, count) != 1);
  }
  bool take(uint64_t& number) {
    if (left_ == 0) return false;
    left_--;
    number = next_;
    next_ = (next_ + step_) % count_;
    return true;
  }

 private:
  uint64_t count_, left_, next_, step_;
};

}  // namespace

Counters runShuffled(const Launch& launch, Races* races, uint64_t seed) {
  Random random(seed);
  Numbers numbers(launch.ctas(), random);
  std::vector<std::unique_ptr<Cta>> resident;
  uint64_t number;
  Counters sum;
  while (resident.size() < kResident && numbers.take(number)) {
    resident.push_back(std::make_unique<Cta>(launch, races, &random));
    resident.back()->begin(number);
  }
  while (!resident.empty()) {
    size_t turn = random.below(resident.size());
    if (runRound(*resident[turn])) continue;
    if (numbers.take(number)) {
      resident[turn]->begin(number);
      continue;
    }
    sum.add(resident[turn]->counted());
    resident.erase(resident.begin() + static_cast<std::ptrdiff_t>(turn));
  }
  return sum;
}

}  // namespace softcuda
