package gpuvae.io;

import gpuvae.config.VaeConfig;
import gpuvae.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Path;

/** stub */
public final class ModelFolder {
  private ModelFolder() {}

  /** x */
  public static final String STATE = "training-state.safetensors";

  /** x */
  public static VaeConfig readConfig(Path f) throws IOException {
    throw new IOException("" + f);
  }

  /** x */
  public static float[] readParameters(Path f, ParameterLayout l) throws IOException {
    throw new IOException("" + f);
  }

  /** x */
  public static void write(Path f, TrainingState s, ParameterLayout l) throws IOException {
    throw new IOException("" + f);
  }
}
