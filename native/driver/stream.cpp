// Streams and events.
#include "driver/state.h"

using namespace softcuda;

namespace {

constexpr unsigned kDisableTiming = 2;
constexpr unsigned kExternal = 1;

CUresult createStream(CUstream* handle, unsigned flags, int priority,
                      const char* call = __builtin_FUNCTION()) {
  return withContext(
      [&](Context& context) -> CUresult {
        if (!handle || flags > 1) return CUDA_ERROR_INVALID_VALUE;
        auto stream = std::make_unique<Stream>();
        stream->flags = flags;
        stream->priority = priority;
        *handle = context.streams.add(std::move(stream));
        return CUDA_SUCCESS;
      },
      call);
}

// A wait for one stream, or a query of it: neither may happen while it captures.
CUresult onIdle(CUstream handle, CUresult (*ask)(Context&, Stream&),
                const char* call = __builtin_FUNCTION()) {
  return withContext(
      [&](Context& context) -> CUresult {
        Stream* stream = streamOf(context, handle);
        if (!stream) return CUDA_ERROR_INVALID_HANDLE;
        if (stream->capture) {
          stream->capture->invalid = true;
          return CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED;
        }
        if (stream == &context.defaultStream)
          if (CUresult result = refuseLegacyInCapture(context)) return result;
        return ask(context, *stream);
      },
      call);
}

CUresult isReached(Context& context, const Place& place) {
  bool done = reached(context, place);
  return context.sticky ? context.sticky : done ? CUDA_SUCCESS : CUDA_ERROR_NOT_READY;
}

CUresult onEvent(CUevent handle, CUresult (*ask)(Context&, const Place&),
                 const char* call = __builtin_FUNCTION()) {
  return withContext(
      [&](Context& context) -> CUresult {
        Event* event = context.events.find(handle);
        if (!event) return CUDA_ERROR_INVALID_HANDLE;
        if (!event->captured) return ask(context, event->place);
        if (auto capture = event->capture.lock()) capture->invalid = true;
        return CUDA_ERROR_CAPTURED_EVENT;
      },
      call);
}

}  // namespace

SOFTCUDA_EXPORT CUresult cuStreamCreate(CUstream* handle, unsigned flags) {
  return createStream(handle, flags, 0);
}

SOFTCUDA_EXPORT CUresult cuStreamCreateWithPriority(CUstream* handle, unsigned flags,
                                                    int priority) {
  return createStream(handle, flags, priority);
}

