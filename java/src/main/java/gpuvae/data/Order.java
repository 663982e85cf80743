package gpuvae.data;

import java.util.AbstractList;
import java.util.List;
import java.util.Objects;

/**
 * The order in which the rows of a data set are visited: each row once. Immutable, and the same on
 * every machine for the same data set size, seed and epoch.
 */
public final class Order {
  private final Dataset dataset;
  private final int[] indices;

  private Order(Dataset dataset, int[] indices) {
    this.dataset = dataset;
    this.indices = indices;
  }

  /**
   * First row to last.
   *
   * @param dataset what is visited
   * @return the order
   */
  public static Order sequential(Dataset dataset) {
    return new Order(dataset, firstToLast(dataset));
  }

  /**
   * A random permutation: Fisher and Yates' shuffle driven by the SplitMix64 generator, whose
   * stream is chosen by seed and epoch.
   *
   * @param dataset what is visited
   * @param seed of the whole training run
   * @param epoch of 0 or more; each has its own permutation
   * @return the order
   * @throws IllegalArgumentException if epoch is negative
   */
  public static Order shuffled(Dataset dataset, long seed, int epoch) {
    if (epoch < 0) {
      throw new IllegalArgumentException("epoch " + epoch + " is negative");
    }
    int[] indices = firstToLast(dataset);
    SplitMix64.stream(seed, epoch).shuffle(indices);
    return new Order(dataset, indices);
  }

  private static int[] firstToLast(Dataset dataset) {
    int[] indices = new int[dataset.size()];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i;
    }
    return indices;
  }

  /**
   * The row numbers in the order of their visits: the array itself, not to be modified.
   *
   * @return a permutation of 0 to size - 1
   */
  public int[] indices() {
    return indices;
  }

  /**
   * What is visited.
   *
   * @return the data set
   */
  public Dataset dataset() {
    return dataset;
  }

  /**
   * One batch.
   *
   * @param start position of its first row in this order
   * @param rows how many
   * @return the batch
   * @throws IllegalArgumentException if it is empty or reaches beyond the last row
   */
  public Batch batch(int start, int rows) {
    return new Batch(this, start, rows);
  }

  /**
   * The whole order in batches; the last one is smaller where batchSize does not divide the size.
   *
   * @param batchSize rows in every batch but the last, at least 1
   * @return an immutable list that makes its batches when asked
   * @throws IllegalArgumentException if batchSize is below 1
   */
  public List<Batch> batches(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batch size " + batchSize + ": at least 1 is needed");
    }
    return new Batches(batchSize);
  }

  private final class Batches extends AbstractList<Batch> {
    private final int batchSize;

    Batches(int batchSize) {
      this.batchSize = batchSize;
    }

    @Override
    public Batch get(int index) {
      int start = Objects.checkIndex(index, size()) * batchSize;
      return batch(start, Math.min(batchSize, indices.length - start));
    }

    @Override
    public int size() {
      return Math.ceilDiv(indices.length, batchSize);
    }
  }
}
