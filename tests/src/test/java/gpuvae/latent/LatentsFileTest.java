package gpuvae.latent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatentsFileTest {
  @TempDir Path folder;

  @Test
  void whatIsWrittenIsReadBackBitForBit() throws IOException {
    float[] mean = {1.1f, -2e-9f, 3, 0.33333334f};
    float[] sigma = {0.5f, 1, 2e-5f, 0.25f};
    Path file = folder.resolve("new/latents.csv");
    LatentsFile.write(file, new Latents(2, 2, mean, sigma, new int[] {7, 0}));
    assertEquals(
        List.of(
            "label,mu_0,mu_1,sigma_0,sigma_1",
            "7,1.1,-2.0E-9,0.5,1.0",
            "0,3.0,0.33333334,2.0E-5,0.25"),
        Files.readAllLines(file));
    assertArrayEquals(mean, LatentsFile.read(file, 2));
  }

  @Test
  void withoutLabelsAndSigmasThereAreMeansOnly() throws IOException {
    Path file = folder.resolve("codes.csv");
    LatentsFile.write(file, new Latents(1, 2, new float[] {1, 2}, null, null));
    assertEquals(List.of("mu_0,mu_1", "1.0,2.0"), Files.readAllLines(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "z_1,name,z_0;2,a,1;4,b,3",
        "'\uFEFFz_0, z_1;1 , 2; 3,4;;'",
        "1,2;3,4",
        "1e0,2e0;3E0,4",
        "mu_0,mu_1,z_0,z_1;1,2,9,9;3,4,9,9",
      })
  void readsColumnsByNameOrPlainRows(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("z.csv"), text.replace(';', '\n'));
    assertArrayEquals(new float[] {1, 2, 3, 4}, LatentsFile.read(file, 2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|has no row of latents",
        "z_0,z_1;|has no row of latents",
        "label,mu_0;1,2|has no column mu_1, expected mu_0 to mu_1, or z_0 to z_1",
        "a,b;1,2|has no column z_0",
        "z_0,z_1,z_2;1,2,3|has a column z_2, expected latents of size 2, up to z_1",
        "1,2,3|line 1 has 3 columns, expected 2, the size of z",
        "z_0,z_1,a;1,2|line 2 has 2 columns, expected 3",
        "z_0,z_1;1,2;x,4|line 3, column 1: 'x' is not a number",
        "1,2;3,|line 2, column 2: '' is not a number",
        "z_0,z_1;1,NaN|line 2, column 2: NaN is not finite",
      })
  void refusesOthersAndSaysWhere(String text, String words) throws IOException {
    Path file = Files.writeString(folder.resolve("z.csv"), text.replace(';', '\n'));
    String message = assertThrows(IOException.class, () -> LatentsFile.read(file, 2)).getMessage();
    assertTrue(message.startsWith(file.toString()) && message.contains(words), message);
  }

  @Test
  void refusesWhatIsNoText() throws IOException {
    Path file = Files.write(folder.resolve("z.csv"), new byte[] {(byte) 0xFF, 0, 1});
    assertEquals(
        file + " is no text in UTF-8",
        assertThrows(IOException.class, () -> LatentsFile.read(file, 2)).getMessage());
  }
}
