package gpuvae.onnx;

import java.nio.file.Path;

/**
 * A file that {@link OnnxExport} wrote.
 *
 * @param path where it is
 * @param signature its inputs and outputs: "z [batch, 20] to probabilities [batch, 1, 28, 28]"
 */
public record OnnxFile(Path path, String signature) {}
