package gpuvae.cuda;

import static gpuvae.cuda.DriverTable.*;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import gpuvae.cuda.CudaUnavailableException.Reason;
import gpuvae.cuda.LibraryProbe.Finding;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The driver through the FFM API. */
public final class FfmDriver extends CheckedCalls implements Driver {
  /** 12.0: the ABI of {@link DriverTable}. */
  private static final int MINIMUM_VERSION = 12_000;

  private static final int NAME_BYTES = 256;
  private static final int LOG_BYTES = 16 * 1024;
  private static final MemorySegment NOTHING = MemorySegment.NULL;

  private FfmDriver(NativeLibrary library) {
    super(library);
  }

  /**
   * Opens the driver and starts it.
   *
   * @throws CudaUnavailableException if it is absent or unusable or has no device
   */
  public static FfmDriver load(Finding finding) {
    NativeLibrary library = new NativeLibrary(finding, DriverTable.table());
    FfmDriver driver = new FfmDriver(library);
    // An old driver lacks functions too: its age is the better message.
    library.require(List.of(GET_ERROR_NAME, GET_ERROR_STRING, DRIVER_GET_VERSION));
    int version = driver.version();
    if (version < MINIMUM_VERSION) {
      throw new CudaUnavailableException(
          Reason.DRIVER_TOO_OLD,
          "the CUDA driver %s supports CUDA %d.%d; gpuvae needs 12.0: install driver 525 or newer"
              .formatted(library.path(), version / 1000, version % 1000 / 10));
    }
    library.require(DriverTable.table().functions());
    driver.start();
    return driver;
  }

  private void start() {
    int status = status(() -> (int) INIT.handle().invokeExact(at(INIT), 0));
    if (status != SUCCESS) {
      CudaException cause = failure(INIT.name(), status, "");
      throw status == CUDA_ERROR_NO_DEVICE
          ? noDevice(cause.getMessage(), cause)
          : new CudaUnavailableException(
              Reason.UNUSABLE, library().unusable(cause.getMessage()), cause);
    }
    if (deviceCount() == 0) {
      throw noDevice("cuDeviceGetCount: 0", null);
    }
  }

  private CudaUnavailableException noDevice(String words, CudaException cause) {
    return new CudaUnavailableException(
        Reason.NO_DEVICE,
        "the CUDA driver %s has no device: %s. See that nvidia-smi lists one and that CUDA_VISIBLE_DEVICES does not hide it"
            .formatted(library().path(), words),
        cause);
  }

  @Override
  public CudaException failure(String call, int status, String detail) {
    String name =
        textThrough(
            cell -> (int) GET_ERROR_NAME.handle().invokeExact(at(GET_ERROR_NAME), status, cell));
    String words =
        textThrough(
            cell ->
                (int) GET_ERROR_STRING.handle().invokeExact(at(GET_ERROR_STRING), status, cell));
    return status == CUDA_ERROR_OUT_OF_MEMORY
        ? new CudaOutOfMemoryException(call, status, name, words, detail)
        : new CudaException(call, status, name, words, detail, STICKY.contains(status));
  }

  // ---- devices and contexts ----

  @Override
  public int version() {
    return getInt(
        DRIVER_GET_VERSION,
        cell -> (int) DRIVER_GET_VERSION.handle().invokeExact(at(DRIVER_GET_VERSION), cell));
  }

  @Override
  public int deviceCount() {
    return getInt(
        DEVICE_GET_COUNT,
        cell -> (int) DEVICE_GET_COUNT.handle().invokeExact(at(DEVICE_GET_COUNT), cell));
  }

  @Override
  public int device(int ordinal) {
    return getInt(
        DEVICE_GET, cell -> (int) DEVICE_GET.handle().invokeExact(at(DEVICE_GET), cell, ordinal));
  }

