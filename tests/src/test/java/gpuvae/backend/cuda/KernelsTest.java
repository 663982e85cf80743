package gpuvae.backend.cuda;

import static java.util.Map.entry;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import gpuvae.GpuVae;
import gpuvae.backend.Activation;
import gpuvae.backend.Binarisation;
import gpuvae.backend.Noise;
import gpuvae.backend.PosteriorHead;
import gpuvae.backend.StepState;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The PTX that ships: what it asks of a driver, what it was made from, what it agrees on. */
class KernelsTest {
  private static final Path KERNELS = Path.of(System.getProperty("gpuvae.root"), "kernels");

  /** Every entry point with the types of its parameters: what a launch relies on. */
  private static final Map<String, String> ENTRIES =
      new TreeMap<>(
          Map.ofEntries(
              entry("activation_backward", "u32 u32 u32 f32 u64 u64 u64 u64"),
              entry("adam", "u64 f64 f64 f64 f64 f64 u32 u64 u64 u64 u64 u64"),
              entry("add_activation", "u64 u64 u64 u32 f32 u64 u64"),
              entry("advance", "u64 u64 f64 f64 u32"),
              entry("batch_norm", "u32 u32 u32 u64 u64 u64 u64 u32 f32 u64 u64 u64 u64 u64"),
              entry("batch_norm_backward", "u32 u32 u32 u64 u64 u64 u64 u64 u64 u64 u64"),
              entry(
                  "batch_norm_gradients",
                  "u32 u32 u32 u32 f32 u64 u64 u64 u64 u64 u64 u64 u64 u64"),
              entry("batch_norm_statistics", "u32 u32 u32 u64 u64 u64 u64 u64"),
              entry("bernoulli_loss", "u32 u32 u64 u64 u64 u64"),
              entry("bernoulli_output", "u64 u32 u32 u64 u64 u64 u64 u64 u64 u64 u64 u64"),
              entry("bias_activation", "u32 u32 u32 u64 u64 u32 f32 u64"),
              entry("blend_statistics", "u64 f32 u64 u64 u64"),
              entry("copy", "u64 u64 u64"),
              entry("dense", "u32 u32 u32 u64 u64 u64 u32 f32 u64 u64"),
              entry("fill", "u64 f32 u64"),
              entry("free_bits", "u32 u32 u32 f64 u64 u64 u64 u64 u64"),
              entry("gather_f32", "u64 u64 u64 u64 f32 f32 u32 u64 u32 u32 u64 u64"),
              entry("gather_u8", "u64 u64 u64 u64 f32 f32 u32 u64 u32 u32 u64 u64"),
              entry("gradient_norm", "u64 u64 u64 u64 u64"),
              entry("importance_backward", "u64 u32 u32 u32 u64 u64 u64 u64 u64 u64 u64"),
              entry("importance_weights", "u64 u32 u32 u32 u64 u64 u64 u64 u64 u64 u64 u64"),
              entry("instance_norm", "u32 u32 u32 u64 u64 u64 u64 u32 f32 u64 u64 u64 u64"),
              entry(
                  "instance_norm_backward",
                  "u32 u32 u32 u32 f32 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64"),
              entry(
                  "instance_norm_backward_large",
                  "u32 u32 u32 u32 f32 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64 u64"),
              entry("instance_norm_large", "u32 u32 u32 u64 u64 u64 u64 u32 f32 u64 u64 u64 u64"),
              entry(
                  "latent_backward",
                  "u64 u32 u32 u32 u32 u32 f32 u64 u64 u64 u64 u64 u64 u32 u64 u64 u64 u64 u64 u64"
                      + " u32 f32 u64 u64 u64 u64 u64"),
              entry(
                  "latent_forward",
                  "u64 u32 u32 u32 u32 u64 u64 u32 f32 u64 u64 u32 u64 u32 u64 u64 u64 u64 u32 f32"
                      + " u64 u64"),
              entry("max_pool", "u32 u32 u32 u32 u64 u64 u64"),
              entry("max_pool_backward", "u32 u32 u32 u32 u64 u64 u64"),
              entry(
                  "optimizer_step",
                  "u64 u64 f64 f64 f64 f64 f64 u32 u32 u64 u64 u64 u64 u64 u64 u64"),
              entry("pad", "u32 u32 u32 u32 u32 u32 u32 u64 u64"),
              entry("plane_activation_backward", "u32 u32 u32 u32 f32 u64 u64 u64 u64 u64"),
              entry("repeat_rows", "u32 u32 u32 u64 u64"),
              entry("reparameterise", "u64 u32 u32 u32 u64 u64 u32 u64 u64 u64 u64"),
              entry("reparameterise_backward", "u64 u32 u32 u32 u64 u64 u64 u64 u64 u64"),
              entry("scale_rows", "u32 u32 u64 u64"),
              entry("select_slot", "u64 u64 u64 u64 u64"),
              entry("squared_error_loss", "u32 u32 u64 u32 u64 u64 u64"),
              entry("squared_error_output", "u64 u32 u32 u64 u64 u32 u64 u64 u64 u64 u64 u64 u64"),
              entry("standard_normal", "u64 u32 u32 u64"),
              entry("sum_losses", "u64 u32 u64 u64"),
              entry("upsample", "u32 u32 u32 u64 u64"),
              entry("upsample_backward", "u32 u32 u32 u64 u64")));

