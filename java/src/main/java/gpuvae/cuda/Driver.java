package gpuvae.cuda;

import java.lang.foreign.MemorySegment;

/**
 * The driver's calls, each of which throws {@link CudaException} if its status is not success.
 * Handles and addresses on the device are long. Those on memory, modules, streams, events and
 * graphs work in the thread's current context.
 */
public interface Driver {
  /** 1000 times major plus 10 times minor version of the newest CUDA it supports. */
  int version();

  int deviceCount();

  int device(int ordinal);

  String deviceName(int device);

  long deviceMemory(int device);

  int deviceAttribute(int attribute, int device);

  long retainPrimaryContext(int device);

  void releasePrimaryContext(int device);

  void setCurrentContext(long context);

  void synchronizeContext();

  MemoryInfo memoryInfo();

  long allocate(long bytes);

  void free(long address);

  long allocateHost(long bytes);

  void freeHost(long address);

  void copyToDevice(long destination, MemorySegment source, long bytes, long stream);

  void copyToHost(MemorySegment destination, long source, long bytes, long stream);

  void copyDevice(long destination, long source, long bytes, long stream);

  void fill32(long destination, int value, long count, long stream);

  /** Loads PTX; the exception of a failure carries the JIT's log. */
  long loadModule(byte[] ptx, String name);

  void unloadModule(long module);

  long function(long module, String name);

  void launch(
      long function,
      int gridX,
      int gridY,
      int gridZ,
      int blockX,
      int blockY,
      int blockZ,
      int sharedBytes,
      long stream,
      MemorySegment arguments);

  long createStream();

  void destroyStream(long stream);

  void synchronizeStream(long stream);

  void waitForEvent(long stream, long event);

  long createEvent();

  void destroyEvent(long event);

  void recordEvent(long event, long stream);

  void synchronizeEvent(long event);

  boolean isDone(long event);

  float elapsedMillis(long start, long end);

  void beginCapture(long stream);

  /** The captured graph. Whether it succeeds or not, the stream captures no longer. */
  long endCapture(long stream);

  boolean isCapturing(long stream);

  long graphNodeCount(long graph);

  long instantiateGraph(long graph);

  void launchGraph(long executable, long stream);

  void destroyGraphExec(long executable);

  void destroyGraph(long graph);
}
