package gpuvae.cuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.Jvm;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a context owns, and how it ends. */
class CudaContextTest {
  @Test
  void memoryIsCountedAndGivenBack() {
    try (CudaContext context = CudaDeviceForTests.openContext()) {
      // Once before measuring: a driver keeps tables of its own.
      context.allocate(64 << 20).close();
      MemoryInfo before = context.memoryInfo();
      assertEquals(context.device().totalMemory(), before.total(), before.total() / 10.0);
      DeviceMemory memory = context.allocate(64 << 20);
      assertEquals(64 << 20, memory.size());
      assertTrue(context.memoryInfo().free() <= before.free() - (64 << 20));
      memory.close();
      CudaDeviceForTests.assertNothingKept(before.free(), context.memoryInfo().free());
    }
  }

  @Test
  void outOfMemoryLeavesTheContextUsable() {
    try (CudaContext context = CudaDeviceForTests.openContext()) {
      long tooMuch = 1L << 50;
      CudaOutOfMemoryException refused =
          assertThrows(CudaOutOfMemoryException.class, () -> context.allocate(tooMuch));
      assertEquals(2, refused.code());
      assertFalse(refused.isSticky());
      assertEquals(
          "cuMemAlloc_v2: out of memory (CUDA_ERROR_OUT_OF_MEMORY, 2): 1125899906842624 bytes",
          refused.getMessage());
      CudaStream stream = context.createStream();
      stream.fill32(context.allocate(4).address(), 1, 1);
      stream.synchronize();
      for (long bytes : new long[] {0, -1}) {
        assertThrows(IllegalArgumentException.class, () -> context.allocate(bytes));
        assertThrows(IllegalArgumentException.class, () -> context.allocatePinned(bytes));
      }
    }
  }

  @Test
  void closedTwiceInAnyOrderAndUsedAfter() {
    CudaContext context = CudaDeviceForTests.openContext();
    CudaContext second = context.device().openContext();
    DeviceMemory early = context.allocate(4);
    DeviceMemory late = context.allocate(4);
    PinnedMemory pinned = context.allocatePinned(4);
    MemorySegment segment = pinned.segment();
    CudaStream stream = context.createStream();
    CudaEvent event = context.createEvent();
    CudaModule module = context.loadModule(ScaleKernel.ptx(), "scale.ptx");
    CudaFunction function = module.function("scale");

    early.close();
    early.close();
    module.close();
    assertThrows(IllegalStateException.class, early::address);
    assertThrows(IllegalStateException.class, () -> module.function("scale"));
    LaunchArguments none = new LaunchArguments(6);
    IllegalStateException closed =
        assertThrows(
            IllegalStateException.class, () -> stream.launch(function, 1, 1, 1, 1, 1, 1, 0, none));
    assertEquals("this CudaModule is closed", closed.getMessage());

    context.close();
    context.close();
    for (Owned owned : List.of(late, pinned, stream, event)) {
      assertThrows(IllegalStateException.class, owned::ensureOpen);
      owned.close();
    }
    assertThrows(IllegalStateException.class, () -> segment.get(JAVA_BYTE, 0));
    assertThrows(IllegalStateException.class, stream::synchronize);
    assertThrows(IllegalStateException.class, event::isDone);
    assertThrows(IllegalStateException.class, () -> context.allocate(4));
    assertThrows(IllegalStateException.class, context::makeCurrent);

    // The primary context is shared: the other owner's is alive.
    second.makeCurrent();
    second.allocate(4).close();
    second.close();
  }

  @Test
  void closingTheContextFreesAll() {
    try (CudaContext witness = CudaDeviceForTests.openContext()) {
      // Once before measuring: a driver keeps what it allocated for itself.
      fillAndClose(witness.device());
      witness.makeCurrent();
      long before = witness.memoryInfo().free();
      fillAndClose(witness.device());
      witness.makeCurrent();
      CudaDeviceForTests.assertNothingKept(before, witness.memoryInfo().free());
    }
  }

