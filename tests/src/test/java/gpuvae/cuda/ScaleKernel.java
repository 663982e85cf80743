package gpuvae.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** y[first + i] = factor x[i] + offset: the kernel of the tests of the bindings. */
final class ScaleKernel {
  private final CudaFunction function;
  private final LaunchArguments arguments = new LaunchArguments(6);

  ScaleKernel(CudaContext context) {
    function = context.loadModule(ptx(), "scale.ptx").function("scale");
  }

  static byte[] ptx() {
    try (InputStream in = ScaleKernel.class.getResourceAsStream("scale.ptx")) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  void launch(CudaStream stream, int n, float factor, long x, double offset, long first, long y) {
    arguments.clear().putInt(n).putFloat(factor).putAddress(x);
    arguments.putDouble(offset).putLong(first).putAddress(y);
    stream.launch(function, 2, 1, 1, 64, 1, 1, 0, arguments);
  }
}
