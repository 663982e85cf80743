package gpuvae.backend.reference;

import gpuvae.backend.Tensor;

/** A tensor of doubles by row and column, checked against the tensor's own bounds. */
record Matrix(Tensor tensor, double[] data, int offset, int size, int columns) {
  static Matrix of(Tensor tensor) {
    double[] data = DoubleBackend.storage(tensor).doubles();
    return new Matrix(tensor, data, (int) tensor.offset(), (int) tensor.size(), tensor.columns());
  }

  double get(int row, int column) {
    return data[index(row, column)];
  }

  double get(int row) {
    return data[index((long) row)];
  }

  void set(int row, int column, double value) {
    data[index(row, column)] = value;
  }

  void set(int row, double value) {
    data[index((long) row)] = value;
  }

  private int index(int row, int column) {
    if (column < 0 || column >= columns) {
      throw new IndexOutOfBoundsException("column " + column + " of " + tensor);
    }
    return index((long) row * columns + column);
  }

  private int index(long element) {
    if (element < 0 || element >= size) {
      throw new IndexOutOfBoundsException("element " + element + " of " + tensor);
    }
    return offset + (int) element;
  }
}
