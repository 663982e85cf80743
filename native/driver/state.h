// What the driver knows: the device, its primary context and all that lives in it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "driver/abi.h"
#include "driver/image.h"
#include "driver/registry.h"
#include "driver/schedule.h"
#include "exec/device_memory.h"
#include "exec/launch.h"
#include "ptx/decode.h"

namespace softcuda {

// What a graph's node does, so that it can be asked for and replaced.
struct Step {
  Task task{};
  CUgraphNodeType type = CU_GRAPH_NODE_TYPE_KERNEL;
  CUfunction function = nullptr;  // of a launch
  Launch launch{};
  std::vector<void*> arguments{};  // into launch.params, for who asks
};

struct Graph {
  struct Node {
    Step step;
    std::set<size_t> after;  // nodes it waits for
    CUgraphNode handle;
  };
  std::vector<Node> nodes;  // in the order of capture, which keeps every dependency
};

struct Stream;

// A capture under way: the graph it makes and the streams that take part.
struct Capture {
  std::unique_ptr<Graph> graph = std::make_unique<Graph>();
  Stream* origin = nullptr;
  CUstreamCaptureMode mode = CU_STREAM_CAPTURE_MODE_GLOBAL;
  std::thread::id thread;
  bool invalid = false;
};

struct Stream {
  unsigned flags = 0;
  int priority = 0;
  std::shared_ptr<Capture> capture;
  std::set<size_t> frontier;  // nodes that the next captured one waits for
  std::deque<Work> work;      // not done yet
  Place last;                 // behind all of it
  uint64_t turn = 0;          // who has the greatest goes first
};

struct Event {
  unsigned flags = 0;
  Place place;                     // where it was recorded last outside of captures
  std::weak_ptr<Capture> capture;  // in which it was recorded last
  bool captured = false;
  std::set<size_t> frontier;
};

struct Pinned {
  uint64_t bytes = 0;
  uint64_t number = 0;  // in order of allocation
};

struct LoadedModule {
  std::shared_ptr<Image> image;
  Symbols symbols;
  std::map<std::string, uint64_t> sizes;
  std::map<std::string, CUfunction> functions;
};

struct LoadedFunction {
  std::shared_ptr<const Program> program;
  CUmodule owner = nullptr;
  uint32_t maxDynamicShared = 0;
};

struct GraphExec {
  std::vector<Graph::Node> nodes;
};

struct Context {
  explicit Context(uint64_t capacity) : memory(capacity) {}
  ~Context();

  DeviceMemory memory;
  CUresult sticky = CUDA_SUCCESS;
  Stream defaultStream, threadStream;
  Registry<CUstream, Stream> streams;
  Registry<CUevent, Event> events;
  Registry<CUmodule, LoadedModule> modules;
  Registry<CUfunction, LoadedFunction> functions;
  Registry<CUgraph, Graph> graphs;
  Registry<CUgraphExec, GraphExec> graphExecs;
  std::vector<std::unique_ptr<Stream>> retired;  // destroyed with work left
  std::map<uint64_t, Pinned> pinned;             // by address
  uint64_t pinnedCount = 0;
  std::vector<std::weak_ptr<Capture>> captures;
};

struct Driver {
  std::recursive_mutex mutex;
  bool initialised = false;
  unsigned primaryFlags = 0;
  unsigned primaryReferences = 0;
  CUcontext primaryHandle = nullptr;  // of the living primary context
  std::unique_ptr<Context> primary;
  uint64_t laneInstructions = 0;
  uint64_t launches = 0;
};

Driver& driver();
uint64_t deviceMemoryBytes();
void deviceCapability(int& major, int& minor);

// The thread's context stack; null where nothing is current.
std::vector<CUcontext>& contextStack();
// The current context, or an error: none, or destroyed.
CUresult currentContext(Context*& context);

// Runs body(context) under the lock, with the checks that every call begins with, and turns
// exceptions into errors. `call` is the exported function, for fault injection: what calls this on
// its behalf hands it on.
CUresult withDriver(const std::function<CUresult()>& body, const char* call = __builtin_FUNCTION());
CUresult withContext(const std::function<CUresult(Context&)>& body,
                     const char* call = __builtin_FUNCTION());

// The block of pinned memory that holds the address, or null.
const Pinned* pinnedAt(Context& context, const void* place);

// The stream of a handle: 0, 1 and 2 are the default ones. Null if there is none.
Stream* streamOf(Context& context, CUstream handle);
// Gives the stream the step's task, or records the step if the stream captures.
CUresult submit(Context& context, Stream& stream, Step step);

// A launch of a function, or an error of its geometry or arguments.
CUresult makeLaunch(Context& context, const CUDA_KERNEL_NODE_PARAMS& asked, Step& step);
// For calls that capture forbids (allocation, synchronisation): ends such captures as invalid.
CUresult refuseInCapture(Context& context);
// For calls on the legacy default stream, which waits for the other streams.
CUresult refuseLegacyInCapture(Context& context);

}  // namespace softcuda
