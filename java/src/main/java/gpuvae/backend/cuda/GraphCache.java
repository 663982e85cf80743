package gpuvae.backend.cuda;

import gpuvae.backend.StepKey;
import gpuvae.cuda.Cleanup;
import gpuvae.cuda.CudaGraph;
import gpuvae.cuda.CudaGraphExec;
import gpuvae.cuda.CudaStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Steps as CUDA graphs. The first time a body runs as it is, which loads kernels and warms cuBLAS;
 * the second time it is captured; then the graph is launched. The four used last are kept.
 */
final class GraphCache implements Part {
  private static final int KEPT = 4;

  /** A body that has run once has no graph yet. */
  private static final class Entry {
    CudaGraphExec graph;
    long nodes;
  }

  private final CudaStream stream;
  private final int device;
  private final boolean enabled;
  private final Map<StepKey, Entry> entries = new LinkedHashMap<>(KEPT, 0.75f, true);

  /**
   * Of a stream's work on a device.
   *
   * @param enabled whether graphs are made at all
   */
  GraphCache(CudaStream stream, int device, boolean enabled) {
    this.stream = stream;
    this.device = device;
    this.enabled = enabled;
  }

  void run(StepKey key, Runnable body) {
    Entry entry = entries.get(key);
    if (entry == null) {
      body.run();
      remember(key);
      return;
    }
    if (entry.graph == null) {
      if (!enabled) {
        body.run();
        return;
      }
      DeviceLock.hold(device, () -> capture(body, entry));
    }
    entry.graph.launch(stream);
  }

  private void remember(StepKey key) {
    if (entries.size() == KEPT) {
      StepKey eldest = entries.keySet().iterator().next();
      close(entries.remove(eldest));
    }
    entries.put(key, new Entry());
  }

  private void capture(Runnable body, Entry entry) {
    stream.beginCapture();
    try {
      body.run();
    } catch (RuntimeException | Error e) {
      stream.abandonCapture();
      throw e;
    }
    try (CudaGraph graph = stream.endCapture()) {
      entry.nodes = graph.nodeCount();
      entry.graph = graph.instantiate();
    }
  }

  /** Drops all: the memory that they work on changes. */
  void clear() {
    List<Entry> dropped = List.copyOf(entries.values());
    entries.clear();
    Cleanup cleanup = new Cleanup();
    dropped.forEach(entry -> cleanup.then(() -> close(entry)));
    cleanup.end();
  }

  private static void close(Entry entry) {
    if (entry.graph != null) {
      entry.graph.close();
    }
  }

  /** How many launches, products and copies each graph has that is ready. */
  Map<StepKey, Long> nodes() {
    Map<StepKey, Long> nodes = new LinkedHashMap<>();
    entries.forEach(
        (key, entry) -> {
          if (entry.graph != null) {
            nodes.put(key, entry.nodes);
          }
        });
    return nodes;
  }

  @Override
  public void close() {
    clear();
  }
}
