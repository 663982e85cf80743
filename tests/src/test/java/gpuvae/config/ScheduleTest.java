package gpuvae.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
  private static void assertFactors(Schedule schedule, double... expected) {
    for (int step = 0; step < expected.length; step++) {
      assertEquals(expected[step], schedule.factor(step), 1e-15, schedule + ", step " + step);
    }
  }

  @Test
  void factors() {
    assertFactors(Schedule.CONSTANT, 1, 1, 1);
    assertFactors(new Schedule.Linear(0, 4), 0, 0.25, 0.5, 0.75, 1, 1);
    assertFactors(new Schedule.Linear(3, 2), 3, 2, 1, 1);
    assertFactors(new Schedule.Cyclical(4, 0.5), 0, 0.5, 1, 1, 0, 0.5, 1, 1, 0);
    double root = Math.sqrt(0.5);
    assertFactors(new Schedule.Cosine(4, 0), 1, (1 + root) / 2, 0.5, (1 - root) / 2, 0, 0, 0);
    assertFactors(new Schedule.Cosine(2, 0.2), 1, 0.6, 0.2, 0.2);
    assertFactors(new Schedule.Stairs(2, 0.1), 1, 1, 0.1, 0.1, 0.01, 0.01, 0.001);
    assertEquals(0.5, new Schedule.Linear(0, 1L << 40).factor(1L << 39));
  }

  /** PyTorch 2's CosineAnnealingLR(T_max=7, eta_min=1e-5) of 1e-3 in its closed form. */
  @Test
  void cosineIsPyTorchs() {
    Schedule cosine = new Schedule.Cosine(7, 0.01);
    for (int t = 0; t <= 7; t++) {
      double rate = 1e-5 + (1e-3 - 1e-5) * (1 + Math.cos(Math.PI * t / 7)) / 2;
      assertEquals(rate, 1e-3 * cosine.factor(t), 1e-18);
    }
  }

  @Test
  void texts() {
    assertEquals(Schedule.CONSTANT, Schedule.parse("constant", 10));
    assertEquals(new Schedule.Linear(0, 50), Schedule.parse("linear:5", 10));
    assertEquals(new Schedule.Linear(2, 5), Schedule.parse("linear:0.5:2", 10));
    assertEquals(new Schedule.Cyclical(20, 0.5), Schedule.parse("cyclical:2", 10));
    assertEquals(new Schedule.Cyclical(20, 1), Schedule.parse("cyclical:2:1", 10));
    assertEquals(new Schedule.Cosine(1, 0), Schedule.parse("cosine:0.001", 10));
    assertEquals(new Schedule.Cosine(30, 0.1), Schedule.parse(" cosine:3:0.1", 10));
    assertEquals(new Schedule.Stairs(10, 0.5), Schedule.parse("step:1:0.5", 10));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "up|'up', allowed: constant, linear:EPOCHS",
        "constant:3|'constant:3'",
        "linear|'linear'",
        "linear:|'linear:'",
        "linear:x|'linear:x'",
        "linear:1:2:3|'linear:1:2:3'",
        "linear:-1|steps of the linear schedule",
        "linear:NaN|steps of the linear schedule is 0",
        "linear:1:NaN|from of the linear schedule is NaN",
        "cyclical:0|period of the cyclical schedule is 0",
        "cyclical:1:1.5|ramp of the cyclical schedule is 1.5",
        "cosine:1:-1|floor of the cosine schedule",
        "step:1|factor of the step schedule is NaN",
        "step:0:0.5|steps of the step schedule is 0"
      })
  void refused(String text, String words) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> Schedule.parse(text, 10)).getMessage();
    assertTrue(message.contains(words), message);
  }
}
