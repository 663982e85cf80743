package gpuvae;

import gpuvae.backend.ElementType;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import gpuvae.data.Order;
import gpuvae.model.ResidentData;
import gpuvae.model.VaeModel;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/** The data sets on the device: the few that were used last, each with its order. */
final class ResidentSets {
  private static final int KEPT = 3;

  private static final class Entry {
    final Dataset dataset;
    final ResidentData data;
    Order order;

    Entry(Dataset dataset, ResidentData data) {
      this.dataset = dataset;
      this.data = data;
    }
  }

  private final VaeModel model;
  private final VaeConfig config;
  private final Deque<Entry> entries = new ArrayDeque<>();

  ResidentSets(VaeModel model, VaeConfig config) {
    this.model = model;
    this.config = config;
  }

  /** The order's data set on the device, with that order set. */
  ResidentData visit(Order order) {
    Entry entry = entries.peekFirst();
    if (entry == null || entry.dataset != order.dataset()) {
      entry = bring(order.dataset());
    }
    if (entry.order != order) {
      if (entry.order == null || !Arrays.equals(entry.order.indices(), order.indices())) {
        entry.order = null;
        entry.data.order(order.indices());
      }
      entry.order = order;
    }
    return entry.data;
  }

  private Entry bring(Dataset dataset) {
    for (Entry entry : entries) {
      if (entry.dataset == dataset) {
        entries.remove(entry);
        entries.addFirst(entry);
        return entry;
      }
    }
    int features = config.input().shape().features();
    if (dataset.features() != features) {
      throw new IllegalArgumentException(
          "%s has %d values a sample, %s expects %d (%s)"
              .formatted(
                  dataset.name(),
                  dataset.features(),
                  config.name(),
                  features,
                  config.input().shape()));
    }
    if (entries.size() == KEPT) {
      entries.removeLast().data.free();
    }
    boolean bytes = dataset.isBytes();
    ResidentData data =
        model.upload(
            bytes ? ElementType.U8 : ElementType.F32,
            bytes
                ? MemorySegment.ofArray(dataset.bytes())
                : MemorySegment.ofArray(dataset.floats()),
            dataset.size(),
            config.input().preprocessing(bytes ? 255 : 1));
    Entry entry = new Entry(dataset, data);
    entries.addFirst(entry);
    return entry;
  }

  /** Frees all, each one whatever becomes of the others. */
  void free() {
    if (!entries.isEmpty()) {
      Entry entry = entries.removeFirst();
      try {
        entry.data.free();
      } finally {
        free();
      }
    }
  }
}
