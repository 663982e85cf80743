package gpuvae.cli;

import gpuvae.backend.Device;
import gpuvae.cuda.LibraryProbe;
import gpuvae.data.DataSource;
import gpuvae.data.LoadOptions;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code gpuvae doctor}. */
@Command(
    description = {
      "Says what this machine can do.",
      "",
      "Java, vectors, cores, CUDA libraries found or not (each with the reason), their"
          + " versions and devices, data sets, and the device that would be used."
    },
    footer = {"  gpuvae doctor", "  GPUVAE_CUDA_PATH=/usr/local/cuda/lib64 gpuvae doctor"})
final class DoctorCommand extends BaseCommand {
  DoctorCommand(Terminal terminal) {
    super(terminal);
  }

  @Override
  public Integer call() throws IOException {
    LibraryProbe probe = LibraryProbe.system();
    Map<String, Object> machine = Doctor.machine();
    List<DoctorCuda.Answer> cuda = DoctorCuda.examine(probe);
    DoctorPtx ptx = DoctorPtx.read();
    Device auto = Doctor.auto();
    List<String> data = DataSource.installed(LoadOptions.defaults());
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("version", Main.Version.number());
      all.putAll(machine);
      all.put("cuda_libraries", DoctorLibraries.data(probe));
      all.put("cuda", cuda.stream().map(DoctorCuda.Answer::data).toList());
      all.put("ptx", ptx.data());
      all.put("data", data);
      all.put("auto_device", auto.toString());
      all.put("auto_reason", auto.reason());
      sayJson(all);
      return Main.OK;
    }
    say("gpuvae   %s", Main.Version.number());
    say("Java     %s", machine.get("java"));
    say("         %s", machine.get("java_home"));
    say("system   %s", machine.get("os"));
    say("CPU      %s", machine.get("cpu"));
    say("cores    %s", machine.get("cores"));
    say("heap     %s at most", Text.bytes((Long) machine.get("heap_bytes")));
    say("vectors  %s", vectors((Integer) machine.get("vector_bits")));
    say("");
    say(terminal.bold(words(), "CUDA libraries"));
    say(DoctorLibraries.words(probe));
    say("");
    say(terminal.bold(words(), "CUDA"));
    cuda.forEach(answer -> sayFact(answer.part(), answer.words()));
    sayFact("PTX", ptx.words());
    say("");
    say(terminal.bold(words(), "Data"));
    data.forEach(line -> say("  %s", line));
    say("");
    say("--device auto takes %s: %s", auto, auto.reason());
    return Main.OK;
  }

  private void sayFact(String about, String words) {
    sayLabelled(Text.format("  %-8s ", about), words);
  }

  private static String vectors(int bits) {
    return bits == 0
        ? "none: the module jdk.incubator.vector is absent, training is slow; run"
            + " java with --add-modules=jdk.incubator.vector (./gpuvae does)"
        : bits + " bits (module jdk.incubator.vector)";
  }
}
