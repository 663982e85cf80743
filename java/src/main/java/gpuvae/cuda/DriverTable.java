package gpuvae.cuda;

import static gpuvae.cuda.CType.CHAR;
import static gpuvae.cuda.CType.FLOAT;
import static gpuvae.cuda.CType.INT;
import static gpuvae.cuda.CType.SIZE;
import static gpuvae.cuda.CType.UNSIGNED;
import static gpuvae.cuda.CType.UNSIGNED_LONG_LONG;
import static gpuvae.cuda.CType.VOID;

import java.util.Set;

/** What is used of the driver, by the ABI of CUDA 12.0. Constants are named as in cuda.h. */
final class DriverTable {
  static final int CUDA_ERROR_OUT_OF_MEMORY = 2;
  static final int CUDA_ERROR_NO_DEVICE = 100;
  static final int CUDA_ERROR_ECC_UNCORRECTABLE = 214;
  static final int CUDA_ERROR_NVLINK_UNCORRECTABLE = 220;
  static final int CUDA_ERROR_NOT_READY = 600;
  static final int CUDA_ERROR_ILLEGAL_ADDRESS = 700;
  static final int CUDA_ERROR_LAUNCH_TIMEOUT = 702;
  static final int CUDA_ERROR_CONTEXT_IS_DESTROYED = 709;
  static final int CUDA_ERROR_ASSERT = 710;
  static final int CUDA_ERROR_HARDWARE_STACK_ERROR = 714;
  static final int CUDA_ERROR_ILLEGAL_INSTRUCTION = 715;
  static final int CUDA_ERROR_MISALIGNED_ADDRESS = 716;
  static final int CUDA_ERROR_INVALID_ADDRESS_SPACE = 717;
  static final int CUDA_ERROR_INVALID_PC = 718;
  static final int CUDA_ERROR_LAUNCH_FAILED = 719;
  static final int CUDA_ERROR_UNKNOWN = 999;

  /** After these every call with the context answers the same. */
  static final Set<Integer> STICKY =
      Set.of(
          CUDA_ERROR_ECC_UNCORRECTABLE,
          CUDA_ERROR_NVLINK_UNCORRECTABLE,
          CUDA_ERROR_ILLEGAL_ADDRESS,
          CUDA_ERROR_LAUNCH_TIMEOUT,
          CUDA_ERROR_CONTEXT_IS_DESTROYED,
          CUDA_ERROR_ASSERT,
          CUDA_ERROR_HARDWARE_STACK_ERROR,
          CUDA_ERROR_ILLEGAL_INSTRUCTION,
          CUDA_ERROR_MISALIGNED_ADDRESS,
          CUDA_ERROR_INVALID_ADDRESS_SPACE,
          CUDA_ERROR_INVALID_PC,
          CUDA_ERROR_LAUNCH_FAILED,
          CUDA_ERROR_UNKNOWN);

  static final int CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT = 16;
  static final int CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE = 36;
  static final int CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH = 37;
  static final int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75;
  static final int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76;
  static final int CU_JIT_INFO_LOG_BUFFER = 3;
  static final int CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES = 4;
  static final int CU_JIT_ERROR_LOG_BUFFER = 5;
  static final int CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6;
  static final int CU_STREAM_NON_BLOCKING = 1;
  static final int CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1;
  static final int CU_STREAM_CAPTURE_STATUS_NONE = 0;
  static final int CU_EVENT_DEFAULT = 0;

  private static final CType RESULT = CType.int32("CUresult");
  private static final CType DEVICE = CType.int32("CUdevice");
  private static final CType CONTEXT = CType.int64("CUcontext");
  private static final CType MODULE = CType.int64("CUmodule");
  private static final CType FUNCTION = CType.int64("CUfunction");
  private static final CType STREAM = CType.int64("CUstream");
  private static final CType EVENT = CType.int64("CUevent");
  private static final CType GRAPH = CType.int64("CUgraph");
  private static final CType GRAPH_EXEC = CType.int64("CUgraphExec");
  private static final CType DEVICE_ADDRESS = CType.int64("CUdeviceptr");
  private static final CType HOST_ADDRESS = VOID.pointer();
  private static final CType HOST_SOURCE = VOID.constant().pointer();
  private static final CType TEXT = CHAR.constant().pointer();

  private static final FunctionTable TABLE = new FunctionTable();

  static final CFunction GET_ERROR_NAME = add("cuGetErrorName", RESULT, TEXT.pointer());
  static final CFunction GET_ERROR_STRING = add("cuGetErrorString", RESULT, TEXT.pointer());

  static final CFunction INIT = add("cuInit", UNSIGNED);
  static final CFunction DRIVER_GET_VERSION = add("cuDriverGetVersion", INT.pointer());
  static final CFunction DEVICE_GET_COUNT = add("cuDeviceGetCount", INT.pointer());
  static final CFunction DEVICE_GET = add("cuDeviceGet", DEVICE.pointer(), INT);
  static final CFunction DEVICE_GET_NAME = add("cuDeviceGetName", CHAR.pointer(), INT, DEVICE);
  static final CFunction DEVICE_TOTAL_MEM = add("cuDeviceTotalMem_v2", SIZE.pointer(), DEVICE);
  static final CFunction DEVICE_GET_ATTRIBUTE =
      add("cuDeviceGetAttribute", INT.pointer(), CType.int32("CUdevice_attribute"), DEVICE);

