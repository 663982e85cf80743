package gpuvae.backend.cuda;

import gpuvae.cuda.CudaContext;
import gpuvae.cuda.CudaFunction;
import gpuvae.cuda.CudaModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** The kernels of this package's PTX, loaded into a context that closes them. */
final class KernelLibrary {
  private final CudaContext context;
  private final Map<String, CudaModule> modules = new HashMap<>();

  KernelLibrary(CudaContext context) {
    this.context = context;
  }

  /** The kernel of a file that bears its name. */
  CudaFunction function(String name) {
    return function(name, name);
  }

  /**
   * A kernel.
   *
   * @param file the name of its .cu file
   */
  CudaFunction function(String file, String name) {
    return modules.computeIfAbsent(file, this::load).function(name);
  }

  private CudaModule load(String file) {
    String name = file + ".ptx";
    try (InputStream ptx = KernelLibrary.class.getResourceAsStream("ptx/" + name)) {
      if (ptx == null) {
        throw new IllegalStateException("this build of gpuvae lacks " + name);
      }
      return context.loadModule(ptx.readAllBytes(), name);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + name + " of this build of gpuvae", e);
    }
  }
}