SOFTCUDA_EXPORT CUresult cuStreamGetFlags(CUstream handle, unsigned* flags) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!flags) return CUDA_ERROR_INVALID_VALUE;
    *flags = stream->flags;
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuStreamDestroy_v2(CUstream handle) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = context.streams.find(handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (stream->capture) stream->capture->invalid = true;
    if (stream->capture && stream->capture->origin == stream) {
      auto capture = stream->capture;
      context.streams.forEach([&](Stream& other) {
        if (other.capture == capture) other.capture = nullptr;
      });
    }
    if (!stream->work.empty())
      context.retired.push_back(std::make_unique<Stream>(std::move(*stream)));
    context.streams.remove(handle);
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuStreamSynchronize(CUstream handle) { return onIdle(handle, finish); }

SOFTCUDA_EXPORT CUresult cuStreamQuery(CUstream handle) {
  return onIdle(handle,
                [](Context& context, Stream& stream) { return isReached(context, stream.last); });
}

// Joins the stream to the capture in which the event was recorded, or lets it wait.
SOFTCUDA_EXPORT CUresult cuStreamWaitEvent(CUstream streamHandle, CUevent eventHandle,
                                           unsigned flags) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, streamHandle);
    Event* event = context.events.find(eventHandle);
    if (!stream || !event) return CUDA_ERROR_INVALID_HANDLE;
    if (flags & ~kExternal) return CUDA_ERROR_INVALID_VALUE;
    if (flags & kExternal) return CUDA_ERROR_NOT_SUPPORTED;
    std::shared_ptr<Capture> capture = event->capture.lock();
    if (!event->captured) {
      if (!event->place) return CUDA_SUCCESS;
      if (!stream->capture) {
        give(context, *stream, nullptr, {event->place});
        return CUDA_SUCCESS;
      }
      stream->capture->invalid = true;
      return CUDA_ERROR_STREAM_CAPTURE_ISOLATION;
    }
    if (!capture) return CUDA_SUCCESS;
    if (stream == &context.defaultStream) return CUDA_ERROR_STREAM_CAPTURE_IMPLICIT;
    if (stream->capture && stream->capture != capture) {
      stream->capture->invalid = capture->invalid = true;
      return CUDA_ERROR_STREAM_CAPTURE_MERGE;
    }
    stream->capture = capture;
    stream->frontier.insert(event->frontier.begin(), event->frontier.end());
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuEventCreate(CUevent* handle, unsigned flags) {
  return withContext([&](Context& context) -> CUresult {
    if (!handle || flags > 7) return CUDA_ERROR_INVALID_VALUE;
    if (flags & 4) return CUDA_ERROR_NOT_SUPPORTED;
    auto event = std::make_unique<Event>();
    event->flags = flags;
    *handle = context.events.add(std::move(event));
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuEventDestroy_v2(CUevent handle) {
  return withContext([&](Context& context) {
    return context.events.remove(handle) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
  });
}

SOFTCUDA_EXPORT CUresult cuEventRecord(CUevent eventHandle, CUstream streamHandle) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, streamHandle);
    Event* event = context.events.find(eventHandle);
    if (!stream || !event) return CUDA_ERROR_INVALID_HANDLE;
    event->captured = stream->capture != nullptr;
    event->capture = stream->capture;
    event->frontier = stream->frontier;
    if (event->captured)
      return stream->capture->invalid ? CUDA_ERROR_STREAM_CAPTURE_INVALIDATED : CUDA_SUCCESS;
    if (stream == &context.defaultStream)
      if (CUresult result = refuseLegacyInCapture(context)) return result;
    event->place = give(context, *stream, nullptr);
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuEventSynchronize(CUevent handle) { return onEvent(handle, finish); }
SOFTCUDA_EXPORT CUresult cuEventQuery(CUevent handle) { return onEvent(handle, isReached); }

SOFTCUDA_EXPORT CUresult cuEventElapsedTime(float* milliseconds, CUevent from, CUevent to) {
  return withContext([&](Context& context) -> CUresult {
    Event *start = context.events.find(from), *end = context.events.find(to);
    if (!start || !end) return CUDA_ERROR_INVALID_HANDLE;
    if (!milliseconds) return CUDA_ERROR_INVALID_VALUE;
    if (start->captured || end->captured) return CUDA_ERROR_CAPTURED_EVENT;
    if (!start->place || !end->place || ((start->flags | end->flags) & kDisableTiming))
      return CUDA_ERROR_INVALID_HANDLE;
    if (!start->place->done || !end->place->done) return CUDA_ERROR_NOT_READY;
    auto between = end->place->time - start->place->time;
    *milliseconds = std::chrono::duration<float, std::milli>(between).count();
    return CUDA_SUCCESS;
  });
}

SOFTCUDA_EXPORT CUresult cuEventElapsedTime_v2(float* milliseconds, CUevent from, CUevent to) {
  return cuEventElapsedTime(milliseconds, from, to);
}

SOFTCUDA_EXPORT CUresult cuLaunchHostFunc(CUstream handle, CUhostFn function, void* data) {
  return withContext([&](Context& context) -> CUresult {
    Stream* stream = streamOf(context, handle);
    if (!stream) return CUDA_ERROR_INVALID_HANDLE;
    if (!function) return CUDA_ERROR_INVALID_VALUE;
    Task task = [function, data] {
      function(data);
      return CUDA_SUCCESS;
    };
    return submit(context, *stream, {task, CU_GRAPH_NODE_TYPE_HOST});
  });
}
