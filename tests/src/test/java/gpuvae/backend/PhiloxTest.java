package gpuvae.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** kat_vectors of the Random123 distribution, philox4x32 with 10 rounds. */
  @Test
  void knownAnswers() {
    assertWords(0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertWords(-1, -1, -1, -1, -1, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertWords(
        0x299f31d0_a4093822L,
        0x243f6a88,
        0x85a308d3,
        0x13198a2e,
        0x03707344,
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  private static void assertWords(long seed, int c0, int c1, int c2, int c3, int... expected) {
    int[] words = new int[4];
    Philox.words(seed, c0, c1, c2, c3, words);
    assertArrayEquals(expected, words);
  }

  @Test
  void uniformIsAboveZeroAndAtMostOne() {
    assertEquals(0x1p-24f, Philox.uniform(0));
    assertEquals(0x1p-24f, Philox.uniform(0xFF));
    assertEquals(0x1p-23f, Philox.uniform(0x100));
    assertEquals(1f, Philox.uniform(-1));
    assertEquals(0.5f, Philox.uniform(0x7FFFFFFF));
  }

  @Test
  void tagsOfAllPurposesAttemptsAndSamplesDiffer() {
    Set<Integer> tags = new HashSet<>();
    long[] attempts = {0, 1L << 32, 2L << 32, 0xFFFL << 32};
    int[] samples = {0, 1, 0x8000, 0xFFFF};
    for (Noise purpose : Noise.values()) {
      for (long attempt : attempts) {
        for (int sample : samples) {
          tags.add(Philox.tag(purpose, attempt, sample));
        }
      }
    }
    assertEquals(Noise.values().length * attempts.length * samples.length, tags.size());
    assertEquals(0x3ABC1234, Philox.tag(Noise.BINARISE, 0xABC_89ABCDEFL, 0x1234));
  }
}
