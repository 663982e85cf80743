package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gpuvae.backend.Device;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DoctorTest {
  @Test
  void saysWhatIsHere() {
    Cli.Result result = Cli.run("doctor");
    assertEquals(0, result.code(), result.err());
    for (String word :
        List.of(
            System.getProperty("java.version"),
            "cores    " + Runtime.getRuntime().availableProcessors(),
            "vectors  " + Doctor.vectorBits() + " bits",
            "CUDA driver",
            "cuBLAS",
            "cuDNN",
            "MNIST",
            "digits: built in",
            "--device auto takes " + Device.best())) {
      assertTrue(result.out().contains(word), word + " in:\n" + result.out());
    }
  }

  @Test
  void saysItToPrograms() throws IOException {
    Map<String, Object> facts = Cli.run("doctor", "--json").json().getFirst();
    assertEquals((long) Runtime.getRuntime().availableProcessors(), facts.get("cores"));
    assertEquals(3, ((List<?>) facts.get("cuda_libraries")).size());
    assertEquals(Device.best().toString(), facts.get("auto_device"));
    assertTrue((long) facts.get("vector_bits") >= 64, "the tests run with the Vector module");
  }
}
