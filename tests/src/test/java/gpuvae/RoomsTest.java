package gpuvae;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The house's rooms: a package knows only those after it. */
class RoomsTest {
  /**
   * From the roof down; rooms on one floor do not know each other. A backend implements the seam,
   * so it stands on it; that nobody else knows a backend is a rule of its own.
   */
  private static final List<List<String>> FLOORS =
      List.of(
          List.of("gpuvae.cli"),
          List.of("gpuvae.page"),
          List.of("gpuvae.latent", "gpuvae.measure", "gpuvae.plot", "gpuvae.train"),
          List.of("gpuvae"),
          List.of("gpuvae.onnx"),
          List.of("gpuvae.io", "gpuvae.data"),
          List.of("gpuvae.model"),
          List.of("gpuvae.config"),
          List.of("gpuvae.backend.cpu", "gpuvae.backend.cuda"),
          List.of("gpuvae.cuda.jcuda"),
          List.of("gpuvae.backend", "gpuvae.cuda"));

  private static final JavaClasses LIBRARY =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("gpuvae");

  @Test
  void everyClassIsInARoom() {
    List<String> rooms = FLOORS.stream().flatMap(List::stream).toList();
    List<String> outside =
        LIBRARY.stream()
            .filter(c -> !rooms.contains(c.getPackageName()))
            .map(JavaClass::getName)
            .toList();
    assertEquals(List.of(), outside, "classes in packages that no floor of RoomsTest names");
    assertTrue(LIBRARY.contain(GpuVae.class), "the library's classes are not on the class path");
  }

  @Test
  void aRoomKnowsOnlyThoseAfterIt() {
    List<String> passed = new ArrayList<>();
    for (List<String> floor : FLOORS) {
      for (String room : floor) {
        List<String> forbidden = new ArrayList<>(passed);
        floor.stream().filter(other -> !other.equals(room)).forEach(forbidden::add);
        if (!forbidden.isEmpty()) {
          noClasses()
              .that()
              .resideInAPackage(room)
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(forbidden.toArray(String[]::new))
              .because("rooms are ordered " + FLOORS)
              .check(LIBRARY);
        }
      }
      passed.addAll(floor);
    }
  }

  @Test
  void nobodyKnowsABackend() {
    noClasses()
        .that()
        .resideOutsideOfPackages("gpuvae.backend.cpu", "gpuvae.backend.cuda")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("gpuvae.backend.cpu", "gpuvae.backend.cuda")
        .because("backends are found through ServiceLoader")
        .check(LIBRARY);
  }

  @Test
  void commandLineLibrariesStayInTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("gpuvae.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("picocli..")
        .because("a library user has none of these")
        .check(LIBRARY);
  }

  @Test
  void jcudaStaysInItsRoom() {
    noClasses()
        .that()
        .resideOutsideOfPackage("gpuvae.cuda.jcuda")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("jcuda..")
        .because("a library user has none of it")
        .check(LIBRARY);
  }

  @Test
  void picturesAreMadeAndReadInTheirRooms() {
    noClasses()
        .that()
        .resideOutsideOfPackages("gpuvae.cli", "gpuvae.plot", "gpuvae.data")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.awt..", "javax.imageio..", "javax.swing..")
        .check(LIBRARY);
  }

  @Test
  void onlyTheBindingsAndTheCommandLineCallNativeCode() {
    noClasses()
        .that()
        .resideOutsideOfPackages("gpuvae.cuda", "gpuvae.cli")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.foreign.Linker")
        .check(LIBRARY);
  }
}
