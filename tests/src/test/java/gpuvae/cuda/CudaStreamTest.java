package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a stream does, on the device. */
class CudaStreamTest {
  private static final int COUNT = 207;
  private static final long BYTES = COUNT * 4L;

  private CudaContext context;
  private CudaStream stream;

  @BeforeEach
  void open() {
    context = CudaDeviceForTests.openContext();
    stream = context.createStream();
  }

  @AfterEach
  void close() {
    if (context != null) {
      context.close();
    }
  }

  private PinnedMemory numbers() {
    PinnedMemory pinned = context.allocatePinned(BYTES);
    for (int i = 0; i < COUNT; i++) {
      pinned.segment().setAtIndex(JAVA_FLOAT, i, i - 100);
    }
    return pinned;
  }

  private float[] read(DeviceMemory memory) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(memory.size(), 4);
      stream.copyToHost(host, memory.address(), memory.size());
      stream.synchronize();
      return host.toArray(JAVA_FLOAT);
    }
  }

  @Test
  void copiesThroughPinnedMemoryAndTheDevice() {
    PinnedMemory in = numbers();
    PinnedMemory out = context.allocatePinned(BYTES);
    DeviceMemory first = context.allocate(BYTES);
    DeviceMemory second = context.allocate(BYTES);
    stream.copyToDevice(first.address(), in.segment(), BYTES);
    stream.copyDevice(second.address(), first.address(), BYTES);
    stream.copyToHost(out.segment(), second.address(), BYTES);
    stream.synchronize();
    assertEquals(-1, in.segment().mismatch(out.segment()));
    assertEquals(0, first.address() % 256);
  }

  @Test
  void ordinaryMemoryIsReadBeforeTheCopyReturns() {
    DeviceMemory memory = context.allocate(BYTES);
    float[] expected = numbers().segment().toArray(JAVA_FLOAT);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocateFrom(JAVA_FLOAT, expected);
      stream.copyToDevice(memory.address(), host, BYTES);
      host.fill((byte) 0);
    }
    assertArrayEquals(expected, read(memory));
  }

  @Test
  void copiesRefuseShortSegmentsAndTheHeap() {
    DeviceMemory memory = context.allocate(BYTES);
    MemorySegment heap = MemorySegment.ofArray(new float[COUNT]);
    PinnedMemory pinned = numbers();
    long at = memory.address();
    assertThrows(IllegalArgumentException.class, () -> stream.copyToDevice(at, heap, BYTES));
    for (long bytes : new long[] {BYTES + 1, -1}) {
      assertThrows(
          IndexOutOfBoundsException.class, () -> stream.copyToDevice(at, pinned.segment(), bytes));
      assertThrows(
          IndexOutOfBoundsException.class, () -> stream.copyToHost(pinned.segment(), at, bytes));
    }
    stream.copyToDevice(at, pinned.segment(), 0);
    stream.copyToHost(pinned.segment(), at, 0);
    stream.copyDevice(at, at, 0);
    stream.fill32(at, 1, 0);
  }

  @Test
  void fillsWords() {
    DeviceMemory memory = context.allocate(BYTES);
    stream.fill32(memory.address(), Float.floatToRawIntBits(1.5f), COUNT);
    stream.fill32(memory.address() + 4, 0x80000000, 1);
    float[] values = read(memory);
    assertEquals(1.5f, values[0]);
    assertEquals(-0.0f, values[1]);
    assertEquals(1.5f, values[COUNT - 1]);
  }

  @Test
  void launchesWithAParameterOfEveryType() {
    ScaleKernel kernel = new ScaleKernel(context);
    DeviceMemory x = context.allocate(BYTES);
    DeviceMemory y = context.allocate(BYTES + 4);
    stream.copyToDevice(x.address(), numbers().segment(), BYTES);
    stream.fill32(y.address(), Float.floatToRawIntBits(-7), COUNT + 1);
    kernel.launch(stream, COUNT, 0.5f, x.address(), 1e-3, 1, y.address());
    // The block of arguments may be written again at once.
    kernel.launch(stream, 0, 9, x.address(), 9, 9, y.address());
    float[] expected = new float[COUNT + 1];
    expected[0] = -7;
    for (int i = 0; i < COUNT; i++) {
      expected[1 + i] = (float) (0.5f * (i - 100) + 1e-3);
    }
    assertArrayEquals(expected, read(y));
  }

  @Test
  void eventsOrderStreamsAndKeepTime() {
    CudaStream other = context.createStream();
    CudaEvent start = context.createEvent();
    CudaEvent end = context.createEvent();
    DeviceMemory memory = context.allocate(4);
    stream.record(start);
    stream.fill32(memory.address(), 42, 1);
    stream.record(end);
    other.waitFor(end);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(JAVA_INT);
      other.copyToHost(host, memory.address(), 4);
      other.synchronize();
      assertEquals(42, host.get(JAVA_INT, 0));
    }
    end.synchronize();
    assertTrue(end.isDone());
    float millis = CudaEvent.elapsedMillis(start, end);
    assertTrue(millis >= 0 && millis < 60_000, millis + " ms");
  }

  @Test
  void refusalsNameTheCallAndTheLibrarysWords() {
    CudaFunction function = context.loadModule(ScaleKernel.ptx(), "scale.ptx").function("scale");
    LaunchArguments none = new LaunchArguments(6);
    CudaException refused =
        assertThrows(
            CudaException.class, () -> stream.launch(function, 1, 1, 1, 2048, 1, 1, 0, none));
    assertEquals("cuLaunchKernel", refused.call());
    assertEquals("CUDA_ERROR_INVALID_VALUE", refused.errorName());
    assertEquals(1, refused.code());
    assertEquals(
        "cuLaunchKernel: invalid argument (CUDA_ERROR_INVALID_VALUE, 1)", refused.getMessage());
    stream.synchronize();
  }
}
