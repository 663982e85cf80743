package gpuvae.cuda.jcuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static jcuda.driver.JCudaDriver.*;

import gpuvae.cuda.Driver;
import gpuvae.cuda.FfmDriver;
import gpuvae.cuda.MemoryInfo;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUfunction;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUjit_option;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.CUstreamCaptureStatus;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;

/** The driver through JCuda. Segments are native memory, which JCuda takes by address. */
final class DriverThroughJCuda implements Driver {
  private static final int NAME_BYTES = 256;
  private static final int LOG_BYTES = 16 * 1024;

  private final FfmDriver words;

  /**
   * After its natives are loaded.
   *
   * @param words tells what a status means
   */
  DriverThroughJCuda(FfmDriver words) {
    this.words = words;
    JCudaDriver.setExceptionsEnabled(false);
    check("cuInit", cuInit(0));
  }

  private void check(String call, int status) {
    check(call, status, "");
  }

  private void check(String call, int status, String detail) {
    if (status != CUresult.CUDA_SUCCESS) {
      throw words.failure(call, status, detail);
    }
  }

  private static CUdevice gpu(int device) {
    return Handles.with(new CUdevice(), device);
  }

  private static CUdeviceptr memory(long address) {
    return Handles.with(new CUdeviceptr(), address);
  }

  private static Pointer host(MemorySegment segment) {
    return Handles.with(new Pointer(), segment.address());
  }

  private static CUmodule kernels(long module) {
    return Handles.with(new CUmodule(), module);
  }

  private static CUstream queue(long stream) {
    return Handles.with(new CUstream(), stream);
  }

  private static CUevent mark(long event) {
    return Handles.with(new CUevent(), event);
  }

  private static CUgraph recorded(long graph) {
    return Handles.with(new CUgraph(), graph);
  }

  private static CUgraphExec ready(long executable) {
    return Handles.with(new CUgraphExec(), executable);
  }

  // ---- devices and contexts ----

  @Override
  public int version() {
    int[] version = {0};
    check("cuDriverGetVersion", cuDriverGetVersion(version));
    return version[0];
  }

  @Override
  public int deviceCount() {
    int[] count = {0};
    check("cuDeviceGetCount", cuDeviceGetCount(count));
    return count[0];
  }

  @Override
  public int device(int ordinal) {
    CUdevice device = new CUdevice();
    check("cuDeviceGet", cuDeviceGet(device, ordinal));
    return (int) Handles.of(device);
  }

  @Override
  public String deviceName(int device) {
    byte[] name = new byte[NAME_BYTES];
    check("cuDeviceGetName", cuDeviceGetName(name, NAME_BYTES, gpu(device)));
    String text = new String(name, StandardCharsets.UTF_8);
    return text.substring(0, text.indexOf('\0'));
  }

  @Override
  public long deviceMemory(int device) {
    long[] bytes = {0};
    check("cuDeviceTotalMem", cuDeviceTotalMem(bytes, gpu(device)));
    return bytes[0];
  }

  @Override
  public int deviceAttribute(int attribute, int device) {
    int[] value = {0};
    check("cuDeviceGetAttribute", cuDeviceGetAttribute(value, attribute, gpu(device)));
    return value[0];
  }

  @Override
  public long retainPrimaryContext(int device) {
    CUcontext context = new CUcontext();
    check("cuDevicePrimaryCtxRetain", cuDevicePrimaryCtxRetain(context, gpu(device)));
    return Handles.of(context);
  }

  @Override
  public void releasePrimaryContext(int device) {
    check("cuDevicePrimaryCtxRelease", cuDevicePrimaryCtxRelease(gpu(device)));
  }

  @Override
  public void setCurrentContext(long context) {
    check("cuCtxSetCurrent", cuCtxSetCurrent(Handles.with(new CUcontext(), context)));
  }

  @Override
  public void synchronizeContext() {
    check("cuCtxSynchronize", cuCtxSynchronize());
  }

  // ---- memory ----

  @Override
  public MemoryInfo memoryInfo() {
    long[] free = {0};
    long[] total = {0};
    check("cuMemGetInfo", cuMemGetInfo(free, total));
    return new MemoryInfo(free[0], total[0]);
  }

  @Override
  public long allocate(long bytes) {
    CUdeviceptr made = new CUdeviceptr();
    check("cuMemAlloc", cuMemAlloc(made, bytes), bytes + " bytes");
    return Handles.of(made);
  }

  @Override
  public void free(long address) {
    check("cuMemFree", cuMemFree(memory(address)));
  }

  @Override
  public long allocateHost(long bytes) {
    Pointer made = new Pointer();
    check("cuMemAllocHost", cuMemAllocHost(made, bytes), bytes + " bytes");
    return Handles.of(made);
  }

  @Override
  public void freeHost(long address) {
    check("cuMemFreeHost", cuMemFreeHost(Handles.with(new Pointer(), address)));
  }

  @Override
  public void copyToDevice(long destination, MemorySegment source, long bytes, long stream) {
    int status = cuMemcpyHtoDAsync(memory(destination), host(source), bytes, queue(stream));
    Reference.reachabilityFence(source);
    check("cuMemcpyHtoDAsync", status);
  }

  @Override
  public void copyToHost(MemorySegment destination, long source, long bytes, long stream) {
    int status = cuMemcpyDtoHAsync(host(destination), memory(source), bytes, queue(stream));
    Reference.reachabilityFence(destination);
    check("cuMemcpyDtoHAsync", status);
  }

  @Override
  public void copyDevice(long destination, long source, long bytes, long stream) {
    check(
        "cuMemcpyDtoDAsync",
        cuMemcpyDtoDAsync(memory(destination), memory(source), bytes, queue(stream)));
  }

