// Names and descriptions of errors.
#include <iterator>
#include <map>

#include "driver/abi.h"

namespace {

struct Text {
  const char *name, *description;
};

const Text* textOf(CUresult error) {
#define ENTRY(code, description)                \
  {                                             \
    CUDA_##code, { "CUDA_" #code, description } \
  }
  static const std::map<int, Text> texts = {
      ENTRY(SUCCESS, "no error"),
      ENTRY(ERROR_INVALID_VALUE, "invalid argument"),
      ENTRY(ERROR_OUT_OF_MEMORY, "out of memory"),
      ENTRY(ERROR_NOT_INITIALIZED, "initialization error"),
      ENTRY(ERROR_INVALID_DEVICE, "invalid device ordinal"),
      ENTRY(ERROR_INVALID_IMAGE, "device kernel image is invalid"),
      ENTRY(ERROR_INVALID_CONTEXT, "invalid device context"),
      ENTRY(ERROR_NO_BINARY_FOR_GPU, "no kernel image is available for execution on the device"),
      ENTRY(ERROR_INVALID_PTX, "a PTX JIT compilation failed"),
      ENTRY(ERROR_UNSUPPORTED_PTX_VERSION,
            "the provided PTX was compiled with an unsupported toolchain."),
      ENTRY(ERROR_FILE_NOT_FOUND, "file not found"),
      ENTRY(ERROR_INVALID_HANDLE, "invalid resource handle"),
      ENTRY(ERROR_ILLEGAL_STATE, "the operation cannot be performed in the present state"),
      ENTRY(ERROR_NOT_FOUND, "named symbol not found"),
      ENTRY(ERROR_NOT_READY, "device not ready"),
      ENTRY(ERROR_ILLEGAL_ADDRESS, "an illegal memory access was encountered"),
      ENTRY(ERROR_LAUNCH_OUT_OF_RESOURCES, "too many resources requested for launch"),
      ENTRY(ERROR_PRIMARY_CONTEXT_ACTIVE, "cannot set while device is active in this process"),
      ENTRY(ERROR_CONTEXT_IS_DESTROYED, "context is destroyed"),
      ENTRY(ERROR_ILLEGAL_INSTRUCTION, "an illegal instruction was encountered"),
      ENTRY(ERROR_MISALIGNED_ADDRESS, "misaligned address"),
      ENTRY(ERROR_INVALID_PC, "invalid program counter"),
      ENTRY(ERROR_LAUNCH_FAILED, "unspecified launch failure"),
      ENTRY(ERROR_NOT_SUPPORTED, "operation not supported"),
      ENTRY(ERROR_STREAM_CAPTURE_UNSUPPORTED, "operation not permitted when stream is capturing"),
      ENTRY(ERROR_STREAM_CAPTURE_INVALIDATED,
            "operation failed due to a previous error during capture"),
      ENTRY(ERROR_STREAM_CAPTURE_MERGE,
            "operation would result in a merge of separate capture sequences"),
      ENTRY(ERROR_STREAM_CAPTURE_UNMATCHED, "capture was not ended in the same stream as it began"),
      ENTRY(ERROR_STREAM_CAPTURE_UNJOINED, "capturing stream has unjoined work"),
      ENTRY(ERROR_STREAM_CAPTURE_ISOLATION,
            "dependency created on uncaptured work in another stream"),
      ENTRY(ERROR_STREAM_CAPTURE_IMPLICIT,
            "operation would make the legacy stream depend on a capturing blocking stream"),
      ENTRY(ERROR_CAPTURED_EVENT,
            "operation not permitted on an event last recorded in a capturing stream"),
      ENTRY(ERROR_STREAM_CAPTURE_WRONG_THREAD,
            "attempt to terminate a thread-local capture sequence from another thread"),
      ENTRY(ERROR_GRAPH_EXEC_UPDATE_FAILURE,
            "the graph update was not performed because it included changes which violated "
            "constraints specific to instantiated graph update"),
      ENTRY(ERROR_UNKNOWN, "unknown error")};
#undef ENTRY
  auto found = texts.find(error);
  return found == texts.end() ? nullptr : &found->second;
}

CUresult answer(const char** out, const char* text) {
  if (!out) return CUDA_ERROR_INVALID_VALUE;
  *out = text;
  return text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

}  // namespace

SOFTCUDA_EXPORT CUresult cuGetErrorName(CUresult error, const char** name) {
  const Text* text = textOf(error);
  return answer(name, text ? text->name : nullptr);
}

SOFTCUDA_EXPORT CUresult cuGetErrorString(CUresult error, const char** description) {
  const Text* text = textOf(error);
  return answer(description, text ? text->description : nullptr);
}
