package gpuvae.latent;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Eigenvalues, descending, and the unit eigenvector of each, whose largest element is positive: by
 * Jacobi's rotations (Golub and Van Loan, Matrix Computations, 8.5), exact to rounding and quick
 * enough for a few hundred dimensions.
 */
record SymmetricEigen(double[] values, double[][] vectors) {
  private static final int MAX_SWEEPS = 64;

  static SymmetricEigen of(double[][] matrix) {
    int n = matrix.length;
    double[][] a = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
    double[][] vectors = new double[n][n];
    for (int i = 0; i < n; i++) {
      vectors[i][i] = 1;
    }
    double negligible = 1e-30 * squares(a, true);
    for (int sweep = 0; sweep < MAX_SWEEPS && squares(a, false) > negligible; sweep++) {
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotate(a, vectors, p, q);
        }
      }
    }
    return sorted(a, vectors);
  }

  private static double squares(double[][] a, boolean diagonal) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a.length; j++) {
        sum += i != j || diagonal ? a[i][j] * a[i][j] : 0;
      }
    }
    return sum;
  }

  /** Turns the plane of p and q so that a[p][q] becomes 0; vectors are kept as rows. */
  private static void rotate(double[][] a, double[][] vectors, int p, int q) {
    if (a[p][q] == 0) {
      return;
    }
    double tau = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, tau) / (Math.abs(tau) + Math.hypot(1, tau));
    double c = 1 / Math.hypot(1, t);
    double s = t * c;
    turn(a[p], a[q], c, s);
    for (double[] row : a) {
      double atP = row[p];
      row[p] = c * atP - s * row[q];
      row[q] = s * atP + c * row[q];
    }
    turn(vectors[p], vectors[q], c, s);
  }

  private static void turn(double[] x, double[] y, double c, double s) {
    for (int i = 0; i < x.length; i++) {
      double old = x[i];
      x[i] = c * old - s * y[i];
      y[i] = s * old + c * y[i];
    }
  }

  private static SymmetricEigen sorted(double[][] a, double[][] vectors) {
    int[] order =
        IntStream.range(0, a.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> a[i][i]).reversed())
            .mapToInt(Integer::intValue)
            .toArray();
    double[] values = Arrays.stream(order).mapToDouble(i -> a[i][i]).toArray();
    double[][] sorted = Arrays.stream(order).mapToObj(i -> vectors[i]).toArray(double[][]::new);
    for (double[] vector : sorted) {
      makeLargestPositive(vector);
    }
    return new SymmetricEigen(values, sorted);
  }

  private static void makeLargestPositive(double[] vector) {
    double largest = 0;
    for (double element : vector) {
      largest = Math.abs(element) > Math.abs(largest) ? element : largest;
    }
    if (largest < 0) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = -vector[i];
      }
    }
  }
}
