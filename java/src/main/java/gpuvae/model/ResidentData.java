package gpuvae.model;

import gpuvae.backend.Backend;
import gpuvae.backend.ElementType;
import gpuvae.backend.Preprocessing;
import gpuvae.backend.ResidentRows;
import gpuvae.backend.Tensor;
import gpuvae.backend.Tensors;
import java.lang.foreign.MemorySegment;

/** A data set in device memory, and the order in which it is visited. */
public final class ResidentData {
  private final Backend backend;
  private final int size;
  private final String trainName;
  private final String evaluateName;
  private final String encodeName;
  private final Tensors tensors;
  private final ResidentRows rows;
  private int orders;

  /**
   * Uploads a data set.
   *
   * @param id tells this set's recorded steps from another's
   * @param type U8 or F32
   * @param stored its elements, row-major [size, features]
   */
  ResidentData(
      Backend backend,
      long id,
      ElementType type,
      MemorySegment stored,
      int size,
      int features,
      Preprocessing preprocessing) {
    this.backend = backend;
    this.size = size;
    trainName = "train-data-" + id;
    evaluateName = "evaluate-data-" + id;
    encodeName = "encode-data-" + id;
    tensors = new Tensors(backend);
    try {
      Tensor values = tensors.allocate(type, size, features);
      backend.write(values, stored);
      Tensor order = tensors.allocate(ElementType.I32, size);
      rows = new ResidentRows(values, order, preprocessing);
    } catch (RuntimeException | Error e) {
      tensors.freeAfter(e);
      throw e;
    }
  }

  /** Sets the order: row numbers, one for each of the set's rows. */
  public void order(int[] indices) {
    if (indices.length != size) {
      throw new IllegalArgumentException(
          "an order of " + indices.length + " rows for a data set of " + size);
    }
    orders++;
    backend.write(rows.order(), MemorySegment.ofArray(indices));
  }

  /** How many there were: what was fetched in another one is not the batch any more. */
  int orders() {
    return orders;
  }

  String trainName() {
    return trainName;
  }

  String evaluateName() {
    return evaluateName;
  }

  String encodeName() {
    return encodeName;
  }

  ResidentRows rows() {
    return rows;
  }

  /** Frees its memory. */
  public void free() {
    tensors.free();
  }
}
