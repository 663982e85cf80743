package gpuvae.cuda.jcuda;

import gpuvae.cuda.Bindings;
import gpuvae.cuda.Blas;
import gpuvae.cuda.CudaUnavailableException;
import gpuvae.cuda.CudaUnavailableException.Reason;
import gpuvae.cuda.Dnn;
import gpuvae.cuda.Driver;
import gpuvae.cuda.FfmBlas;
import gpuvae.cuda.FfmDnn;
import gpuvae.cuda.FfmDriver;
import gpuvae.cuda.LibraryProbe;
import gpuvae.cuda.LibraryProbe.Finding;
import gpuvae.cuda.LibraryProbe.Library;
import java.util.List;
import java.util.function.Function;

/**
 * JCuda. Its natives look for libcuda.so.1, libcublas.so.12 and libcudnn.so.9 as the system finds
 * them, or take what has that SONAME and is loaded already: so each is opened through the FFM API
 * first, from where the probe finds it. That also checks it, and gives the words for its statuses.
 * JCuda's exceptions, a switch of the whole JVM, must stay off.
 */
public final class JCudaBindings implements Bindings {
  /** What JCuda's natives are linked to. */
  private static final String CUBLAS_MAJOR = "12";

  private static final String CUDNN_MAJOR = "9";

  private static final String VERSION = "12.6.0";

  /** The newest of its classes that there is; the calls used are those of the natives. */
  private static final String JCUDNN_VERSION = "11.7.0";

  private static final String REMEDY =
      "Add org.jcuda:%1$s:%2$s and org.jcuda:%1$s-natives:12.6.0 (classifier linux-x86_64 or"
          + " windows-x86_64) to the class path, or use the FFM binding, the default";

  /** Nothing is loaded yet. */
  public JCudaBindings() {}

  @Override
  public Driver openDriver(LibraryProbe probe) {
    FfmDriver opened = FfmDriver.load(probe.find(Library.CUDA));
    start("jcuda.driver.JCudaDriver", "jcuda", VERSION);
    return new DriverThroughJCuda(opened);
  }

  @Override
  public Blas openBlas(LibraryProbe probe) {
    FfmBlas opened = open(probe, Library.CUBLAS, CUBLAS_MAJOR, FfmBlas::load);
    start("jcuda.jcublas.JCublas2", "jcublas", VERSION);
    return new BlasThroughJCuda(opened);
  }

  @Override
  public Dnn openDnn(LibraryProbe probe) {
    FfmDnn opened = open(probe, Library.CUDNN, CUDNN_MAJOR, FfmDnn::load);
    start("jcuda.jcudnn.JCudnn", "jcudnn", JCUDNN_VERSION);
    return new DnnThroughJCuda(opened);
  }

  /** Opens a library of the version that JCuda's natives are linked to. */
  private static <T> T open(
      LibraryProbe probe, Library library, String major, Function<Finding, T> load) {
    List<String> names = library.names().stream().filter(name -> name.contains(major)).toList();
    try {
      return load.apply(probe.find(library, names));
    } catch (CudaUnavailableException e) {
      throw new CudaUnavailableException(
          e.reason(), "JCuda needs %s %s: %s".formatted(library.title(), major, e.getMessage()), e);
    }
  }

  /** Loads a class of JCuda, which loads its natives. */
  private static void start(String type, String artifact, String version) {
    String remedy = REMEDY.formatted(artifact, version);
    try {
      Class.forName(type);
    } catch (ClassNotFoundException e) {
      throw new CudaUnavailableException(Reason.ABSENT, "JCuda is absent. " + remedy, e);
    } catch (LinkageError e) {
      throw new CudaUnavailableException(
          Reason.UNUSABLE,
          "JCuda's natives are absent or unusable. %s.\n%s".formatted(remedy, e.getMessage()),
          e);
    }
  }

  /** JCuda's version, such as "12.6.0"; only when it is here. */
  public String version() {
    return jcuda.JCudaVersion.get();
  }
}
