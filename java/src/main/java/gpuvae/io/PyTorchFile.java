package gpuvae.io;

import gpuvae.config.VaeConfig;
import gpuvae.model.ParameterLayout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A model's weights as a file that PyTorch reads and writes: safetensors, with the names of the
 * model's state_dict.
 */
public final class PyTorchFile {
  private PyTorchFile() {}

  /**
   * Writes a file for Python's {@code load_state_dict(load_file(...))}; its metadata say what the
   * input is.
   *
   * @throws IOException naming the file and the reason
   */
  public static void write(Path file, VaeConfig config, Weights weights) throws IOException {
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .metadata("format", "pt")
            .metadata("preset", config.name())
            .metadata("input", config.input().expectation());
    new WeightsFile(new ParameterLayout(config)).add(writer, "", weights);
    writer.write(file);
  }

  /**
   * Reads what PyTorch wrote: parameters and running statistics of F32, or of F64, F16 or BF16,
   * which a remark then tells.
   *
   * @param names of the file's tensors where they are not the model's: {@link NameMap#NONE}
   * @throws IOException naming all tensors that are missing, unexpected or of another shape; or if
   *     the file is damaged, or a pickle
   */
  public static ImportedWeights read(Path file, VaeConfig config, NameMap names)
      throws IOException {
    if (isPickle(file)) {
      throw new IOException(
          file
              + ": a pickle of PyTorch's, which may run any program while it is read, so gpuvae"
              + " does not: convert it");
    }
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      Map<String, String> theirs = names.byOurs(reader.names());
      NamedTensors tensors = new NamedTensors(reader, file, theirs);
      Weights weights = new WeightsFile(new ParameterLayout(config)).read(tensors);
      return new ImportedWeights(weights, remarks(tensors, reader.names().size()));
    }
  }

  private static List<String> remarks(NamedTensors tensors, int inFile) throws IOException {
    Map<DType, Integer> counts = new EnumMap<>(DType.class);
    for (String name : tensors.theirs().keySet()) {
      counts.merge(tensors.dtype(name), 1, Integer::sum);
    }
    List<String> remarks = new ArrayList<>();
    addRemark(remarks, counts.get(DType.F64), "of float64, rounded to float32");
    addRemark(remarks, counts.get(DType.F16), "of float16, made float32");
    addRemark(remarks, counts.get(DType.BF16), "of bfloat16, made float32");
    int leftOut = inFile - tensors.theirs().size();
    addRemark(remarks, leftOut == 0 ? null : leftOut, "left out, as the map says");
    return remarks;
  }

  private static void addRemark(List<String> remarks, Integer count, String what) {
    if (count != null) {
      remarks.add(count + (count == 1 ? " tensor " : " tensors ") + what);
    }
  }

  /**
   * Whether torch.save wrote a file: a zip archive, or a bare pickle of older times. After 8 bytes
   * of length, which may be any, a safetensors file has a brace.
   */
  public static boolean isPickle(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] start = in.readNBytes(Long.BYTES + 1);
      boolean zip = start.length > 1 && start[0] == 'P' && start[1] == 'K';
      boolean pickle = start.length > 0 && start[0] == (byte) 0x80;
      return (zip || pickle) && start[start.length - 1] != '{';
    } catch (IOException e) {
      throw new IOException(file + ": " + Reason.of(e), e);
    }
  }

  /** The line of Python that makes a safetensors file of a pickle. */
  public static String conversion(Path pickle) {
    String name = pickle.getFileName().toString();
    int dot = name.lastIndexOf('.');
    Path converted =
        pickle.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".safetensors");
    return "import torch, safetensors.torch as s;"
        + " s.save_file(torch.load(%s, weights_only=True), %s)"
            .formatted(quoted(pickle), quoted(converted));
  }

  /** The lines of Python that put a file into an nn.Module called model. */
  public static List<String> loading(Path file) {
    return List.of(
        "from safetensors.torch import load_file",
        "weights = load_file(" + quoted(file) + ")",
        "model.load_state_dict(weights)");
  }

  private static String quoted(Path path) {
    return '"' + path.toString().replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }
}