  private static final Pattern ENTRY = Pattern.compile("\\.entry (\\w+)\\(([^)]*)\\)");
  private static final Pattern PARAMETER = Pattern.compile("\\.param \\.(\\w+)");
  private static final Pattern ENUM = Pattern.compile("enum (\\w+) \\{([^}]*)}");
  private static final Pattern ENUMERATOR = Pattern.compile("(\\w+) = (\\d+)");
  private static final Pattern ABSOLUTE_PATH = Pattern.compile("(?<!/)/\\w");

  static Stream<Path> ptx() throws IOException {
    return list(KERNELS.resolve("ptx"), ".ptx").stream();
  }

  private static List<Path> list(Path folder, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("ptx")
  void everyDriverFrom525OnTakesIt(Path file) throws IOException {
    String ptx = Files.readString(file);
    assertTrue(ptx.contains("\n.version 7.0\n.target sm_75\n.address_size 64\n"), "its head");
    assertFalse(ptx.contains(".local"), "local memory");
    assertFalse(ABSOLUTE_PATH.matcher(ptx).find(), "an absolute path");
    assertTrue(Files.exists(KERNELS.resolve(name(file, ".ptx") + ".cu")), "its source");
  }

  private static String name(Path file, String suffix) {
    String name = file.getFileName().toString();
    return name.substring(0, name.length() - suffix.length());
  }

  @ParameterizedTest
  @MethodSource("ptx")
  void theJarHasIt(Path file) throws IOException {
    String resource = "/gpuvae/backend/cuda/ptx/" + file.getFileName();
    try (InputStream shipped = GpuVae.class.getResourceAsStream(resource)) {
      assertNotNull(shipped, resource);
      assertArrayEquals(Files.readAllBytes(file), shipped.readAllBytes());
    }
  }

  @Test
  void theEntryPointsAreThese() throws IOException {
    Map<String, String> found = new TreeMap<>();
    for (Path file : ptx().toList()) {
      for (MatchResult entry : ENTRY.matcher(Files.readString(file)).results().toList()) {
        String types =
            PARAMETER
                .matcher(entry.group(2))
                .results()
                .map(parameter -> parameter.group(1))
                .collect(Collectors.joining(" "));
        assertEquals(null, found.put(entry.group(1), types), entry.group(1) + " is there twice");
      }
    }
    assertEquals(ENTRIES, found);
  }

  @Test
  void wordsOfTheStepState() throws Exception {
    String header = Files.readString(KERNELS.resolve("step_state.cuh"));
    Map<String, Integer> expected = new TreeMap<>();
    for (var field : StepState.class.getFields()) {
      if (Modifier.isStatic(field.getModifiers()) && field.getType() == int.class) {
        expected.put(field.getName(), field.getInt(null));
      }
    }
    assertEquals(StepState.WORDS, expected.remove("WORDS"));
    Map<String, Integer> found = enumerators(header, "Word");
    assertEquals(StepState.WORDS, found.size());
    ENUMERATOR
        .matcher(header.substring(header.indexOf("};")))
        .results()
        .forEach(constant -> found.put(constant.group(1), Integer.valueOf(constant.group(2))));
    assertEquals(expected, found);
  }

  @Test
  void ordinalsOfEnums() throws IOException {
    assertEquals(ordinals(Activation.Kind.values()), enumeratorsOf("activation.cuh", "Activation"));
    assertEquals(ordinals(PosteriorHead.values()), enumeratorsOf("posterior.cuh", "PosteriorHead"));
    assertEquals(ordinals(Binarisation.values()), enumeratorsOf("gather.cu", "Binarisation"));
    assertEquals(
        ordinals(Noise.BINARISE, Noise.BINARISE_ONCE), enumeratorsOf("philox.cuh", "Noise"));
  }

  private static Map<String, Integer> ordinals(Enum<?>... constants) {
    return Arrays.stream(constants)
        .collect(Collectors.toMap(Enum::name, Enum::ordinal, (a, b) -> a, TreeMap::new));
  }

  private static Map<String, Integer> enumeratorsOf(String file, String name) throws IOException {
    return enumerators(Files.readString(KERNELS.resolve(file)), name);
  }

  private static Map<String, Integer> enumerators(String source, String name) {
    MatchResult found =
        ENUM.matcher(source)
            .results()
            .filter(candidate -> candidate.group(1).equals(name))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no enum " + name));
    Map<String, Integer> values = new TreeMap<>();
    ENUMERATOR
        .matcher(found.group(2))
        .results()
        .forEach(one -> values.put(one.group(1), Integer.valueOf(one.group(2))));
    return values;
  }

  /** Needs the nvcc that made the PTX; skipped without it, unless GPUVAE_REQUIRE_NVCC is 1. */
  @Test
  void theSourcesGiveThisPtx(@TempDir Path folder) throws Exception {
    String recorded = Files.readString(KERNELS.resolve("ptx/nvcc.txt")).strip();
    Path log = folder.resolve("log");
    boolean found = build(log, "--nvcc-version") == 0;
    String version = Files.readString(log).strip();
    if (!found || !version.equals(recorded)) {
      String why = "the PTX was made by nvcc %s; here: %s".formatted(recorded, version);
      if ("1".equals(System.getenv("GPUVAE_REQUIRE_NVCC"))) {
        fail(why);
      }
      abort(why);
    }
    Path made = folder.resolve("made");
    assertEquals(0, build(log, made.toString()), () -> text(log));
    assertSame(Path.of("RESOURCES.md"), made);
    for (Path file : list(KERNELS.resolve("ptx"), "")) {
      assertSame(KERNELS.relativize(file), made);
    }
    assertEquals(
        list(KERNELS.resolve("ptx"), "").size(), list(made.resolve("ptx"), "").size(), "files");
  }

  private static void assertSame(Path file, Path made) throws IOException {
    long mismatch = Files.mismatch(KERNELS.resolve(file), made.resolve(file));
    assertEquals(-1, mismatch, file + " is not what kernels/build.sh makes: run it, commit");
  }

  private static int build(Path log, String argument) throws Exception {
    return new ProcessBuilder("bash", KERNELS.resolve("build.sh").toString(), argument)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start()
        .waitFor();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
