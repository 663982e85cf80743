package gpuvae.backend.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gpuvae.Jvm;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tests of the vector kernels with every width of vectors that the machine has. */
class VectorWidthsTest {
  private static final List<Class<?>> TESTS =
      List.of(VectorTileTest.class, GemmTest.class, KernelsTest.class, ImagesTest.class);

  /** Runs them and says how wide the vectors were. */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    for (Class<?> type : TESTS) {
      Constructor<?> constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      for (Method method : type.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          method.setAccessible(true);
          method.invoke(constructor.newInstance());
        }
      }
    }
    System.out.println("bits " + VectorMath.FLOATS.vectorBitSize());
  }

  @ParameterizedTest
  @CsvSource({
    "128, -XX:MaxVectorSize=16",
    "128, -XX:UseAVX=1",
    "256, -XX:UseAVX=2",
    "512, -XX:MaxVectorSize=64"
  })
  void vectorsOf(int bits, String option) throws IOException, InterruptedException {
    int most = VectorMath.FLOATS.vectorBitSize();
    assumeTrue(bits <= most, () -> "this machine's vectors have " + most + " bits");
    boolean x86 = System.getProperty("os.arch").equals("amd64");
    assumeTrue(x86 || !option.contains("AVX"), "AVX is of x86");
    assertEquals(
        bits, Jvm.number("bits", VectorWidthsTest.class, List.of(option, Jvm.VECTORS)), option);
  }
}
