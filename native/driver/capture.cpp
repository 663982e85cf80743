// While a stream captures, its work is recorded instead of done.
#include "driver/state.h"

namespace softcuda {
namespace {

constexpr unsigned kNonBlocking = 1;

// The captures under way.
std::vector<std::shared_ptr<Capture>> active(Context& context) {
  std::vector<std::shared_ptr<Capture>> living;
  for (auto& weak : context.captures)
    if (auto capture = weak.lock()) living.push_back(capture);
  context.captures.assign(living.begin(), living.end());
  return living;
}

}  // namespace

CUresult submit(Context& context, Stream& stream, Step step) {
  if (stream.capture) {
    Capture& capture = *stream.capture;
    if (capture.invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    capture.graph->nodes.push_back(
        {std::move(step), stream.frontier, reinterpret_cast<CUgraphNode>(nextHandle())});
    stream.frontier = {capture.graph->nodes.size() - 1};
    return CUDA_SUCCESS;
  }
  if (&stream == &context.defaultStream)
    if (CUresult result = refuseLegacyInCapture(context)) return result;
  give(context, stream, std::move(step.task));
  return CUDA_SUCCESS;
}

CUresult refuseInCapture(Context& context) {
  CUresult result = CUDA_SUCCESS;
  for (auto& capture : active(context)) {
    bool mine = capture->thread == std::this_thread::get_id();
    if (capture->mode == CU_STREAM_CAPTURE_MODE_RELAXED) continue;
    if (capture->mode == CU_STREAM_CAPTURE_MODE_THREAD_LOCAL && !mine) continue;
    capture->invalid = true;
    result = CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
  }
  return result;
}

CUresult refuseLegacyInCapture(Context& context) {
  for (auto& capture : active(context)) {
    if (capture->origin->flags & kNonBlocking) continue;
    capture->invalid = true;
    return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
  }
  return CUDA_SUCCESS;
}

}  // namespace softcuda

using namespace softcuda;

SOFTCUDA_EXPORT CUresult cuStreamBeginCapture_v2(CUstream handle, CUstreamCaptureMode mode) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (static_cast<unsigned>(mode) > CU_STREAM_CAPTURE_MODE_RELAXED)
      return CUDA_ERROR_INVALID_VALUE;
    if (stream == &context.defaultStream) return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
    if (stream->capture) return CUDA_ERROR_ILLEGAL_STATE;
    stream->capture = std::make_shared<Capture>();
    stream->capture->origin = stream;
    stream->capture->mode = mode;
    stream->capture->thread = std::this_thread::get_id();
    stream->frontier.clear();
    context.captures.push_back(stream->capture);
    return CUDA_SUCCESS;
  });
}

namespace {

// Whether every node is the origin's or comes before one of the origin's.
bool allJoined(const Graph& graph, const std::set<size_t>& frontier) {
  std::set<size_t> reached;
  std::vector<size_t> open(frontier.begin(), frontier.end());
  while (!open.empty()) {
    size_t node = open.back();
    open.pop_back();
    if (!reached.insert(node).second) continue;
    open.insert(open.end(), graph.nodes[node].after.begin(), graph.nodes[node].after.end());
  }
  return reached.size() == graph.nodes.size();
}

// Takes every stream out of the capture.
void leave(Context& context, const std::shared_ptr<Capture>& capture) {
  auto free = [&](Stream& stream) {
    if (stream.capture != capture) return;
    stream.capture = nullptr;
    stream.frontier.clear();
  };
  context.streams.forEach(free);
  free(context.threadStream);
}

}  // namespace

SOFTCUDA_EXPORT CUresult cuStreamEndCapture(CUstream handle, CUgraph* graph) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!graph) return CUDA_ERROR_INVALID_VALUE;
    *graph = nullptr;
    std::shared_ptr<Capture> capture = stream->capture;
    if (!capture) return CUDA_ERROR_ILLEGAL_STATE;
    if (capture->origin != stream) return CUDA_ERROR_STREAM_CAPTURE_UNMATCHED;
    if (capture->mode != CU_STREAM_CAPTURE_MODE_RELAXED &&
        capture->thread != std::this_thread::get_id())
      return CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD;
    bool joined = allJoined(*capture->graph, stream->frontier);
    leave(context, capture);
    if (capture->invalid) return CUDA_ERROR_STREAM_CAPTURE_INVALIDATED;
    if (!joined) return CUDA_ERROR_STREAM_CAPTURE_UNJOINED;
    *graph = context.graphs.add(std::move(capture->graph));
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuStreamIsCapturing(CUstream handle, CUstreamCaptureStatus* status) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!status) return CUDA_ERROR_INVALID_VALUE;
    *status = !stream->capture           ? CU_STREAM_CAPTURE_STATUS_NONE
              : stream->capture->invalid ? CU_STREAM_CAPTURE_STATUS_INVALIDATED
                                         : CU_STREAM_CAPTURE_STATUS_ACTIVE;
    return CUDA_SUCCESS;
  });
}
