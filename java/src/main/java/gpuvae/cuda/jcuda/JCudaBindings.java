package gpuvae.cuda.jcuda;

import gpuvae.cuda.Bindings;
import gpuvae.cuda.Blas;
import gpuvae.cuda.CudaUnavailableException;
import gpuvae.cuda.CudaUnavailableException.Reason;
import gpuvae.cuda.Dnn;
import gpuvae.cuda.Driver;
import gpuvae.cuda.FfmBlas;
import gpuvae.cuda.FfmDriver;
import gpuvae.cuda.LibraryProbe;
import gpuvae.cuda.LibraryProbe.Library;
import java.util.List;

/**
 * JCuda. Its natives look for libcuda.so.1 and libcublas.so.12 as the system finds them, or take
 * what has that SONAME and is loaded already: so each library is opened through the FFM API first,
 * from where the probe finds it. That also checks it, and gives the words for its statuses. JCuda's
 * exceptions, a switch of the whole JVM, must stay off.
 */
public final class JCudaBindings implements Bindings {
  /** What JCuda's cuBLAS natives are linked to. */
  private static final String CUBLAS_MAJOR = "12";

  private static final String REMEDY =
      "Add org.jcuda:%1$s:12.6.0 and org.jcuda:%1$s-natives:12.6.0 (classifier linux-x86_64 or"
          + " windows-x86_64) to the class path, or use the FFM binding, the default";

  /** Nothing is loaded yet. */
  public JCudaBindings() {}

  @Override
  public Driver openDriver(LibraryProbe probe) {
    FfmDriver opened = FfmDriver.load(probe.find(Library.CUDA));
    start("jcuda.driver.JCudaDriver", "jcuda");
    return new DriverThroughJCuda(opened);
  }

  @Override
  public Blas openBlas(LibraryProbe probe) {
    FfmBlas opened = openCublas(probe);
    start("jcuda.jcublas.JCublas2", "jcublas");
    return new BlasThroughJCuda(opened);
  }

  @Override
  public Dnn openDnn(LibraryProbe probe) {
    throw new CudaUnavailableException(
        Reason.ABSENT,
        "cuDNN cannot be reached through JCuda: there is no org.jcuda:jcudnn:12.6.0. For"
            + " convolutions use the FFM binding, the default");
  }

  private static FfmBlas openCublas(LibraryProbe probe) {
    List<String> names =
        Library.CUBLAS.names().stream().filter(name -> name.contains(CUBLAS_MAJOR)).toList();
    try {
      return FfmBlas.load(probe.find(Library.CUBLAS, names));
    } catch (CudaUnavailableException e) {
      throw new CudaUnavailableException(
          e.reason(), "JCuda needs cuBLAS " + CUBLAS_MAJOR + ": " + e.getMessage(), e);
    }
  }

  /** Loads a class of JCuda, which loads its natives. */
  private static void start(String type, String artifact) {
    try {
      Class.forName(type);
    } catch (ClassNotFoundException e) {
      throw new CudaUnavailableException(
          Reason.ABSENT, "JCuda is absent. " + REMEDY.formatted(artifact), e);
    } catch (LinkageError e) {
      throw new CudaUnavailableException(
          Reason.UNUSABLE,
          "JCuda's natives are absent or unusable. %s.\n%s"
              .formatted(REMEDY.formatted(artifact), e.getMessage()),
          e);
    }
  }

  /** JCuda's version, such as "12.6.0"; only when it is here. */
  public String version() {
    return jcuda.JCudaVersion.get();
  }
}
