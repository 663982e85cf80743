package gpuvae.page;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.data.Batch;
import gpuvae.data.DataSource;
import gpuvae.data.Dataset;
import gpuvae.data.LoadOptions;
import gpuvae.data.Order;
import gpuvae.data.Split;
import gpuvae.latent.ClassMeans;
import gpuvae.latent.Latents;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openqa.selenium.Keys;

/** The explorer in a real browser, against the library. */
class ExplorerPageTest {
  private static final String METRICS =
      "epoch,train_loss,train_reconstruction,train_kl,"
          + "test_loss,test_reconstruction,test_kl,seconds\n"
          + "1,165.1,149.8,15.3,127.5,106.7,20.8,8.8\n2,121.6,99.7,21.9,NaN,NaN,NaN,4.4\n";

  @TempDir static Path temporary;
  private static Browser browser;
  private static Split digits;

  @BeforeAll
  static void start() throws IOException {
    browser = Browser.start();
    digits = DataSource.parse("digits").load(LoadOptions.defaults().withLimit(400));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static GpuVae trained(VaeConfig config, Dataset data) {
    GpuVae vae = GpuVae.create(config, Device.cpu(), 3);
    for (Batch batch : Order.shuffled(data, 3, 1).batches(config.batchSize())) {
      vae.trainStep(batch);
    }
    return vae;
  }

  private static Dataset table() {
    Random random = new Random(1);
    float[] values = new float[100 * 10];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Dataset.ofFloats("table", 10, values);
  }

  private static Path open(GpuVae vae, Dataset data) throws IOException {
    Path file = temporary.resolve("explorer.html");
    Explorer.write(file, vae, data, temporary);
    browser.screen(1280, 900, "light").open(file);
    return file;
  }

  /** The picture's red, green, blue and alpha, 0 to 255, of a copy that is made to be read. */
  private static float[] colours() {
    browser.js(
        "const copy = new OffscreenCanvas(stage.width, stage.height);"
            + "window.read = copy.getContext('2d', {willReadFrequently: true});"
            + "read.drawImage(stage, 0, 0)");
    return browser.floats("read.getImageData(0, 0, stage.width, stage.height).data");
  }

  /** The picture's gray values. */
  private static float[] pixels() {
    float[] colours = colours();
    float[] pixels = new float[colours.length / 4];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = colours[4 * i];
      assertEquals(pixels[i], colours[4 * i + 2], "gray");
    }
    return pixels;
  }

  private static float[] z() {
    return browser.floats("z");
  }

  private static void assertShows(GpuVae vae, float[] z) {
    float[] decoded = vae.decode(z);
    float[] expected = new float[decoded.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = decoded[i] * 255;
    }
    assertArrayEquals(expected, pixels(), 2);
  }

  @Test
  void everyWayToMoveShowsWhatTheLibraryDecodes() throws IOException {
    Files.writeString(temporary.resolve("metrics.csv"), METRICS);
    VaeConfig config = VaeConfig.preset("mlp-relu");
    try (GpuVae vae = trained(config, digits.train())) {
      Path file = open(vae, digits.test());
      assertTrue(Files.size(file) < 5_000_000, Files.size(file) + " bytes");
      assertShows(vae, new float[20]);
      float[] before = pixels();

      browser.find(".latent:not([hidden]) input").sendKeys(Keys.END);
      float[] slid = z();
      int first = (int) browser.number("data.order[0]");
      assertEquals(browser.number("data.dimensions[data.order[0]].high"), slid[first], 1e-5);
      assertFalse(Arrays.equals(before, pixels()), "a slider changes the picture");
      assertShows(vae, slid);

      browser.actions().moveToElement(browser.find("#map"), 40, -60).click().perform();
      float[] onMap = z();
      assertNotEquals(slid[first], onMap[first]);
      Plane plane = Plane.of(Latents.of(vae, digits.test()));
      assertArrayEquals(onMap, plane.latents(plane.project(onMap)), 1e-4f);
      assertShows(vae, onMap);
      browser.find("#map").sendKeys(Keys.ARROW_RIGHT);
      float step = plane.project(z())[0] - plane.project(onMap)[0];
      assertTrue(step > 0, "the right arrow moves right: " + step);

      browser.find("#classes button:nth-child(4)").click();
      ClassMeans means = ClassMeans.of(Latents.of(vae, digits.test()));
      assertArrayEquals(means.mean(3), z(), 0);
      assertShows(vae, means.mean(3));

      browser.find("#samples button:nth-child(2)").click();
      browser.find("#blend").sendKeys(Keys.END);
      float[] right = browser.floats("floats(data.samples[30].z)");
      assertArrayEquals(right, z(), 1e-6f);
      int row = Integer.parseInt(browser.text("data.samples[30].name").replaceAll(".*#|\\)", ""));
      assertArrayEquals(vae.encode(digits.test(), row, 1).mean(), right, 1e-4f);
      assertShows(vae, right);

      assertEquals(3, browser.number("document.querySelectorAll('#curves svg').length"));
      browser.assertWell();
    }
  }

