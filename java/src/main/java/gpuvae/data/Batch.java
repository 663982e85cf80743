package gpuvae.data;

import java.util.Objects;

/**
 * Rows of a data set that are processed together: positions start to start + rows - 1 of an order.
 *
 * @param order the order that the positions refer to
 * @param start position of the first row
 * @param rows how many, at least 1
 */
public record Batch(Order order, int start, int rows) {
  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if it is empty or reaches beyond the last row
   */
  public Batch {
    Objects.requireNonNull(order, "order");
    int size = order.dataset().size();
    if (start < 0 || rows < 1 || rows > size - start) {
      throw new IllegalArgumentException(
          "batch of %d rows from position %d does not fit %s, which has %d"
              .formatted(rows, start, order.dataset().name(), size));
    }
  }

  /**
   * The data set that the rows are of.
   *
   * @return the order's
   */
  public Dataset dataset() {
    return order.dataset();
  }
}
