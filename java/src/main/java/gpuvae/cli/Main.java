package gpuvae.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code gpuvae}. */
@Command(
    name = "gpuvae",
    versionProvider = Main.Version.class,
    synopsisHeading = "Usage: ",
    customSynopsis = "gpuvae COMMAND [OPTIONS]",
    description = "%nTrains variational autoencoders and looks through them.",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  gpuvae train                                  learn digits, ten epochs",
      "  gpuvae train --data fashion-mnist --epochs 5  another data set",
      "  gpuvae train --out runs/mine --resume         go on after Ctrl-C",
      "  gpuvae evaluate runs/mlp-relu-mnist           test loss in nats",
      "  gpuvae anomaly runs/table --data csv:new.csv  rows that are unusual",
      "  gpuvae sample runs/mlp-relu-mnist --seed 7    new digits as a PNG",
      "  gpuvae reconstruct runs/mlp-relu-mnist        originals and what came back",
      "  gpuvae interpolate MODEL class:3 class:8      one digit melts into another",
      "  gpuvae traverse MODEL --all                   what each dimension does",
      "  gpuvae manifold MODEL                         all that it can draw, as a plane",
      "  gpuvae scatter MODEL                          where the classes lie",
      "  gpuvae encode MODEL --out latents.csv         latents of data as CSV",
      "  gpuvae decode MODEL --in latents.csv          and back",
      "  gpuvae explore runs/mlp-relu-mnist            the latent space as a page",
      "  gpuvae export runs/mlp-relu-mnist --format onnx --out digits-onnx",
      "  gpuvae import digits.safetensors --preset mlp-relu --out runs/torch",
      "  gpuvae doctor                                 what this machine can do",
      "  gpuvae bench --preset mlp-relu                time of a training step",
      "",
      "gpuvae COMMAND --help says more about each."
    })
public final class Main implements Runnable {
  /** Done. */
  static final int OK = 0;

  /** Something went wrong that the command's user did not cause. */
  static final int FAILED = 1;

  /** The command cannot be done as it was given. */
  static final int USAGE = 2;

  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  boolean version;

  private Main() {}

  /** Runs a command and ends the JVM with its exit code: 0, 1 (failure), 2 (wrong use). */
  public static void main(String[] args) {
    System.exit(run(Terminal.system(), args));
  }

  /** Runs a command; its exit code. */
  static int run(Terminal terminal, String... args) {
    CommandLine commands = commands(terminal);
    int code = commands.execute(args);
    terminal.out().flush();
    terminal.err().flush();
    return code;
  }

  static CommandLine commands(Terminal terminal) {
    CommandLine commands = new CommandLine(new Main());
    commands
        .addSubcommand("train", new TrainCommand(terminal))
        .addSubcommand("evaluate", new EvaluateCommand(terminal))
        .addSubcommand("anomaly", new AnomalyCommand(terminal))
        .addSubcommand("sample", new SampleCommand(terminal))
        .addSubcommand("reconstruct", new ReconstructCommand(terminal))
        .addSubcommand("interpolate", new InterpolateCommand(terminal))
        .addSubcommand("traverse", new TraverseCommand(terminal))
        .addSubcommand("manifold", new ManifoldCommand(terminal))
        .addSubcommand("scatter", new ScatterCommand(terminal))
        .addSubcommand("encode", new EncodeCommand(terminal))
        .addSubcommand("decode", new DecodeCommand(terminal))
        .addSubcommand("explore", new ExploreCommand(terminal))
        .addSubcommand("export", new ExportCommand(terminal))
        .addSubcommand("import", new ImportCommand(terminal))
        .addSubcommand("bench", new BenchCommand(terminal))
        .addSubcommand("doctor", new DoctorCommand(terminal))
        .addSubcommand("help", new HelpCommand());
    Failures failures = new Failures(terminal);
    return commands
        .setOut(new PrintWriter(terminal.out(), true))
        .setErr(new PrintWriter(terminal.err(), true))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(
                terminal.colour() && terminal.outIsTerminal() ? Ansi.ON : Ansi.OFF))
        .setUsageHelpWidth(80)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(failures::wrongUse)
        .setExecutionExceptionHandler(failures::failed);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** The version in the jar's manifest. */
  static final class Version implements IVersionProvider {
    static String number() {
      String version = Main.class.getPackage().getImplementationVersion();
      return version == null ? "(not packaged)" : version;
    }

    @Override
    public String[] getVersion() {
      return new String[] {"gpuvae " + number() + ", Java " + Runtime.version()};
    }
  }
}
