package gpuvae.io;

import gpuvae.backend.StepState;
import gpuvae.config.VaeConfig;
import gpuvae.model.ParameterLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The files of a model: model.safetensors and config.json make a model; the training state holds
 * parameters too and is all that resuming reads. Each is written under a temporary name and
 * renamed; the training state first, so that a process killed at any moment leaves a state no older
 * than the model.
 */
public final class ModelFolder {
  /** Parameters by their PyTorch names. */
  public static final String MODEL = "model.safetensors";

  /** The configuration. */
  public static final String CONFIG = "config.json";

  /** All that resuming reads. */
  public static final String STATE = "training-state.safetensors";

  private static final String FORMAT = "gpuvae.format";
  private static final String FORMAT_VALUE = "training-state-1";
  private static final String CONFIG_NOTE = "gpuvae.config";
  private static final String SEED = "gpuvae.seed";
  private static final String NOTE_PREFIX = "note.";
  private static final String WORDS = "step_state";
  private static final String VALUES = "parameters/";
  private static final String FIRST_MOMENT = "adam.m/";
  private static final String SECOND_MOMENT = "adam.v/";

  private ModelFolder() {}

  /**
   * Reads a model's configuration.
   *
   * @throws IOException if it is missing or wrong
   */
  public static VaeConfig readConfig(Path folder) throws IOException {
    return ConfigFile.read(existing(folder, CONFIG, "model"));
  }

  /**
   * Reads a model's parameters and running statistics.
   *
   * @throws IOException naming all that is missing, unexpected or of another shape
   */
  public static Weights readWeights(Path folder, ParameterLayout layout) throws IOException {
    Path file = existing(folder, MODEL, "model");
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      return new WeightsFile(layout).read(NamedTensors.withPrefix(reader, file, ""));
    }
  }

  /**
   * Reads a training state.
   *
   * @throws IOException if it is missing, damaged, or not one of gpuvae's
   */
  public static TrainingState readState(Path folder) throws IOException {
    Path file = existing(folder, STATE, "training to resume");
    try (SafetensorsReader reader = SafetensorsReader.open(file)) {
      Map<String, String> metadata = reader.metadata();
      if (!FORMAT_VALUE.equals(metadata.get(FORMAT))) {
        throw new IOException(
            "%s: %s is %s, expected %s: not a training state of this gpuvae"
                .formatted(file, FORMAT, metadata.get(FORMAT), FORMAT_VALUE));
      }
      VaeConfig config =
          ConfigFile.parse(note(file, metadata, CONFIG_NOTE), file + ", its " + CONFIG_NOTE);
      WeightsFile tensors = new WeightsFile(new ParameterLayout(config));
      long[] words = reader.longs(WORDS);
      if (words.length != StepState.WORDS) {
        throw new IOException(
            "%s: %s has %d words, expected %d"
                .formatted(file, WORDS, words.length, StepState.WORDS));
      }
      Map<String, String> notes = new HashMap<>();
      metadata.forEach(
          (key, value) -> {
            if (key.startsWith(NOTE_PREFIX)) {
              notes.put(key.substring(NOTE_PREFIX.length()), value);
            }
          });
      return new TrainingState(
          config,
          Long.parseLong(note(file, metadata, SEED)),
          tensors.read(NamedTensors.withPrefix(reader, file, VALUES)),
          tensors.readMoment(NamedTensors.withPrefix(reader, file, FIRST_MOMENT)),
          tensors.readMoment(NamedTensors.withPrefix(reader, file, SECOND_MOMENT)),
          words,
          notes);
    } catch (NumberFormatException e) {
      throw new IOException(file + ": " + SEED + " is not a number: " + e.getMessage(), e);
    }
  }

  /**
   * Writes all three files.
   *
   * @throws IOException if one cannot be written; what was there before stays
   */
  public static void write(Path folder, TrainingState state) throws IOException {
    ParameterLayout layout = new ParameterLayout(state.config());
    SafetensorsWriter all = new SafetensorsWriter();
    all.metadata(FORMAT, FORMAT_VALUE);
    all.metadata(CONFIG_NOTE, ConfigFile.format(state.config()));
    all.metadata(SEED, Long.toString(state.seed()));
    state.notes().forEach((key, value) -> all.metadata(NOTE_PREFIX + key, value));
    all.add(WORDS, new long[] {StepState.WORDS}, state.words());
    new WeightsFile(layout).add(all, VALUES, state.weights());
    WeightsFile.addFlat(all, FIRST_MOMENT, layout.entries(), state.firstMoment());
    WeightsFile.addFlat(all, SECOND_MOMENT, layout.entries(), state.secondMoment());
    all.write(folder.resolve(STATE));
    write(folder, state.config(), state.weights());
  }

  /**
   * Writes model.safetensors and config.json.
   *
   * @throws IOException if one cannot be written; what was there before stays
   */
  public static void write(Path folder, VaeConfig config, Weights weights) throws IOException {
    AtomicFile.writeString(folder.resolve(CONFIG), ConfigFile.format(config));
    PyTorchFile.write(folder.resolve(MODEL), config, weights);
  }

  private static String note(Path file, Map<String, String> metadata, String key)
      throws IOException {
    String value = metadata.get(key);
    if (value == null) {
      throw new IOException(file + ": its metadata lack " + key);
    }
    return value;
  }

  private static Path existing(Path folder, String name, String what) throws IOException {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new IOException("no %s in %s: there is no %s".formatted(what, folder, name));
    }
    return file;
  }
}