  @Override
  public void fill32(long destination, int value, long count, long stream) {
    check("cuMemsetD32Async", cuMemsetD32Async(memory(destination), value, count, queue(stream)));
  }

  // ---- kernels ----

  @Override
  public long loadModule(byte[] ptx, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = arena.allocate(ptx.length + 1L);
      MemorySegment.copy(ptx, 0, image, JAVA_BYTE, 0, ptx.length);
      MemorySegment info = arena.allocate(LOG_BYTES);
      MemorySegment error = arena.allocate(LOG_BYTES);
      int[] options = {
        CUjit_option.CU_JIT_INFO_LOG_BUFFER,
        CUjit_option.CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES,
        CUjit_option.CU_JIT_ERROR_LOG_BUFFER,
        CUjit_option.CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES
      };
      // Sizes are passed in the place of pointers.
      MemorySegment values =
          arena.allocateFrom(JAVA_LONG, info.address(), LOG_BYTES, error.address(), LOG_BYTES);
      CUmodule module = new CUmodule();
      int status = cuModuleLoadDataEx(module, host(image), 4, options, host(values));
      String log = (error.getString(0) + "\n" + info.getString(0)).strip();
      check(
          "cuModuleLoadDataEx",
          status,
          name + (log.isEmpty() ? "" : ", in the JIT's words: " + log));
      return Handles.of(module);
    }
  }

  @Override
  public void unloadModule(long module) {
    check("cuModuleUnload", cuModuleUnload(kernels(module)));
  }

  @Override
  public long function(long module, String name) {
    CUfunction function = new CUfunction();
    check("cuModuleGetFunction", cuModuleGetFunction(function, kernels(module), name), name);
    return Handles.of(function);
  }

  @Override
  public void launch(
      long function,
      int gridX,
      int gridY,
      int gridZ,
      int blockX,
      int blockY,
      int blockZ,
      int sharedBytes,
      long stream,
      MemorySegment arguments) {
    int status =
        cuLaunchKernel(
            Handles.with(new CUfunction(), function),
            gridX,
            gridY,
            gridZ,
            blockX,
            blockY,
            blockZ,
            sharedBytes,
            queue(stream),
            host(arguments),
            null);
    Reference.reachabilityFence(arguments);
    check("cuLaunchKernel", status);
  }

  // ---- streams and events ----

  @Override
  public long createStream() {
    CUstream stream = new CUstream();
    check("cuStreamCreate", cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
    return Handles.of(stream);
  }

  @Override
  public void destroyStream(long stream) {
    check("cuStreamDestroy", cuStreamDestroy(queue(stream)));
  }

  @Override
  public void synchronizeStream(long stream) {
    check("cuStreamSynchronize", cuStreamSynchronize(queue(stream)));
  }

  @Override
  public void waitForEvent(long stream, long event) {
    check("cuStreamWaitEvent", cuStreamWaitEvent(queue(stream), mark(event), 0));
  }

  @Override
  public long createEvent() {
    CUevent event = new CUevent();
    check("cuEventCreate", cuEventCreate(event, CUevent_flags.CU_EVENT_DEFAULT));
    return Handles.of(event);
  }

  @Override
  public void destroyEvent(long event) {
    check("cuEventDestroy", cuEventDestroy(mark(event)));
  }

  @Override
  public void recordEvent(long event, long stream) {
    check("cuEventRecord", cuEventRecord(mark(event), queue(stream)));
  }

  @Override
  public void synchronizeEvent(long event) {
    check("cuEventSynchronize", cuEventSynchronize(mark(event)));
  }

  @Override
  public boolean isDone(long event) {
    int status = cuEventQuery(mark(event));
    if (status == CUresult.CUDA_ERROR_NOT_READY) {
      return false;
    }
    check("cuEventQuery", status);
    return true;
  }

  @Override
  public float elapsedMillis(long start, long end) {
    float[] milliseconds = {0};
    check("cuEventElapsedTime", cuEventElapsedTime(milliseconds, mark(start), mark(end)));
    return milliseconds[0];
  }

  // ---- graphs ----

  @Override
  public void beginCapture(long stream) {
    check(
        "cuStreamBeginCapture",
        cuStreamBeginCapture(
            queue(stream), CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
  }

  @Override
  public long endCapture(long stream) {
    CUgraph graph = new CUgraph();
    check("cuStreamEndCapture", cuStreamEndCapture(queue(stream), graph));
    return Handles.of(graph);
  }

  @Override
  public boolean isCapturing(long stream) {
    int[] status = {0};
    check("cuStreamIsCapturing", cuStreamIsCapturing(queue(stream), status));
    return status[0] != CUstreamCaptureStatus.CU_STREAM_CAPTURE_STATUS_NONE;
  }

  @Override
  public long graphNodeCount(long graph) {
    long[] count = {0};
    check("cuGraphGetNodes", cuGraphGetNodes(recorded(graph), null, count));
    return count[0];
  }

  @Override
  public long instantiateGraph(long graph) {
    CUgraphExec executable = new CUgraphExec();
    check("cuGraphInstantiate", cuGraphInstantiate(executable, recorded(graph), 0L));
    return Handles.of(executable);
  }

  @Override
  public void launchGraph(long executable, long stream) {
    check("cuGraphLaunch", cuGraphLaunch(ready(executable), queue(stream)));
  }

  @Override
  public void destroyGraphExec(long executable) {
    check("cuGraphExecDestroy", cuGraphExecDestroy(ready(executable)));
  }

  @Override
  public void destroyGraph(long graph) {
    check("cuGraphDestroy", cuGraphDestroy(recorded(graph)));
  }
}
