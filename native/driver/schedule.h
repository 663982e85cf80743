// When streams do their work. By default as it is submitted. Deferred: when something waits for it,
// in an order that a seed chooses, which respects the streams' order and their events' and no more
// than that; what a program forgot to wait for then comes too late in some seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "driver/abi.h"

namespace softcuda {

struct Context;
struct Stream;

// Work that a stream does when its turn comes. Its result, if not success, is sticky.
using Task = std::function<CUresult()>;

// A place in a stream's work.
struct Mark {
  bool done = false;
  std::chrono::steady_clock::time_point time;  // at which it was done
};
using Place = std::shared_ptr<Mark>;

struct Work {
  Task task;
  std::vector<Place> after;  // of other streams
  Place place;               // behind it
};

// 0 for work at once.
void deferStreams(uint64_t seed);
bool streamsDeferred();

// Gives a stream that does not capture more work; answers the place behind it.
Place give(Context& context, Stream& stream, Task task, std::vector<Place> after = {});

// Does work until this place, the stream's last, or all streams' is reached. What went wrong on the
// way is the answer.
CUresult finish(Context& context, const Place& place);
CUresult finish(Context& context, Stream& stream);
CUresult finishAll(Context& context);

// Whether the place is reached; if not, a little work is done, so that who asks again gets there.
bool reached(Context& context, const Place& place);

// Any of several, by the seed.
size_t choose(size_t count);

}  // namespace softcuda
