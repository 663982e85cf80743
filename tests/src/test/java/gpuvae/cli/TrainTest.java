package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.config.Schedule;
import gpuvae.io.ModelFolder;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainTest {
  @TempDir Path temporary;
  private Path csv;
  private Path folder;

  @BeforeEach
  void data() throws IOException {
    csv = Cli.csv(temporary, 207);
    folder = temporary.resolve("model");
  }

  private Cli.Result train(Object... more) {
    Object[] all = new Object[more.length + 7];
    System.arraycopy(
        new Object[] {"train", "--preset", "mlp-softplus", "--data", "csv:" + csv, "--out", folder},
        0,
        all,
        0,
        7);
    System.arraycopy(more, 0, all, 7, more.length);
    return Cli.run(all);
  }

  private byte[] model() throws IOException {
    return Files.readAllBytes(folder.resolve(ModelFolder.MODEL));
  }

  @Test
  void savesEverythingAndSaysSo() throws IOException {
    Cli.Result result = train("--epochs", 3, "--batch-size", 13);
    assertEquals(0, result.code(), result.err());
    for (String name :
        List.of(
            "model.safetensors",
            "config.json",
            "training-state.safetensors",
            "metrics.csv",
            "latents.csv",
            "report.html",
            "reconstructions-000.png",
            "reconstructions-003.png",
            "samples-000.png",
            "samples-003.png",
            "reconstructions.png",
            "samples.png")) {
      assertTrue(Files.size(folder.resolve(name)) > 0, name);
    }
    assertFalse(Files.exists(folder.resolve("samples-004.png")));
    List<String> metrics = Files.readAllLines(folder.resolve("metrics.csv"));
    assertEquals(
        "epoch,train_loss,train_reconstruction,train_kl,"
            + "test_loss,test_reconstruction,test_kl,seconds",
        metrics.getFirst());
    assertEquals(4, metrics.size());
    assertTrue(result.out().contains("mlp-softplus, "), result.out());
    assertTrue(result.out().contains("device  "), result.out());
    assertTrue(result.out().contains("squared error"), result.out());
    assertTrue(result.out().contains("evaluate " + folder), result.out());
    assertEquals("", result.err());
  }

  @Test
  void theReportTellsTheCommandAndThePageCanBeExplored() throws IOException {
    train("--epochs", 2);
    String report = Files.readString(folder.resolve("report.html"));
    assertTrue(
        report.contains("gpuvae train --preset mlp-softplus --data csv:" + csv), folder + "");
    assertEquals(3, Files.readAllLines(folder.resolve("latents.csv")).size());
    Path page = temporary.resolve("page.html");
    Cli.Result explored = Cli.run("explore", folder, "--out", page, "--json");
    assertEquals(0, explored.code(), explored.err());
    Map<String, Object> result = explored.json().getFirst();
    assertEquals(Files.size(page), result.get("bytes"));
    assertTrue(Files.readString(page).contains("epoch,train_loss"), "the training curves");
    train("--epochs", 1, "--overwrite");
    assertEquals(2, Files.readAllLines(folder.resolve("latents.csv")).size());
  }

  @Test
  void jsonIsOneObjectALineAndAgreesWithEvaluate() throws IOException {
    Cli.Result result = train("--epochs", 2, "--json", "--beta", "0.5");
    assertEquals(0, result.code(), result.err());
    List<Map<String, Object>> lines = result.json();
    assertEquals(3, lines.size());
    assertEquals(1L, lines.get(0).get("epoch"));
    assertEquals(2L, lines.get(1).get("epoch"));
    assertEquals("finished", lines.get(2).get("result"));
    assertTrue(result.err().contains("epoch  train loss"), result.err());
    double loss = (double) lines.get(1).get("test_loss");
    assertEquals(
        loss,
        (double) lines.get(1).get("test_reconstruction")
            + 0.5 * (double) lines.get(1).get("test_kl"),
        1e-9);

    Path numbers = temporary.resolve("numbers.json");
    Cli.Result evaluated = Cli.run("evaluate", folder, "--json", "--out", numbers);
    assertEquals(0, evaluated.code(), evaluated.err());
    Map<String, Object> evaluation = evaluated.json().getFirst();
    // A loaded model draws other noise than the one that was trained.
    double error = (double) evaluation.get("standard_error");
    assertEquals(loss, (double) evaluation.get("loss"), 3 * error);
    assertEquals(20L, evaluation.get("samples"));
    assertEquals(
        (double) evaluation.get("elbo"),
        -(double) evaluation.get("reconstruction") - (double) evaluation.get("kl"),
        1e-9);
    assertTrue((double) evaluation.get("standard_error") > 0);
    assertEquals("plain values", evaluation.get("protocol"));
    assertEquals(evaluated.out(), Files.readString(numbers));
  }

  @Test
  void optionsReachTheModel() throws IOException {
    Cli.Result result =
        train("--epochs", 1, "--latent", 3, "--learning-rate", "0.01", "--batch-size", 7, "--json");
    assertEquals(0, result.code(), result.err());
    var config = ModelFolder.readConfig(folder);
    assertEquals(3, config.latent());
    assertEquals(0.01, config.optimizer().learningRate());
    assertEquals(7, config.batchSize());
    assertEquals(1, config.epochs());
    byte[] first = model();
    train("--epochs", 1, "--latent", 3, "--seed", 2, "--overwrite");
    assertNotEquals(List.of(first), List.of(model()));
    assertEquals(2, ModelFolder.readState(folder).seed());
  }

  @Test
  void schedulesAreGivenInEpochsAndKeptByAResumedRun() throws IOException {
    String[] schedules = {
      "--learning-rate-schedule", "cosine:3:0.1", "--beta-schedule", "linear:0.5"
    };
    // 187 samples to train on: 15 steps an epoch.
    Cli.Result result = train("--epochs", 3, "--batch-size", 13, schedules[0], schedules[1]);
    assertEquals(0, result.code(), result.err());
    assertTrue(result.out().contains("learning rate cosine from 1 to 0.1 in 45 steps"));
    byte[] half = model();
    result = train("--epochs", 3, "--batch-size", 13, "--overwrite", schedules[2], schedules[3]);
    assertEquals(0, result.code(), result.err());
    assertFalse(Arrays.equals(half, model()), "schedules change nothing");
    assertEquals(new Schedule.Linear(0, 8), ModelFolder.readConfig(folder).controls().klWeight());
    byte[] whole = model();
    train("--epochs", 1, "--batch-size", 13, "--overwrite", schedules[2], schedules[3]);
    Cli.Result other =
        Cli.run("train", "--out", folder, "--resume", "--epochs", 3, "--beta-schedule", "linear:1");
    assertEquals(2, other.code());
    assertTrue(
        other
            .err()
            .contains(
                "--beta-schedule: linear from 0.0 to 1 in 15 steps (there linear from 0.0 to 1 in 8"
                    + " steps)"),
        other.err());
    Cli.Result resumed = Cli.run("train", "--out", folder, "--resume", "--epochs", 3);
    assertEquals(0, resumed.code(), resumed.err());
    assertArrayEquals(whole, model());
  }

  @Test
  void aRunOutOfPatienceSaysSoAndMayBeGivenMore() throws IOException {
    Cli.Result result =
        train("--epochs", 50, "--learning-rate", 0.5, "--patience", 1, "--keep-best", "--json");
    assertEquals(0, result.code(), result.err());
    assertTrue(
        result.err().contains("Ended early: no new least test loss in 1 epoch"), result.err());
    Map<String, Object> summary = result.json().getLast();
    assertEquals("finished", summary.get("result"));
    long epochs = (long) summary.get("epochs");
    assertEquals(epochs - 1, summary.get("best_epoch"));
    assertEquals(0, Cli.run("evaluate", folder.resolve("best"), "--data", "csv:" + csv).code());
    Cli.Result more = Cli.run("train", "--out", folder, "--resume", "--patience", 2, "--json");
    assertEquals(0, more.code(), more.err());
    assertTrue((long) more.json().getLast().get("epochs") > epochs);
    assertEquals(2, ModelFolder.readConfig(folder).controls().patience());
  }

  @Test
  void aTrainedModelIsNotOverwritten() throws IOException {
    train("--epochs", 2);
    byte[] before = model();
    Cli.Result again = train("--epochs", 1);
    assertEquals(2, again.code());
    assertTrue(again.err().contains("holds a model already"), again.err());
    assertTrue(again.err().contains("--overwrite"), again.err());
    assertArrayEquals(before, model());
    assertEquals(0, train("--epochs", 1, "--overwrite").code());
    assertFalse(Files.exists(folder.resolve("samples-002.png")), "of the model replaced");
    assertEquals(2, Files.readAllLines(folder.resolve("metrics.csv")).size());
  }

  @Test
  void resumeWithMoreEpochsEndsWithTheBitsOfOneRun() throws IOException {
    train("--epochs", 3, "--batch-size", 13);
    byte[] whole = model();
    List<String> config = Files.readAllLines(folder.resolve(ModelFolder.CONFIG));
    train("--epochs", 1, "--batch-size", 13, "--overwrite");
    assertFalse(Arrays.equals(whole, model()), "the runs must differ to prove anything");
    Cli.Result resumed = Cli.run("train", "--out", folder, "--resume", "--epochs", 3);
    assertEquals(0, resumed.code(), resumed.err());
    assertArrayEquals(whole, model());
    assertEquals(config, Files.readAllLines(folder.resolve(ModelFolder.CONFIG)));
    assertEquals(4, Files.readAllLines(folder.resolve("metrics.csv")).size());
  }

  @Test
  void resumeRefusesWhatContradictsTheRun() throws IOException {
    train("--epochs", 2, "--batch-size", 13);
    byte[] before = model();
    Cli.Result result =
        Cli.run(
            "train",
            "--out",
            folder,
            "--resume",
            "--preset",
            "autoencoder",
            "--batch-size",
            14,
            "--learning-rate",
            "0.5",
            "--beta",
            3,
            "--latent",
            9,
            "--seed",
            8,
            "--epochs",
            1,
            "--binarise",
            "dynamic");
    assertEquals(2, result.code());
    for (String option :
        List.of(
            "--preset autoencoder (there mlp-softplus)",
            "--batch-size 14 (there 13)",
            "--learning-rate 0.5 (there 0.001)",
            "--beta 3.0 (there 1.0)",
            "--latent 9 (there 2)",
            "--seed 8 (there 42)",
            "--epochs 1 (there 2",
            "--binarise dynamic (there none)")) {
      assertTrue(result.err().contains(option), option + " in " + result.err());
    }
    Cli.Result otherData = Cli.run("train", "--out", folder, "--resume", "--limit", 50);
    assertEquals(2, otherData.code());
    assertTrue(otherData.err().contains("other data"), otherData.err());
    assertArrayEquals(before, model());
  }

  @Test
  void resumeOfAFinishedRunSaysThatItIsDone() throws IOException {
    train("--epochs", 2);
    byte[] before = model();
    Cli.Result result = Cli.run("train", "--out", folder, "--resume", "--json");
    assertEquals(0, result.code(), result.err());
    assertEquals("finished", result.json().getLast().get("result"));
    assertEquals(2L, result.json().getLast().get("epochs"));
    assertArrayEquals(before, model());
  }

  @Test
  void samplesAndReconstructionsAreReadable() throws IOException {
    Path images = Files.createDirectory(temporary.resolve("images"));
    for (int i = 0; i < 13; i++) {
      BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
      image.setRGB(i % 8, 3, 0xFF8000);
      ImageIO.write(image, "png", images.resolve("p" + i + ".png").toFile());
    }
    Cli.Result trained =
        Cli.run(
            "train",
            "--preset",
            "mlp-relu",
            "--data",
            "images:" + images,
            "--image-size",
            "6x5",
            "--colour",
            "--epochs",
            1,
            "--out",
            folder,
            "--latent",
            2);
    assertEquals(0, trained.code(), trained.err());
    assertEquals("3x5x6", ModelFolder.readConfig(folder).input().shape().toString());

    Path file = temporary.resolve("s.png");
    Cli.Result sampled = Cli.run("sample", folder, "--count", 10, "--out", file, "--json");
    assertEquals(0, sampled.code(), sampled.err());
    assertEquals(file.toString(), sampled.json().getFirst().get("file"));
    assertTrue(ImageIO.read(file.toFile()).getWidth() > 4 * 6);
    byte[] first = Files.readAllBytes(file);
    Cli.run("sample", folder, "--count", 10, "--out", file);
    assertArrayEquals(first, Files.readAllBytes(file));
    Cli.run("sample", folder, "--count", 10, "--seed", 2, "--out", file);
    assertFalse(Arrays.equals(first, Files.readAllBytes(file)));

    Path numbers = temporary.resolve("s.csv");
    assertEquals(0, Cli.run("sample", folder, "--count", 3, "--out", numbers).code());
    assertEquals(3, Files.readAllLines(numbers).size());
    assertEquals(90, Files.readAllLines(numbers).getFirst().split(",").length);

    Path back = temporary.resolve("r.png");
    // The data it was trained on is remembered, the size of pictures too.
    Cli.Result reconstructed = Cli.run("reconstruct", folder, "--out", back, "--json");
    assertEquals(0, reconstructed.code(), reconstructed.err());
    assertEquals(1L, reconstructed.json().getFirst().get("count"));
    assertTrue(ImageIO.read(back.toFile()).getHeight() > 2 * 5);
  }

  @Test
  void dataOfAnotherShapeIsRefused() throws IOException {
    train("--epochs", 1);
    Cli.Result result = Cli.run("evaluate", folder, "--data", "digits", "--limit", 10);
    assertEquals(2, result.code());
    assertTrue(result.err().contains("takes samples of 10"), result.err());
    assertTrue(result.err().contains("1x28x28"), result.err());
  }

  @Test
  void anAutoencoderHasNoSamples() throws IOException {
    Cli.Result trained =
        Cli.run(
            "train",
            "--preset",
            "autoencoder",
            "--data",
            "csv:" + csv,
            "--epochs",
            1,
            "--out",
            folder);
    assertEquals(0, trained.code(), trained.err());
    assertFalse(Files.exists(folder.resolve("samples.png")));
    Cli.Result sampled = Cli.run("sample", folder);
    assertEquals(2, sampled.code());
    assertTrue(sampled.err().contains("nothing to draw from"), sampled.err());
    Map<String, Object> numbers = Cli.run("evaluate", folder, "--json").json().getFirst();
    assertEquals(null, numbers.get("elbo"));
    assertTrue(numbers.containsKey("elbo"));
    assertEquals(
        (double) numbers.get("reconstruction") / 10,
        (double) numbers.get("mean_squared_error"),
        1e-12);
  }
}
