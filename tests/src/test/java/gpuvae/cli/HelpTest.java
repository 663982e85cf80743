package gpuvae.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class HelpTest {
  private static final List<String> COMMANDS =
      List.of(
          "train",
          "evaluate",
          "anomaly",
          "sample",
          "reconstruct",
          "interpolate",
          "traverse",
          "manifold",
          "scatter",
          "encode",
          "decode",
          "explore",
          "export",
          "import",
          "bench",
          "doctor");

  private static void assertFits(String help) {
    help.lines().forEach(line -> assertTrue(line.length() <= 80, line));
  }

  @Test
  void topHelpShowsEveryCommandWithAnExample() {
    Cli.Result help = Cli.run("--help");
    assertEquals(0, help.code());
    assertFits(help.out());
    String examples = help.out().substring(help.out().indexOf("Examples:"));
    for (String command : COMMANDS) {
      assertTrue(help.out().contains("\n  " + command + " "), command);
      assertTrue(examples.contains("gpuvae " + command), command);
    }
    Set<String> known = Main.commands(Terminal.system()).getSubcommands().keySet();
    assertEquals(COMMANDS.size() + 1, known.size(), "besides help: " + known);
  }

  @ParameterizedTest
  @FieldSource("COMMANDS")
  void commandHelpFitsAndHasExamplesAndNoHoles(String command) {
    Cli.Result help = Cli.run(command, "--help");
    assertEquals(0, help.code());
    assertFits(help.out());
    assertTrue(help.out().contains("Examples:\n  gpuvae " + command), help.out());
    assertTrue(help.out().contains("--json"));
    assertTrue(!help.out().contains("${") && !help.out().contains("null"), help.out());
    assertEquals(help.out(), Cli.run("help", command).out());
  }

  @Test
  void trainHelpShowsAllOptionsOfTheIssue() {
    String help = Cli.run("train", "--help").out();
    for (String option :
        List.of(
            "preset",
            "data",
            "data-dir",
            "epochs",
            "batch-size",
            "learning-rate",
            "beta",
            "beta-schedule",
            "clip-norm",
            "free-bits",
            "importance-samples",
            "patience",
            "keep-best",
            "learning-rate-schedule",
            "latent",
            "seed",
            "device",
            "limit",
            "out",
            "resume",
            "json",
            "binarise",
            "image-size",
            "colour")) {
      assertTrue(help.contains(" --" + option), option);
    }
  }

  @Test
  void version() {
    Cli.Result result = Cli.run("--version");
    assertEquals(0, result.code());
    assertTrue(result.out().startsWith("gpuvae "), result.out());
  }
}
