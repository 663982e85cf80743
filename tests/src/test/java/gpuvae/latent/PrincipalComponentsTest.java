package gpuvae.latent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PrincipalComponentsTest {
  /**
   * Corners of a box around (1, 2, 3), turned so that its sides lie along known directions: the
   * covariance is known exactly.
   */
  private static final double[][] DIRECTIONS = {
    {2 / 3.0, 2 / 3.0, 1 / 3.0}, {-2 / 3.0, 1 / 3.0, 2 / 3.0}, {1 / 3.0, -2 / 3.0, 2 / 3.0}
  };

  private static final double[] HALF_SIDES = {3, 0.5, 2};

  private static float[] box() {
    float[] z = new float[8 * 3];
    for (int corner = 0; corner < 8; corner++) {
      for (int i = 0; i < 3; i++) {
        double sum = i + 1;
        for (int k = 0; k < 3; k++) {
          sum += ((corner >> k & 1) * 2 - 1) * HALF_SIDES[k] * DIRECTIONS[k][i];
        }
        z[corner * 3 + i] = (float) sum;
      }
    }
    return z;
  }

  private static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  @Test
  void findsDirectionsAndVariancesOfAKnownCovariance() {
    PrincipalComponents components = PrincipalComponents.of(box(), 3);
    // Eight corners at +-h: the variance is h^2 8/7.
    assertEquals(9 * 8 / 7.0, components.variance(0), 1e-5);
    assertEquals(4 * 8 / 7.0, components.variance(1), 1e-5);
    assertEquals(0.25 * 8 / 7.0, components.variance(2), 1e-5);
    assertEquals(9 / 13.25, components.explained(0), 1e-6);
    assertArrayEquals(floats(2 / 3.0, 2 / 3.0, 1 / 3.0), components.direction(0), 1e-6f);
    float[] second = components.direction(1);
    // Two elements are equally large, so either sign is right.
    float sign = Math.signum(second[2]);
    assertArrayEquals(
        floats(sign / 3.0, sign * -2 / 3.0, sign * 2 / 3.0), second, 1e-6f, "second direction");
  }

  @Test
  void projectsFromTheMeanAndBack() {
    PrincipalComponents components = PrincipalComponents.of(box(), 3);
    assertArrayEquals(
        new float[] {0, 0, 3, 0},
        components.project(floats(1, 2, 3, 3, 4, 4), 2),
        2e-6f,
        "the mean, and 3 along the first direction");
    assertArrayEquals(floats(1, 2, 3, 3, 4, 4), components.latents(new float[] {0, 3}, 1), 2e-6f);
    assertArrayEquals(box(), components.latents(components.project(box(), 3), 3), 3e-6f);
  }

  @Test
  void componentsOfManyDimensionsAreOrthonormalAndDiagonaliseTheCovariance() {
    int latent = 40;
    Random random = new Random(7);
    float[] z = new float[300 * latent];
    for (int i = 0; i < z.length; i++) {
      z[i] = (float) (random.nextGaussian() * (1 + i % latent) + (i >= latent ? z[i - 1] / 2 : 0));
    }
    PrincipalComponents components = PrincipalComponents.of(z, latent);
    float[] turned = components.project(z, latent);
    double explained = 0;
    for (int a = 0; a < latent; a++) {
      explained += components.explained(a);
      assertTrue(a == 0 || components.variance(a) <= components.variance(a - 1), "component " + a);
      for (int b = 0; b <= a; b++) {
        double product = 0;
        for (int i = 0; i < latent; i++) {
          product += (double) components.direction(a)[i] * components.direction(b)[i];
        }
        assertEquals(a == b ? 1 : 0, product, 1e-6, a + ", " + b);
        double covariance = 0;
        for (int row = 0; row < 300; row++) {
          covariance += (double) turned[row * latent + a] * turned[row * latent + b] / 299;
        }
        assertEquals(a == b ? components.variance(a) : 0, covariance, 2e-3, a + ", " + b);
      }
    }
    assertEquals(1, explained, 1e-12);
  }

  @Test
  void whatDoesNotVaryExplainsNothing() {
    PrincipalComponents components = PrincipalComponents.of(new float[] {1, 2, 1, 2, 1, 2}, 2);
    assertEquals(0, components.explained(0));
    assertArrayEquals(new float[] {0, 0}, components.project(new float[] {1, 2}, 2));
  }

  @Test
  void refusesWhatHasNoComponents() {
    assertEquals(
        "3 values: principal components need two rows of 3 or more",
        assertThrows(
                IllegalArgumentException.class,
                () -> PrincipalComponents.of(new float[] {1, 2, 3}, 3))
            .getMessage());
    assertEquals(
        "principal components need finite latents, one of these is NaN",
        assertThrows(
                IllegalArgumentException.class,
                () -> PrincipalComponents.of(new float[] {1, Float.NaN, 3, 4}, 2))
            .getMessage());
    PrincipalComponents components = PrincipalComponents.of(box(), 3);
    assertThrows(IndexOutOfBoundsException.class, () -> components.project(box(), 4));
  }
}
