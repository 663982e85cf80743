#include "driver/schedule.h"

#include <cstdlib>
#include <random>

#include "driver/state.h"

namespace softcuda {
namespace {

constexpr unsigned kNonBlocking = 1;
// As much as a driver queues before submission waits.
constexpr size_t kMostWaiting = 1024;

struct Schedule {
  uint64_t seed = 0;
  std::mt19937_64 random;
};

Schedule& schedule() {
  static Schedule* instance = [] {
    auto* made = new Schedule;
    const char* asked = std::getenv("SOFTCUDA_DEFER");
    if (asked) made->seed = std::strtoull(asked, nullptr, 0);
    made->random.seed(made->seed);
    return made;
  }();
  return *instance;
}

std::vector<Stream*> allStreams(Context& context) {
  std::vector<Stream*> all = {&context.defaultStream, &context.threadStream};
  context.streams.forEach([&](Stream& stream) { all.push_back(&stream); });
  for (auto& stream : context.retired) all.push_back(stream.get());
  return all;
}

bool isOpen(const Place& place) { return place && !place->done; }

bool isReady(const Stream& stream) {
  if (stream.work.empty()) return false;
  for (const Place& place : stream.work.front().after)
    if (isOpen(place)) return false;
  return true;
}

void reach(const Place& place) {
  place->done = true;
  place->time = std::chrono::steady_clock::now();
}

// After an error the rest is dropped.
void doFirst(Context& context, Stream& stream) {
  Work work = std::move(stream.work.front());
  stream.work.pop_front();
  if (!context.sticky && work.task) context.sticky = work.task();
  reach(work.place);
}

// One stream goes ahead of the others until the dice fall anew: so each is now far ahead of what
// it should have waited for, now far behind.
void shuffle(Context& context) {
  for (Stream* stream : allStreams(context)) stream->turn = schedule().random();
}

bool doSome(Context& context) {
  if (choose(4) == 0) shuffle(context);
  Stream* next = nullptr;
  for (Stream* stream : allStreams(context))
    if (isReady(*stream) && (!next || stream->turn > next->turn)) next = stream;
  if (!next) return false;
  doFirst(context, *next);
  std::erase_if(context.retired, [](auto& stream) { return stream->work.empty(); });
  return true;
}

// The legacy default stream waits for all streams that do not refuse it, and they for it.
void addLegacyOrder(Context& context, Stream& stream, std::vector<Place>& after) {
  if (&stream == &context.defaultStream) {
    for (Stream* other : allStreams(context))
      if (other != &stream && !(other->flags & kNonBlocking) && isOpen(other->last))
        after.push_back(other->last);
  } else if (!(stream.flags & kNonBlocking) && isOpen(context.defaultStream.last)) {
    after.push_back(context.defaultStream.last);
  }
}

size_t waiting(Context& context) {
  size_t count = 0;
  for (Stream* stream : allStreams(context)) count += stream->work.size();
  return count;
}

}  // namespace

void deferStreams(uint64_t seed) {
  schedule().seed = seed;
  schedule().random.seed(seed);
}

bool streamsDeferred() { return schedule().seed != 0; }

size_t choose(size_t count) { return schedule().random() % count; }

Place give(Context& context, Stream& stream, Task task, std::vector<Place> after) {
  auto place = std::make_shared<Mark>();
  if (!streamsDeferred()) {
    if (task && !context.sticky) context.sticky = task();
    reach(place);
    return place;
  }
  addLegacyOrder(context, stream, after);
  stream.work.push_back({std::move(task), std::move(after), place});
  stream.last = place;
  if (waiting(context) > kMostWaiting) doSome(context);
  return place;
}

CUresult finish(Context& context, const Place& place) {
  if (isOpen(place)) shuffle(context);
  while (isOpen(place) && doSome(context)) {
  }
  return context.sticky;
}

CUresult finish(Context& context, Stream& stream) {
  if (&stream == &context.defaultStream) give(context, stream, nullptr);
  return finish(context, stream.last);
}

CUresult finishAll(Context& context) {
  shuffle(context);
  while (doSome(context)) {
  }
  return context.sticky;
}

bool reached(Context& context, const Place& place) {
  if (isOpen(place)) doSome(context);
  return !isOpen(place);
}

}  // namespace softcuda