  static final CFunction PRIMARY_CTX_RETAIN =
      add("cuDevicePrimaryCtxRetain", CONTEXT.pointer(), DEVICE);
  static final CFunction PRIMARY_CTX_RELEASE = add("cuDevicePrimaryCtxRelease_v2", DEVICE);
  static final CFunction CTX_SET_CURRENT = add("cuCtxSetCurrent", CONTEXT);
  static final CFunction CTX_SYNCHRONIZE = add("cuCtxSynchronize");

  static final CFunction MEM_GET_INFO = add("cuMemGetInfo_v2", SIZE.pointer(), SIZE.pointer());
  static final CFunction MEM_ALLOC = add("cuMemAlloc_v2", DEVICE_ADDRESS.pointer(), SIZE);
  static final CFunction MEM_FREE = add("cuMemFree_v2", DEVICE_ADDRESS);
  static final CFunction MEM_ALLOC_HOST = add("cuMemAllocHost_v2", VOID.pointer().pointer(), SIZE);
  static final CFunction MEM_FREE_HOST = add("cuMemFreeHost", HOST_ADDRESS);
  static final CFunction MEMCPY_HTOD_ASYNC =
      add("cuMemcpyHtoDAsync_v2", DEVICE_ADDRESS, HOST_SOURCE, SIZE, STREAM);
  static final CFunction MEMCPY_DTOH_ASYNC =
      add("cuMemcpyDtoHAsync_v2", HOST_ADDRESS, DEVICE_ADDRESS, SIZE, STREAM);
  static final CFunction MEMCPY_DTOD_ASYNC =
      add("cuMemcpyDtoDAsync_v2", DEVICE_ADDRESS, DEVICE_ADDRESS, SIZE, STREAM);
  static final CFunction MEMSET_D32_ASYNC =
      add("cuMemsetD32Async", DEVICE_ADDRESS, UNSIGNED, SIZE, STREAM);

  static final CFunction MODULE_LOAD_DATA =
      add(
          "cuModuleLoadDataEx",
          MODULE.pointer(),
          HOST_SOURCE,
          UNSIGNED,
          CType.int32("CUjit_option").pointer(),
          VOID.pointer().pointer());
  static final CFunction MODULE_UNLOAD = add("cuModuleUnload", MODULE);
  static final CFunction MODULE_GET_FUNCTION =
      add("cuModuleGetFunction", FUNCTION.pointer(), MODULE, TEXT);
  static final CFunction LAUNCH_KERNEL =
      add(
          "cuLaunchKernel",
          FUNCTION,
          UNSIGNED,
          UNSIGNED,
          UNSIGNED,
          UNSIGNED,
          UNSIGNED,
          UNSIGNED,
          UNSIGNED,
          STREAM,
          VOID.pointer().pointer(),
          VOID.pointer().pointer());

  static final CFunction STREAM_CREATE = add("cuStreamCreate", STREAM.pointer(), UNSIGNED);
  static final CFunction STREAM_DESTROY = add("cuStreamDestroy_v2", STREAM);
  static final CFunction STREAM_SYNCHRONIZE = add("cuStreamSynchronize", STREAM);
  static final CFunction STREAM_WAIT_EVENT = add("cuStreamWaitEvent", STREAM, EVENT, UNSIGNED);
  static final CFunction EVENT_CREATE = add("cuEventCreate", EVENT.pointer(), UNSIGNED);
  static final CFunction EVENT_DESTROY = add("cuEventDestroy_v2", EVENT);
  static final CFunction EVENT_RECORD = add("cuEventRecord", EVENT, STREAM);
  static final CFunction EVENT_SYNCHRONIZE = add("cuEventSynchronize", EVENT);
  static final CFunction EVENT_QUERY = add("cuEventQuery", EVENT);
  static final CFunction EVENT_ELAPSED_TIME =
      add("cuEventElapsedTime", FLOAT.pointer(), EVENT, EVENT);

  static final CFunction STREAM_BEGIN_CAPTURE =
      add("cuStreamBeginCapture_v2", STREAM, CType.int32("CUstreamCaptureMode"));
  static final CFunction STREAM_END_CAPTURE = add("cuStreamEndCapture", STREAM, GRAPH.pointer());
  static final CFunction STREAM_IS_CAPTURING =
      add("cuStreamIsCapturing", STREAM, CType.int32("CUstreamCaptureStatus").pointer());
  static final CFunction GRAPH_GET_NODES =
      add("cuGraphGetNodes", GRAPH, CType.int64("CUgraphNode").pointer(), SIZE.pointer());
  static final CFunction GRAPH_INSTANTIATE =
      add("cuGraphInstantiateWithFlags", GRAPH_EXEC.pointer(), GRAPH, UNSIGNED_LONG_LONG);
  static final CFunction GRAPH_LAUNCH = add("cuGraphLaunch", GRAPH_EXEC, STREAM);
  static final CFunction GRAPH_EXEC_DESTROY = add("cuGraphExecDestroy", GRAPH_EXEC);
  static final CFunction GRAPH_DESTROY = add("cuGraphDestroy", GRAPH);

  private DriverTable() {}

  static FunctionTable table() {
    return TABLE;
  }

  private static CFunction add(String name, CType... parameters) {
    return TABLE.add(name, RESULT, parameters);
  }
}