  @ParameterizedTest
  @CsvSource({"360,light,rgb(246; 246; 243)", "360,dark,rgb(20; 22; 26)"})
  void aPhoneInEitherLook(int width, String look, String ground) throws IOException {
    try (GpuVae vae = GpuVae.create(VaeConfig.preset("mlp-relu"), Device.cpu(), 1)) {
      open(vae, digits.test());
      browser.screen(width, 800, look);
      String colour = "getComputedStyle(document.body).backgroundColor";
      assertEquals(ground.replace(';', ','), browser.text(colour));
      browser.assertWell();
      browser.find("#look").click();
      assertNotEquals(ground.replace(';', ','), browser.text(colour));
      // Whoever cannot see or point must know and reach each control.
      assertEquals(
          List.of(),
          browser.js(
              "return [...document.querySelectorAll('input')]"
                  + ".filter(i => !i.labels.length && !i.ariaLabel).map(i => i.id)"));
      assertEquals(0, browser.number("document.querySelectorAll('[tabindex=\"-1\"]').length"));
    }
  }

  @Test
  void barsForNumbers() throws IOException {
    Dataset table = table();
    for (String preset : List.of("mlp-softplus", "autoencoder")) {
      try (GpuVae vae = trained(VaeConfig.preset(preset), table)) {
        open(vae, table);
        browser.find(".latent input").sendKeys(Keys.HOME);
        assertArrayEquals(vae.decode(z()), browser.floats("decode(z)"), 1e-5f);
        assertEquals(10 * 5 + 1, browser.number("stage.width"));
        int coloured = 0;
        float[] colours = colours();
        for (int i = 0; i < colours.length; i += 4) {
          coloured += colours[i] != colours[i + 2] ? 1 : 0;
        }
        assertTrue(coloured > 0, preset + " has bars");
        browser.assertWell();
      }
    }
  }

  @Test
  void convolutionsAreDecodedBeforehandOnAGrid() throws IOException {
    VaeConfig config = VaeConfig.preset("conv-upsample").toBuilder().latent(5).build();
    try (GpuVae vae = trained(config, digits.train().limit(256))) {
      open(vae, digits.test());
      assertTrue(browser.text("document.body.innerText").contains("decoded beforehand"));
      browser.find("#z0").sendKeys(Keys.HOME);
      browser.find("#z1").sendKeys(Keys.END);
      Plane plane = Plane.of(Latents.of(vae, digits.test()));
      assertShows(vae, plane.latents(z()));
      browser.find("#classes button:nth-child(3)").click();
      float[] mean = ClassMeans.of(Latents.of(vae, digits.test())).mean(2);
      assertArrayEquals(plane.project(mean), z(), 1e-5f);
      assertShows(vae, mean);
      browser.assertWell();
    }
  }
}
