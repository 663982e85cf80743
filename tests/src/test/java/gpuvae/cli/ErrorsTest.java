package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.GpuVae;
import gpuvae.backend.Binarisation;
import gpuvae.backend.Device;
import gpuvae.config.InputConfig;
import gpuvae.config.VaeConfig;
import gpuvae.cuda.CudaDeviceForTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is said in one line, with exit code 2 and nothing on standard output. */
class ErrorsTest {
  @TempDir Path temporary;

  private static void assertRefused(Cli.Result result, String... words) {
    assertEquals(2, result.code(), result.err());
    assertEquals("", result.out());
    assertTrue(result.err().startsWith("error: "), result.err());
    for (String word : words) {
      assertTrue(result.err().contains(word), "'" + word + "' in: " + result.err());
    }
    assertFalse(result.err().contains("\tat "), result.err());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "frobnicate|no command 'frobnicate'",
        "train --limt 5|--limit",
        "train --epochs many|--epochs",
        "train --epochs 0 --preset autoencoder --data csv:CSV|epochs is 0",
        "train --batch-size -1 --preset autoencoder --data csv:CSV|batchSize is -1",
        "train --learning-rate NaN --preset autoencoder --data csv:CSV|learningRate is NaN",
        "train --latent 0 --preset mlp-softplus --data csv:CSV|latent is 0",
        "train --beta -2 --preset mlp-softplus --data csv:CSV|klWeight is -2",
        "train --beta-schedule up --preset mlp-softplus --data csv:CSV|'up', allowed: constant,"
            + " lin",
        "train --beta-schedule linear:5 --preset autoencoder --data csv:CSV|there is no KL",
        "train --learning-rate-schedule step:3 --preset mlp-softplus --data csv:CSV|factor",
        "train --learning-rate-schedule cosine:0 --preset mlp-softplus --data csv:CSV|is 0",
        "train --clip-norm 0 --preset mlp-softplus --data csv:CSV|clipNorm is 0.0, allowed: pos",
        "train --patience -1 --preset mlp-softplus --data csv:CSV|patience is -1",
        "train --free-bits 1 --importance-samples 2 --preset mlp-softplus --data csv:CSV|no KL"
            + " term",
        "train --free-bits 1 --preset autoencoder --data csv:CSV|freeBits is 1.0",
        "train --importance-samples 0 --preset mlp-softplus --data csv:CSV|importanceSamples is 0",
        "train --importance-samples 2 --preset autoencoder --data csv:CSV|1 without sampling",
        "train --beta 2 --preset autoencoder --data csv:CSV|no KL term",
        "train --preset mlp-rellu|mlp-relu, mlp-leaky, mlp-softplus, autoencoder",
        "train --binarise sometimes|--binarise",
        "train --data mnits|'mnits' is not known",
        "train --data csv:nowhere.csv|nowhere.csv",
        "train --data csv:CSV|from 0 to 1",
        "train --data csv:CSV|--preset mlp-softplus",
        "train --limit 0 --data digits|--limit is 0",
        "train --image-size 28 --data digits|WIDTHxHEIGHT",
        "train --device gpu|allowed: auto, cpu, cuda",
        "train --binding jni|allowed: ffm, jcuda",
        "train --device cpu --binding jcuda|binding is jcuda on the CPU",
        "train --resume --overwrite|exclude each other",
        "train --resume --out nowhere|nowhere",
        "evaluate|MODEL",
        "evaluate nowhere|config.json",
        "evaluate nowhere --samples 0|--samples is 0, allowed: 1 to 65536",
        "evaluate nowhere --samples many|--samples",
        "anomaly|MODEL",
        "anomaly nowhere|config.json",
        "anomaly nowhere --quantile 0|--quantile is 0.0, allowed: above 0, at most 1",
        "anomaly nowhere --quantile NaN|--quantile is NaN",
        "sample nowhere|config.json",
        "reconstruct nowhere|config.json",
        "sample nowhere --count 0|--count is 0",
        "sample nowhere --out picture.jpg|.png",
        "explore nowhere|config.json",
        "explore nowhere --out page.txt|.html",
        "bench --preset nothing|mlp-relu",
        "bench --batch-size 0|--batch-size is 0",
        "bench --seconds NaN|--seconds is NaN",
      })
  void refused(String command, String words) throws IOException {
    Path csv = Cli.csv(temporary, 20);
    String line = command.replace("CSV", csv.toString());
    assertRefused(Cli.run((Object[]) line.strip().split(" +")), words);
  }

  @Test
  void aCommandIsNeeded() {
    assertRefused(Cli.run(), "command is missing", "gpuvae --help");
  }

  @Test
  void damagedModelIsNamed() throws IOException {
    Path folder = Files.createDirectory(temporary.resolve("model"));
    Files.writeString(folder.resolve("config.json"), "{\"name\": ");
    assertRefused(Cli.run("sample", folder), "config.json", "try: ");
  }

  @Test
  void bernoulliPixelsAreNotNormalised() throws IOException {
    VaeConfig preset = VaeConfig.preset("mlp-relu");
    InputConfig input =
        new InputConfig(preset.input().shape(), 0.1307, 0.3081, Binarisation.NONE, 0);
    try (GpuVae vae = GpuVae.create(preset.toBuilder().input(input).build(), Device.cpu(), 1)) {
      vae.save(temporary);
    }
    assertRefused(
        Cli.run("evaluate", temporary, "--data", "digits"), "-0.424 to 2.821", "from 0 to 1");
  }

  @Test
  void stackTraceOnlyWhenAskedFor() {
    assertTrue(Cli.run("sample", "nowhere", "--verbose").err().contains("\tat gpuvae."));
  }

  @Test
  void convolutionsOnCudaNeedCudnn() throws IOException {
    CudaDeviceForTests.linkWithoutCudnn(temporary);
    Object[] command = {
      "bench", "--device", "cuda", "--preset", "conv-upsample", "--batch-size", "1"
    };
    Cli.Result result = Cli.runWithLibraries(temporary, command);
    assertRefused(result, "convolutions on a CUDA device need cuDNN", "libcudnn.so.9", "Install");
  }

  @Test
  void cudaIsNeverTheCpu() {
    for (String command : List.of("train", "bench")) {
      Cli.Result result = Cli.runWithLibraries(temporary, command, "--device", "cuda");
      assertRefused(result, "cuda:0", "libcuda.so.1", "--device cpu");
    }
  }
}
