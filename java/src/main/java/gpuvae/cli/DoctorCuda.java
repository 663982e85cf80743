package gpuvae.cli;

import gpuvae.cuda.Cuda;
import gpuvae.cuda.CudaDevice;
import gpuvae.cuda.CudaException;
import gpuvae.cuda.CudaUnavailableException;
import gpuvae.cuda.LibraryProbe;
import gpuvae.cuda.LibraryProbe.Library;
import gpuvae.cuda.jcuda.JCudaBindings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What CUDA's libraries say of themselves and their devices. Their faults are told, not thrown. */
final class DoctorCuda {
  /**
   * An answer, or why there is none.
   *
   * @param part who was asked
   * @param words for people
   * @param data for programs; "error" is the fault in full
   */
  record Answer(String part, String words, Map<String, Object> data) {}

  private final List<Answer> answers = new ArrayList<>();

  private DoctorCuda() {}

  static List<Answer> examine(LibraryProbe probe) {
    DoctorCuda doctor = new DoctorCuda();
    doctor.ask("driver", () -> doctor.driver(probe));
    return doctor.answers;
  }

  private void ask(String part, Runnable questions) {
    try {
      questions.run();
    } catch (CudaUnavailableException | CudaException e) {
      String message = e.getMessage();
      add(part, message.lines().findFirst().orElse(message), Map.of("error", message));
    }
  }

  private void add(String part, String words, Map<String, Object> facts) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("part", part);
    data.putAll(facts);
    answers.add(new Answer(part, words, data));
  }

  private void addVersion(String part, String words, Optional<String> version) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("version", version.orElse(null));
    add(part, version.map(words::concat).orElse("not here: only convolutions need it"), facts);
  }

  private void driver(LibraryProbe probe) {
    Cuda cuda = Cuda.load(probe);
    int version = cuda.driverVersion();
    addVersion("driver", "supports CUDA ", Optional.of(version / 1000 + "." + version % 1000 / 10));
    library(Library.CUBLAS, () -> Optional.of(cuda.cublasVersion()));
    library(Library.CUDNN, cuda::cudnnVersion);
    for (int i = 0; i < cuda.deviceCount(); i++) {
      String part = "device " + i;
      CudaDevice device = cuda.device(i);
      ask(part, () -> device(part, device));
    }
    ask("FFM", () -> binding("FFM", "Java " + Runtime.version().feature(), cuda));
    ask("JCuda", () -> jcuda(probe));
  }

  private void library(Library library, Supplier<Optional<String>> version) {
    ask(library.title(), () -> addVersion(library.title(), "version ", version.get()));
  }

  private void jcuda(LibraryProbe probe) {
    JCudaBindings bindings = new JCudaBindings();
    Cuda cuda = Cuda.load(probe, bindings);
    binding("JCuda", bindings.version(), cuda);
  }

  /** A way to these libraries, and whose it is. */
  private void binding(String part, String version, Cuda cuda) {
    String cublas = cuda.cublasVersion();
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("version", version);
    facts.put("cublas", cublas);
    add(part, "%s, cuBLAS %s".formatted(version, cublas), facts);
  }

  private void device(String part, CudaDevice device) {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("name", device.name());
    facts.put("memory_bytes", device.totalMemory());
    facts.put("compute_capability", device.computeCapability().toString());
    add(
        part,
        "%s, %s, compute capability %s"
            .formatted(device.name(), Text.bytes(device.totalMemory()), device.computeCapability()),
        facts);
  }
}