  @Override
  public String deviceName(int device) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocate(NAME_BYTES);
      call(
          DEVICE_GET_NAME,
          () ->
              (int)
                  DEVICE_GET_NAME
                      .handle()
                      .invokeExact(at(DEVICE_GET_NAME), name, NAME_BYTES, device));
      return name.getString(0);
    }
  }

  @Override
  public long deviceMemory(int device) {
    return getLong(
        DEVICE_TOTAL_MEM,
        cell -> (int) DEVICE_TOTAL_MEM.handle().invokeExact(at(DEVICE_TOTAL_MEM), cell, device));
  }

  @Override
  public int deviceAttribute(int attribute, int device) {
    return getInt(
        DEVICE_GET_ATTRIBUTE,
        cell ->
            (int)
                DEVICE_GET_ATTRIBUTE
                    .handle()
                    .invokeExact(at(DEVICE_GET_ATTRIBUTE), cell, attribute, device));
  }

  @Override
  public long retainPrimaryContext(int device) {
    return getLong(
        PRIMARY_CTX_RETAIN,
        cell ->
            (int) PRIMARY_CTX_RETAIN.handle().invokeExact(at(PRIMARY_CTX_RETAIN), cell, device));
  }

  @Override
  public void releasePrimaryContext(int device) {
    call(
        PRIMARY_CTX_RELEASE,
        () -> (int) PRIMARY_CTX_RELEASE.handle().invokeExact(at(PRIMARY_CTX_RELEASE), device));
  }

  @Override
  public void setCurrentContext(long context) {
    int status;
    try {
      status = (int) CTX_SET_CURRENT.handle().invokeExact(at(CTX_SET_CURRENT), context);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(CTX_SET_CURRENT, status);
  }

  @Override
  public void synchronizeContext() {
    call(CTX_SYNCHRONIZE, () -> (int) CTX_SYNCHRONIZE.handle().invokeExact(at(CTX_SYNCHRONIZE)));
  }

  // ---- memory ----

  @Override
  public MemoryInfo memoryInfo() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment free = arena.allocate(JAVA_LONG);
      MemorySegment total = arena.allocate(JAVA_LONG);
      call(
          MEM_GET_INFO,
          () -> (int) MEM_GET_INFO.handle().invokeExact(at(MEM_GET_INFO), free, total));
      return new MemoryInfo(free.get(JAVA_LONG, 0), total.get(JAVA_LONG, 0));
    }
  }

  @Override
  public long allocate(long bytes) {
    return getLong(
        MEM_ALLOC,
        bytes + " bytes",
        cell -> (int) MEM_ALLOC.handle().invokeExact(at(MEM_ALLOC), cell, bytes));
  }

  @Override
  public void free(long address) {
    call(MEM_FREE, () -> (int) MEM_FREE.handle().invokeExact(at(MEM_FREE), address));
  }

  @Override
  public long allocateHost(long bytes) {
    return getLong(
        MEM_ALLOC_HOST,
        bytes + " bytes",
        cell -> (int) MEM_ALLOC_HOST.handle().invokeExact(at(MEM_ALLOC_HOST), cell, bytes));
  }

  @Override
  public void freeHost(long address) {
    MemorySegment memory = MemorySegment.ofAddress(address);
    call(MEM_FREE_HOST, () -> (int) MEM_FREE_HOST.handle().invokeExact(at(MEM_FREE_HOST), memory));
  }

  @Override
  public void copyToDevice(long destination, MemorySegment source, long bytes, long stream) {
    int status;
    try {
      status =
          (int)
              MEMCPY_HTOD_ASYNC
                  .handle()
                  .invokeExact(at(MEMCPY_HTOD_ASYNC), destination, source, bytes, stream);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(MEMCPY_HTOD_ASYNC, status);
  }

  @Override
  public void copyToHost(MemorySegment destination, long source, long bytes, long stream) {
    int status;
    try {
      status =
          (int)
              MEMCPY_DTOH_ASYNC
                  .handle()
                  .invokeExact(at(MEMCPY_DTOH_ASYNC), destination, source, bytes, stream);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(MEMCPY_DTOH_ASYNC, status);
  }

  @Override
  public void copyDevice(long destination, long source, long bytes, long stream) {
    int status;
    try {
      status =
          (int)
              MEMCPY_DTOD_ASYNC
                  .handle()
                  .invokeExact(at(MEMCPY_DTOD_ASYNC), destination, source, bytes, stream);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(MEMCPY_DTOD_ASYNC, status);
  }

  @Override
  public void fill32(long destination, int value, long count, long stream) {
    int status;
    try {
      status =
          (int)
              MEMSET_D32_ASYNC
                  .handle()
                  .invokeExact(at(MEMSET_D32_ASYNC), destination, value, count, stream);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(MEMSET_D32_ASYNC, status);
  }

  // ---- kernels ----

  @Override
  public long loadModule(byte[] ptx, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment image = arena.allocate(ptx.length + 1L);
      MemorySegment.copy(ptx, 0, image, JAVA_BYTE, 0, ptx.length);
      MemorySegment info = arena.allocate(LOG_BYTES);
      MemorySegment error = arena.allocate(LOG_BYTES);
      MemorySegment options =
          arena.allocateFrom(
              JAVA_INT,
              CU_JIT_INFO_LOG_BUFFER,
              CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES,
              CU_JIT_ERROR_LOG_BUFFER,
              CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES);
      // Sizes are passed in the place of pointers.
      MemorySegment values =
          arena.allocateFrom(JAVA_LONG, info.address(), LOG_BYTES, error.address(), LOG_BYTES);
      MemorySegment module = arena.allocate(ADDRESS);
      int status =
          status(
              () ->
                  (int)
                      MODULE_LOAD_DATA
                          .handle()
                          .invokeExact(at(MODULE_LOAD_DATA), module, image, 4, options, values));
      if (status != SUCCESS) {
        String log = (error.getString(0) + "\n" + info.getString(0)).strip();
        throw failure(
            MODULE_LOAD_DATA.name(),
            status,
            name + (log.isEmpty() ? "" : ", in the JIT's words: " + log));
      }
      return module.get(JAVA_LONG, 0);
    }
  }

  @Override
  public void unloadModule(long module) {
    call(MODULE_UNLOAD, () -> (int) MODULE_UNLOAD.handle().invokeExact(at(MODULE_UNLOAD), module));
  }

  @Override
  public long function(long module, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      return getLong(
          MODULE_GET_FUNCTION,
          name,
          cell ->
              (int)
                  MODULE_GET_FUNCTION
                      .handle()
                      .invokeExact(at(MODULE_GET_FUNCTION), cell, module, text));
    }
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
    int status;
    try {
      status =
          (int)
              LAUNCH_KERNEL
                  .handle()
                  .invokeExact(
                      at(LAUNCH_KERNEL),
                      function,
                      gridX,
                      gridY,
                      gridZ,
                      blockX,
                      blockY,
                      blockZ,
                      sharedBytes,
                      stream,
                      arguments,
                      NOTHING);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(LAUNCH_KERNEL, status);
  }

  // ---- streams and events ----

  @Override
  public long createStream() {
    return getLong(
        STREAM_CREATE,
        cell ->
            (int)
                STREAM_CREATE
                    .handle()
                    .invokeExact(at(STREAM_CREATE), cell, CU_STREAM_NON_BLOCKING));
  }

  @Override
  public void destroyStream(long stream) {
    call(
        STREAM_DESTROY,
        () -> (int) STREAM_DESTROY.handle().invokeExact(at(STREAM_DESTROY), stream));
  }

  @Override
  public void synchronizeStream(long stream) {
    int status;
    try {
      status = (int) STREAM_SYNCHRONIZE.handle().invokeExact(at(STREAM_SYNCHRONIZE), stream);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(STREAM_SYNCHRONIZE, status);
  }

  @Override
  public void waitForEvent(long stream, long event) {
    int status;
    try {
      status =
          (int) STREAM_WAIT_EVENT.handle().invokeExact(at(STREAM_WAIT_EVENT), stream, event, 0);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(STREAM_WAIT_EVENT, status);
  }

  @Override
  public long createEvent() {
    return getLong(
        EVENT_CREATE,
        cell -> (int) EVENT_CREATE.handle().invokeExact(at(EVENT_CREATE), cell, CU_EVENT_DEFAULT));
  }

  @Override
  public void destroyEvent(long event) {
    call(EVENT_DESTROY, () -> (int) EVENT_DESTROY.handle().invokeExact(at(EVENT_DESTROY), event));
  }

  @Override
  public void recordEvent(long event, long stream) {
    int status;
    try {
      status = (int) EVENT_RECORD.handle().invokeExact(at(EVENT_RECORD), event, stream);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(EVENT_RECORD, status);
  }

  @Override
  public void synchronizeEvent(long event) {
    int status;
    try {
      status = (int) EVENT_SYNCHRONIZE.handle().invokeExact(at(EVENT_SYNCHRONIZE), event);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(EVENT_SYNCHRONIZE, status);
  }

  @Override
  public boolean isDone(long event) {
    int status = status(() -> (int) EVENT_QUERY.handle().invokeExact(at(EVENT_QUERY), event));
    if (status == CUDA_ERROR_NOT_READY) {
      return false;
    }
    check(EVENT_QUERY, status);
    return true;
  }

  @Override
  public float elapsedMillis(long start, long end) {
    return getFloat(
        EVENT_ELAPSED_TIME,
        cell ->
            (int)
                EVENT_ELAPSED_TIME.handle().invokeExact(at(EVENT_ELAPSED_TIME), cell, start, end));
  }

  // ---- graphs ----

  @Override
  public void beginCapture(long stream) {
    call(
        STREAM_BEGIN_CAPTURE,
        () ->
            (int)
                STREAM_BEGIN_CAPTURE
                    .handle()
                    .invokeExact(
                        at(STREAM_BEGIN_CAPTURE), stream, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL));
  }

  @Override
  public long endCapture(long stream) {
    return getLong(
        STREAM_END_CAPTURE,
        cell ->
            (int) STREAM_END_CAPTURE.handle().invokeExact(at(STREAM_END_CAPTURE), stream, cell));
  }

  @Override
  public boolean isCapturing(long stream) {
    int status =
        getInt(
            STREAM_IS_CAPTURING,
            cell ->
                (int)
                    STREAM_IS_CAPTURING
                        .handle()
                        .invokeExact(at(STREAM_IS_CAPTURING), stream, cell));
    return status != CU_STREAM_CAPTURE_STATUS_NONE;
  }

  @Override
  public long graphNodeCount(long graph) {
    return getLong(
        GRAPH_GET_NODES,
        cell ->
            (int) GRAPH_GET_NODES.handle().invokeExact(at(GRAPH_GET_NODES), graph, NOTHING, cell));
  }

  @Override
  public long instantiateGraph(long graph) {
    return getLong(
        GRAPH_INSTANTIATE,
        cell ->
            (int) GRAPH_INSTANTIATE.handle().invokeExact(at(GRAPH_INSTANTIATE), cell, graph, 0L));
  }

  @Override
  public void launchGraph(long executable, long stream) {
    int status;
    try {
      status = (int) GRAPH_LAUNCH.handle().invokeExact(at(GRAPH_LAUNCH), executable, stream);
    } catch (Throwable e) {
      throw unchecked(e);
    }
    check(GRAPH_LAUNCH, status);
  }

  @Override
  public void destroyGraphExec(long executable) {
    call(
        GRAPH_EXEC_DESTROY,
        () -> (int) GRAPH_EXEC_DESTROY.handle().invokeExact(at(GRAPH_EXEC_DESTROY), executable));
  }

  @Override
  public void destroyGraph(long graph) {
    call(GRAPH_DESTROY, () -> (int) GRAPH_DESTROY.handle().invokeExact(at(GRAPH_DESTROY), graph));
  }
}
