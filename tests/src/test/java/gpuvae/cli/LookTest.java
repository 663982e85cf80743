package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.Shape;
import gpuvae.config.VaeConfig;
import gpuvae.config.VaeConfigBuilder;
import gpuvae.data.DataSource;
import gpuvae.data.Dataset;
import gpuvae.data.LoadOptions;
import gpuvae.measure.LatentUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that look through a model's latent space; untrained models do. */
class LookTest {
  private static final List<Object> DIGITS = List.of("--data", "digits", "--limit", 30);

  @TempDir Path temporary;

  private Path model(String preset, UnaryOperator<VaeConfigBuilder> change) throws IOException {
    Path folder = temporary.resolve(preset);
    VaeConfig config = change.apply(VaeConfig.preset(preset).toBuilder()).build();
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 5)) {
      vae.save(folder);
    }
    return folder;
  }

  private Path model(String preset) throws IOException {
    return model(preset, UnaryOperator.identity());
  }

  private Path twoLatents() throws IOException {
    return model("mlp-relu", builder -> builder.latent(2));
  }

  private static Cli.Result run(List<Object> data, Object... command) {
    List<Object> all = new ArrayList<>(Arrays.asList(command));
    all.addAll(data);
    return Cli.run(all.toArray());
  }

  private static Cli.Result succeeds(List<Object> data, Object... command) {
    Cli.Result result = run(data, command);
    assertEquals(0, result.code(), result.err());
    return result;
  }

  private static void assertSize(Path picture, int width, int height) throws IOException {
    var image = ImageIO.read(picture.toFile());
    assertEquals(width, image.getWidth(), picture.toString());
    assertEquals(height, image.getHeight(), picture.toString());
  }

  private static float[] numbers(Path csv) throws IOException {
    String text = String.join(",", Files.readAllLines(csv));
    String[] fields = text.split(",");
    float[] numbers = new float[fields.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Float.parseFloat(fields[i]);
    }
    return numbers;
  }

  private static Dataset digits() throws IOException {
    return DataSource.parse("digits").load(LoadOptions.defaults().withLimit(30)).test();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp-relu", "mlp-leaky", "conv-upsample", "conv-residual"})
  void encodedAndDecodedIsReconstructed(String preset) throws IOException {
    Path model = model(preset);
    Path latents = temporary.resolve("latents.csv");
    Path decoded = temporary.resolve("decoded.csv");
    Path direct = temporary.resolve("direct.csv");
    succeeds(DIGITS, "encode", model, "--out", latents);
    succeeds(List.of(), "decode", model, "--in", latents, "--out", decoded);
    succeeds(DIGITS, "reconstruct", model, "--count", 30, "--out", direct);
    assertArrayEquals(numbers(direct), numbers(decoded), 1e-5f);
    assertEquals(30 * 784, numbers(decoded).length);
    assertEquals(31, Files.readAllLines(latents).size());
    assertTrue(Files.readString(latents).startsWith("label,mu_0,mu_1,"));
    Path picture = temporary.resolve("decoded.png");
    succeeds(List.of(), "decode", model, "--in", latents, "--out", picture);
    assertSize(picture, 690, 4 * 86 + 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mlp-relu", "mlp-leaky", "conv-upsample", "conv-residual"})
  void everyCommandDrawsEveryPresetOfImages(String preset) throws IOException {
    Path model = model(preset);
    Path walk = temporary.resolve("walk.PNG");
    succeeds(
        DIGITS,
        "interpolate",
        model,
        "image:3",
        "class:" + digits().label(0),
        "--steps",
        3,
        "--spherical",
        "--out",
        walk);
    assertSize(walk, 3 * 86 + 2, 88);
    assertSize(temporary.resolve("walk.gif"), 84, 84);
    Path grid = temporary.resolve("grid.png");
    succeeds(
        DIGITS, "traverse", model, "--dims", "2,18", "--width", 3, "--index", 4, "--out", grid);
    assertSize(grid, 3 * 86 + 2, 3 * 86 + 2);
    Path line = temporary.resolve("line.png");
    succeeds(List.of(), "traverse", model, "--dims", "2", "--width", 4, "--out", line);
    assertSize(line, 4 * 86 + 2, 88);
    Path plane = temporary.resolve("plane.png");
    succeeds(DIGITS, "manifold", model, "--width", 4, "--out", plane);
    assertSize(plane, 4 * 84, 4 * 84);
    Path map = temporary.resolve("map.png");
    Cli.Result scatter = succeeds(DIGITS, "scatter", model, "--out", map);
    assertTrue(scatter.out().contains("PC 1 ("), scatter.out());
    assertTrue(Files.size(map) > 0);
  }

  @Test
  void twoLatentsNeedNoDataForTheirManifold() throws IOException {
    Path numbers = temporary.resolve("plane.csv");
    Cli.Result result =
        succeeds(List.of(), "manifold", twoLatents(), "--width", 3, "--out", numbers, "--json");
    assertEquals("prior", result.json().getFirst().get("over"));
    assertEquals(9 * 784, numbers(numbers).length);
  }

  @Test
  void walksGoThroughLatentsOfAFileAndOfTheCommandLine() throws IOException {
    Path model = twoLatents();
    Path file = Files.writeString(temporary.resolve("z.csv"), "z_0,z_1\n9,9\n-1,2\n");
    Path walk = temporary.resolve("walk.csv");
    Cli.Result result =
        succeeds(
            List.of(),
            "interpolate",
            model,
            "csv:" + file + ":1",
            "z:1,-2",
            "--steps",
            3,
            "--out",
            walk,
            "--json");
    assertFalse(Files.exists(temporary.resolve("walk.gif")), "numbers have no animation");
    assertEquals(3L, result.json().getFirst().get("steps"));
    Path middle = Files.writeString(temporary.resolve("middle.csv"), "-1,2\n0,0\n1,-2\n");
    Path decoded = temporary.resolve("decoded.csv");
    succeeds(List.of(), "decode", model, "--in", middle, "--out", decoded);
    assertArrayEquals(numbers(decoded), numbers(walk));
  }

  @Test
  void traverseAllRanksByKl() throws IOException {
    Path model = model("mlp-relu");
    Path out = temporary.resolve("all.csv");
    Cli.Result result =
        succeeds(DIGITS, "traverse", model, "--all", "--width", 3, "--out", out, "--json");
    Map<String, Object> json = result.json().getFirst();
    try (GpuVae vae = GpuVae.load(model, Device.cpu())) {
      int[] ranking =
          LatentUse.of(vae, digits()).carrying().stream()
              .mapToInt(LatentUse.Dimension::index)
              .toArray();
      List<Long> expected = Arrays.stream(ranking).asLongStream().boxed().toList();
      assertEquals(expected, json.get("dimensions"));
      assertEquals(ranking.length * 3 * 784, numbers(out).length);
      assertTrue(result.err().contains("z_" + ranking[0] + " "), result.err());
    }
  }

  @Test
  void temperatureScalesTheLatent() throws IOException {
    Path model = model("mlp-relu");
    try (GpuVae vae = GpuVae.load(model, Device.cpu())) {
      Path file = temporary.resolve("cold.csv");
      succeeds(List.of(), "sample", model, "--count", 2, "--temperature", 0, "--out", file);
      float[] centre = vae.decode(new float[2 * 20]);
      assertArrayEquals(centre, numbers(file));
      assertArrayEquals(vae.sample(2, 7), vae.sample(2, 7, 1));
      float[] half = vae.sample(2, 7, 0.5);
      assertFalse(Arrays.equals(half, vae.sample(2, 7)));
      assertFalse(Arrays.equals(half, centre));
      for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
        assertThrows(IllegalArgumentException.class, () -> vae.sample(2, 7, wrong));
      }
    }
  }

  @Test
  void numbersThatAreNoImagesAreDrawnAsBarsOrWritten() throws IOException {
    Path model = model("mlp-softplus");
    List<Object> data = List.of("--data", "csv:" + Cli.csv(temporary, 100));
    Path latents = temporary.resolve("latents.csv");
    succeeds(data, "encode", model, "--out", latents, "--train");
    List<String> lines = Files.readAllLines(latents);
    assertEquals("mu_0,mu_1,sigma_0,sigma_1", lines.getFirst());
    assertEquals(91, lines.size());
    for (String name : List.of("a.csv", "a.png")) {
      Path out = temporary.resolve(name);
      succeeds(data, "interpolate", model, "image:0", "image:1", "--out", out);
      succeeds(data, "traverse", model, "--dims", "0,1", "--out", out);
      succeeds(data, "manifold", model, "--out", out);
      succeeds(List.of(), "decode", model, "--in", latents, "--out", out);
      assertTrue(Files.size(out) > 0);
    }
    succeeds(data, "scatter", model, "--out", temporary.resolve("map.png"));
    assertRefused(run(data, "interpolate", model, "class:1", "image:0"), "has no labels");
  }

  @Test
  void anAutoencoderDoesWhatNeedsNoPrior() throws IOException {
    Path model = model("autoencoder");
    List<Object> data = List.of("--data", "csv:" + Cli.csv(temporary, 100));
    Path latents = temporary.resolve("latents.csv");
    Cli.Result result = succeeds(data, "encode", model, "--out", latents);
    assertTrue(result.out().contains("no sigma"), result.out());
    Path out = temporary.resolve("a.png");
    succeeds(List.of(), "decode", model, "--in", latents, "--out", out);
    succeeds(data, "interpolate", model, "image:0", "image:1", "--out", out);
    succeeds(data, "traverse", model, "--dims", "0,1", "--out", out);
    succeeds(data, "scatter", model, "--out", out);
    Cli.Result plane = succeeds(data, "manifold", model, "--out", out);
    assertTrue(plane.out().contains("over the data"), plane.out());
    assertRefused(run(List.of(), "sample", model), "no variational model");
    assertRefused(run(data, "traverse", model, "--all"), "no variational model", "--dims");
  }

  @Test
  void aCollapsedPosteriorHasNothingToTraverse() throws IOException {
    Path model = twoLatents();
    try (GpuVae vae = GpuVae.load(model, Device.cpu())) {
      for (String name : List.of("fc2_mu", "fc2_logvar")) {
        vae.parameter("encoder." + name + ".weight", new float[2 * 400]);
        vae.parameter("encoder." + name + ".bias", new float[2]);
      }
      vae.save(model);
    }
    assertRefused(run(DIGITS, "traverse", model, "--all"), "collapsed", "--beta");
  }

  @Test
  void oneLatentMakesNoPlane() throws IOException {
    Path model = model("mlp-softplus", builder -> builder.latent(1));
    for (String command : List.of("manifold", "scatter")) {
      assertRefused(Cli.run(command, model), "one latent dimension", "traverse");
    }
  }

  private static void assertRefused(Cli.Result result, String... words) {
    assertEquals(2, result.code(), result.err());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("error: "), result.err());
    for (String word : words) {
      assertTrue(result.err().contains(word), "'" + word + "' in: " + result.err());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "sample --temperature -1|--temperature is -1.0",
        "sample --temperature NaN|--temperature is NaN",
        "encode --out latents.png|ends in .csv",
        "encode --data csv:nowhere.csv|nowhere.csv",
        "decode|--in",
        "decode --in nowhere.csv|nowhere.csv: no such file",
        "decode --in BAD|has no column z_0",
        "interpolate image:1|a walk needs two points or more, image:1 is one",
        "interpolate|POINT",
        "interpolate picture:1 image:2|'picture:1' is no point, expected image:INDEX",
        "interpolate 1 2|'1' is no point",
        "interpolate image:x image:2|'image:x' is no point",
        "interpolate image:0 image:30|there is no image 30",
        "interpolate image:0 class:77|no sample of class 77",
        "interpolate z:1,2 z:1,2,3|z:1,2,3: 3 numbers, the model's z has 2",
        "interpolate z:1,2 z:1,inf|'inf' is not a finite number",
        "interpolate z:1,2 csv:BAD|no column z_0",
        "interpolate z:1,2 csv:GOOD:1|the file has rows 0 to 0",
        "interpolate z:1,2 csv:GOOD:x|is no point",
        "interpolate z:1,2 csv:nowhere.csv:0|nowhere.csv: no such file",
        "interpolate z:1,2 z:2,1 --steps 1|--steps is 1",
        "interpolate z:1,2 z:2,1 --out a.gif|.png",
        "traverse|which dimensions",
        "traverse --all --dims 0,1|exclude each other",
        "traverse --dims 0,2|there is no latent dimension 2, the model has 0 to 1",
        "traverse --dims 0,1,1|one dimension or two",
        "traverse --dims zero|--dims",
        "traverse --dims 0 --range 0|--range is 0.0",
        "traverse --dims 0 --width 1|--width is 1",
        "traverse --dims 0 --index 30|there is no image 30",
        "traverse --dims 0 --index -1|there is no image -1",
        "manifold --width 0|--width is 0",
        "manifold --out plane.jpg|.png",
        "scatter --out map.csv|this is a picture",
        "scatter --data csv:TABLE|the model takes samples of 1x28x28",
      })
  void refused(String command, String words) throws IOException {
    Path model = twoLatents();
    Path good = Files.writeString(temporary.resolve("good.csv"), "1,2\n");
    Path bad = Files.writeString(temporary.resolve("bad.csv"), "a,b\n1,2\n");
    String line =
        command
            .replace("csv:BAD", "csv:" + bad + ":0")
            .replace("BAD", bad.toString())
            .replace("GOOD", good.toString())
            .replace("TABLE", Cli.csv(temporary, 20).toString());
    List<Object> typed = new ArrayList<>(List.of(line.split(" +")));
    typed.add(1, model);
    boolean data = !command.startsWith("sample") && !command.startsWith("decode");
    boolean own = command.contains("--data");
    assertRefused(run(data && !own ? DIGITS : List.of(), typed.toArray()), words);
  }

  @Test
  void pictureOfColoursKeepsThem() throws IOException {
    VaeConfig config = VaeConfig.preset("mlp-relu", Shape.image(3, 4, 4));
    Path model = temporary.resolve("colour");
    try (GpuVae vae = GpuVae.create(config, Device.cpu(), 5)) {
      vae.save(model);
    }
    Path out = temporary.resolve("samples.png");
    succeeds(List.of(), "traverse", model, "--dims", "0", "--out", out);
    int rgb = ImageIO.read(out.toFile()).getRGB(10, 10);
    assertFalse((rgb & 0xFF) == (rgb >> 8 & 0xFF) && (rgb & 0xFF) == (rgb >> 16 & 0xFF));
  }
}
