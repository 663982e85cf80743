package gpuvae.latent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ways between latents and lines and grids through them. */
class PathsTest {
  private static float[] random(int length, double norm, long seed) {
    Random random = new Random(seed);
    double[] values = random.doubles(length, -1, 1).toArray();
    double squares = 0;
    for (double value : values) {
      squares += value * value;
    }
    float[] scaled = new float[length];
    for (int i = 0; i < length; i++) {
      scaled[i] = (float) (values[i] * norm / Math.sqrt(squares));
    }
    return scaled;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static double angle(float[] a, float[] b) {
    return Math.acos(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
  }

  @Test
  void bothWaysBeginAndEndAtTheirEnds() {
    float[] from = random(20, 4, 1);
    float[] to = random(20, 5, 2);
    for (Interpolation way : Interpolation.values()) {
      assertArrayEquals(from, way.between(from, to, 0), 1e-6f, way + " from");
      assertArrayEquals(to, way.between(from, to, 1), 1e-6f, way + " to");
    }
  }

  @Test
  void theArcKeepsTheNormAndTurnsEvenly() {
    float[] from = random(20, 4, 3);
    float[] to = random(20, 4, 4);
    double whole = angle(from, to);
    for (double share : new double[] {0.1, 0.25, 0.5, 0.9}) {
      float[] between = Interpolation.SPHERICAL.between(from, to, share);
      assertEquals(4, Math.sqrt(dot(between, between)), 1e-5, "norm at " + share);
      assertEquals(share * whole, angle(from, between), 1e-6, "angle at " + share);
      assertEquals((1 - share) * whole, angle(between, to), 1e-6, "angle left at " + share);
    }
    float h = (float) Math.sqrt(0.5);
    assertArrayEquals(
        new float[] {h, h},
        Interpolation.SPHERICAL.between(new float[] {1, 0}, new float[] {0, 1}, 0.5),
        1e-7f);
  }

  @Test
  void theLineIsStraight() {
    assertArrayEquals(
        new float[] {2.5f, -1},
        Interpolation.LINEAR.between(new float[] {1, 2}, new float[] {7, -10}, 0.25));
  }

  @Test
  void whereThereIsNoArcTheWayIsStraight() {
    float[] a = {1, 2};
    for (float[] b : List.of(new float[] {3, 6}, new float[] {-1, -2}, new float[] {0, 0}, a)) {
      assertArrayEquals(
          Interpolation.LINEAR.between(a, b, 0.25), Interpolation.SPHERICAL.between(a, b, 0.25));
    }
  }

  @Test
  void aWalkShowsEachLegWithBothItsEnds() {
    Walk walk =
        new Walk(
            List.of(new float[] {0, 1}, new float[] {4, 1}, new float[] {4, 3}),
            Interpolation.LINEAR);
    assertArrayEquals(new float[] {0, 1, 2, 1, 4, 1, 4, 1, 4, 2, 4, 3}, walk.legs(3));
    assertArrayEquals(
        new float[] {0, 1, 2, 1, 4, 1, 4, 2, 4, 3, 4, 2, 4, 1, 2, 1},
        walk.thereAndBack(2),
        "no point twice in a row, also where it begins again");
    assertThrows(IllegalArgumentException.class, () -> walk.legs(1));
    assertThrows(IllegalArgumentException.class, () -> walk.thereAndBack(0));
  }

  @Test
  void aWalkNeedsTwoPointsOfOneSize() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new Walk(List.of(new float[2]), Interpolation.LINEAR));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Walk(List.of(new float[2], new float[3]), Interpolation.LINEAR));
  }

  @Test
  void traversalsMoveOneDimensionOrTwo() {
    Traversal traversal = new Traversal(new float[] {10, 20, 30}, 7, 3);
    assertArrayEquals(
        new float[] {10, 20, 23, 10, 20, 30, 10, 20, 37, 3, 20, 30, 10, 20, 30, 17, 20, 30},
        traversal.rows(2, 0));
    assertArrayEquals(
        new float[] {
          3, 20, 37, 10, 20, 37, 17, 20, 37,
          3, 20, 30, 10, 20, 30, 17, 20, 30,
          3, 20, 23, 10, 20, 23, 17, 20, 23
        },
        traversal.grid(0, 2),
        "the first dimension ascends to the right, the second upwards");
    assertThrows(IndexOutOfBoundsException.class, () -> traversal.rows(3));
    assertThrows(IndexOutOfBoundsException.class, () -> traversal.grid(0, -1));
    float[] centre = {0};
    assertThrows(IllegalArgumentException.class, () -> new Traversal(centre, 0, 3));
    assertThrows(IllegalArgumentException.class, () -> new Traversal(centre, Double.NaN, 3));
    assertThrows(IllegalArgumentException.class, () -> new Traversal(centre, 1, 1));
  }

  @Test
  void quantilesOfTheStandardNormal() {
    // By bisection of the distribution function in 70 digits; from each branch of the algorithm.
    assertEquals(0, NormalQuantiles.at(0.5));
    assertEquals(0.6744897501960817, NormalQuantiles.at(0.75), 1e-15);
    assertEquals(-1.2815515655446004, NormalQuantiles.at(0.1), 1e-15);
    assertEquals(1.959963984540054, NormalQuantiles.at(0.975), 2e-15);
    assertEquals(-3.090232306167813, NormalQuantiles.at(0.001), 4e-15);
    assertEquals(-7.941345326170997, NormalQuantiles.at(1e-15), 1e-14);
    for (double p : new double[] {0, 1, -0.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> NormalQuantiles.at(p));
    }
  }

  @Test
  void thePriorsGridStandsAtQuantiles() {
    float q = 0.6744898f; // of 3/4
    assertArrayEquals(new float[] {-q, q, q, q, -q, -q, q, -q}, Manifold.ofPrior(2), 1e-7f);
    assertArrayEquals(new float[] {0, 0}, Manifold.ofPrior(1));
    assertThrows(IllegalArgumentException.class, () -> Manifold.ofPrior(0));
  }

  @Test
  void thePlanesGridIsAsWideAsTheData() {
    // Around (5, 6, 7): 4 each way along z_2, 1 along z_0; variances 4^2 2/3 and 1^2 2/3.
    float[] z = {5, 6, 11, 5, 6, 3, 6, 6, 7, 4, 6, 7};
    double q = 0.6744897501960817;
    float wide = (float) (q * 4 * Math.sqrt(2 / 3.0));
    float narrow = (float) (q * Math.sqrt(2 / 3.0));
    assertArrayEquals(
        new float[] {
          5 + narrow,
          6,
          7 - wide,
          5 + narrow,
          6,
          7 + wide,
          5 - narrow,
          6,
          7 - wide,
          5 - narrow,
          6,
          7 + wide
        },
        Manifold.ofPlane(PrincipalComponents.of(z, 3), 2),
        1e-5f);
  }

  @Test
  void thePlaneOfTwoDimensionsIsTheSpace() {
    float[] mean = {1, 2, 3, 5, 4, 9};
    LatentPlane plane = LatentPlane.of(new Latents(3, 2, mean, null, null));
    assertEquals(List.of("z_0", "z_1"), plane.axes());
    assertArrayEquals(mean, plane.project(mean));
    assertArrayEquals(mean, plane.latents(mean));
  }

  @Test
  void thePlaneOfMoreDimensionsIsThatOfTheComponents() {
    float[] mean = {5, 6, 11, 5, 6, 3, 6, 6, 7, 4, 6, 7};
    LatentPlane plane = LatentPlane.of(new Latents(4, 3, mean, null, null));
    assertEquals(
        List.of("PC 1 (94.1% of the variance)", "PC 2 (5.9% of the variance)"), plane.axes());
    assertArrayEquals(new float[] {4, 0, -4, 0, 0, 1, 0, -1}, plane.project(mean), 1e-6f);
    assertArrayEquals(mean, plane.latents(plane.project(mean)), 1e-5f);
    assertThrows(
        IllegalArgumentException.class,
        () -> LatentPlane.of(new Latents(2, 1, new float[] {1, 2}, null, null)));
  }
}