  private static void fillAndClose(CudaDevice device) {
    try (CudaContext context = device.openContext()) {
      CudaStream stream = context.createStream();
      CublasHandle blas = context.createBlas(stream);
      blas.setWorkspace(context.allocate(8 << 20));
      DeviceMemory memory = context.allocate(8 << 20);
      stream.beginCapture();
      stream.fill32(memory.address(), 1, 7);
      stream.endCapture().instantiate().launch(stream);
      stream.synchronize();
    }
  }

  @Test
  void anotherThreadMakesItCurrent() throws InterruptedException {
    try (CudaContext context = CudaDeviceForTests.openContext()) {
      DeviceMemory memory = context.allocate(4);
      Throwable[] thrown = new Throwable[2];
      Thread thread =
          new Thread(
              () -> {
                thrown[0] = thrownBy(context::memoryInfo);
                context.makeCurrent();
                thrown[1] = thrownBy(context::memoryInfo);
                memory.close();
              });
      thread.start();
      thread.join();
      CudaException refused = assertInstanceOf(CudaException.class, thrown[0]);
      assertEquals("CUDA_ERROR_INVALID_CONTEXT", refused.errorName());
      assertEquals(null, thrown[1]);
      assertThrows(IllegalStateException.class, memory::address);
    }
  }

  private static Throwable thrownBy(Runnable action) {
    try {
      action.run();
      return null;
    } catch (CudaException e) {
      return e;
    }
  }

  @Test
  void refusedKernelsComeWithTheLog() {
    try (CudaContext context = CudaDeviceForTests.openContext()) {
      byte[] wrong =
          new String(ScaleKernel.ptx(), StandardCharsets.US_ASCII)
              .replace("mul.f32", "mull.f32")
              .getBytes(StandardCharsets.US_ASCII);
      CudaException refused =
          assertThrows(CudaException.class, () -> context.loadModule(wrong, "wrong.ptx"));
      assertEquals("CUDA_ERROR_INVALID_PTX", refused.errorName());
      String message = refused.getMessage();
      assertTrue(message.contains("wrong.ptx"), message);
      assertTrue(message.contains("mull"), message);
      CudaModule module = context.loadModule(ScaleKernel.ptx(), "scale.ptx");
      CudaException missing =
          assertThrows(CudaException.class, () -> module.function("no_such_kernel"));
      assertTrue(missing.getMessage().contains("no_such_kernel"), missing.getMessage());
    }
  }

  /** In a JVM of its own: a card's driver may not get over it. */
  @Test
  void anIllegalAccessIsSticky() throws Exception {
    CudaDeviceForTests.libraries();
    String output = Jvm.output(IllegalAccess.class, List.of(Jvm.NATIVE));
    assertTrue(
        output.contains("cuStreamSynchronize CUDA_ERROR_ILLEGAL_ADDRESS 700 sticky"), output);
    assertTrue(output.contains("cuMemAlloc_v2 CUDA_ERROR_ILLEGAL_ADDRESS 700 sticky"), output);
    assertTrue(output.contains("closed"), output);
  }

  /** A kernel that reads from a bad address. */
  static final class IllegalAccess {
    private IllegalAccess() {}

    public static void main(String[] args) {
      CudaContext context = CudaDeviceForTests.openContext();
      CudaStream stream = context.createStream();
      context.createBlas(stream);
      DeviceMemory memory = context.allocate(4);
      context.allocatePinned(4);
      new ScaleKernel(context).launch(stream, 1, 1, 0x100, 0, 0, memory.address());
      print(stream::synchronize);
      print(() -> context.allocate(4));
      stream.abandonCapture();
      memory.close();
      context.close();
      System.out.println("closed");
    }

    private static void print(Runnable action) {
      CudaException e = assertThrows(CudaException.class, action::run);
      System.out.printf(
          "%s %s %d %s%n",
          e.call(), e.errorName(), e.code(), e.isSticky() ? "sticky" : "not sticky");
    }
  }
}
