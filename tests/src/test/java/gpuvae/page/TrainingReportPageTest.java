package gpuvae.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Device;
import gpuvae.config.VaeConfig;
import gpuvae.data.Dataset;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** The training report in a real browser. */
class TrainingReportPageTest {
  @TempDir Path folder;

  private static Dataset table() {
    Random random = new Random(1);
    float[] values = new float[40 * 10];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Dataset.ofFloats("</script><b>table", 10, values);
  }

  private void pictures(int epochs) throws IOException {
    for (int epoch = 0; epoch <= epochs; epoch++) {
      BufferedImage image = new BufferedImage(10 + epoch, 8, BufferedImage.TYPE_INT_RGB);
      for (String name : new String[] {"samples", "reconstructions"}) {
        ImageIO.write(image, "png", folder.resolve("%s-%03d.png".formatted(name, epoch)).toFile());
      }
    }
  }

  @Test
  void showsCurvesPicturesAndFacts() throws IOException {
    try (Browser browser = Browser.start();
        GpuVae vae = GpuVae.create(VaeConfig.preset("mlp-softplus"), Device.cpu(), 1)) {
      TrainingReport report =
          new TrainingReport(folder, vae, table(), Map.of("Command", "train <here> & now"));
      for (int epoch = 1; epoch <= 3; epoch++) {
        report.epochEnded(epoch);
      }
      Files.writeString(
          folder.resolve("metrics.csv"),
          "epoch,train_loss,train_reconstruction,train_kl,"
              + "test_loss,test_reconstruction,test_kl,seconds\n"
              + "1,12,11,1,13,12,1,0.5\n2,11,10,1,12,11,1,0.5\n3,10,9,1,11,10,1,0.5\n");
      pictures(3);
      report.write();
      browser.screen(1280, 900, "dark").open(folder.resolve(TrainingReport.FILE));
      assertEquals(5, browser.number("document.querySelectorAll('figure.chart svg').length"));
      assertEquals(3, browser.number("document.querySelectorAll('#table tbody tr').length"));
      assertTrue(browser.text("byId('facts').textContent").contains("train <here> & now"));
      assertTrue(browser.text("byId('subtitle').textContent").contains("</script><b>table"));
      assertEquals(13, browser.number("document.querySelector('#pictures img').naturalWidth"));

      browser.find("#epoch").sendKeys(Keys.HOME);
      assertEquals("untrained", browser.text("byId('epoch-words').textContent"));
      browser.js("return document.querySelector('#pictures img').decode()");
      assertEquals(10, browser.number("document.querySelector('#pictures img').naturalWidth"));

      String label = "document.querySelector('#losses svg').ariaLabel";
      String last = browser.text(label);
      assertTrue(last.contains("epoch 3: train 10, test 11"), last);
      browser.find("#losses svg").sendKeys(Keys.ARROW_LEFT);
      assertTrue(browser.text(label).contains("epoch 2: train 11, test 12"), browser.text(label));
      String dimension = "document.querySelector('#latents svg').ariaLabel";
      String first = browser.text(dimension);
      browser.find("#latents svg").sendKeys(Keys.ARROW_DOWN);
      assertNotEquals(first, browser.text(dimension));
      browser.assertWell();
      browser.screen(360, 800, "light");
      browser.assertWell();
    }
  }

  @Test
  void aRunThatFinishedNoEpochAndDrawsNoSamples() throws IOException {
    try (Browser browser = Browser.start();
        GpuVae vae = GpuVae.create(VaeConfig.preset("autoencoder"), Device.cpu(), 1)) {
      TrainingReport report = new TrainingReport(folder, vae, table(), Map.of());
      report.epochEnded(1);
      report.write();
      browser.screen(390, 844, "light").open(folder.resolve(TrainingReport.FILE));
      assertEquals("No epoch was finished.", browser.text("byId('units').textContent"));
      assertEquals(0, browser.number("document.querySelectorAll('svg').length"));
      browser.assertWell();
    }
  }
}
