package gpuvae.page;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gpuvae.cuda.Missing;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * A headless Chromium. Needs chromium and chromedriver on the path: a test without them is skipped,
 * or fails where GPUVAE_REQUIRE_CHROMIUM is 1.
 */
final class Browser implements AutoCloseable {
  /** Held, since a logger that nobody holds forgets its level. */
  private static final Logger SELENIUM = Logger.getLogger("org.openqa.selenium");

  private final ChromeDriver driver;

  private Browser(ChromeDriver driver) {
    this.driver = driver;
  }

  static Browser start() {
    SELENIUM.setLevel(Level.SEVERE);
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    ChromeOptions options = new ChromeOptions();
    options.setBinary(program("chromium"));
    // The sandbox does not start for root, and these pages are our own.
    options.addArguments(
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage");
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(program("chromedriver"))
            .withSilent(true)
            .build();
    return new Browser(new ChromeDriver(service, options));
  }

  private static File program(String name) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      Path file = Path.of(folder, name);
      if (Files.isExecutable(file)) {
        return file.toFile();
      }
    }
    return Missing.missing("no " + name + " on the path", "GPUVAE_REQUIRE_CHROMIUM");
  }

  /** A screen of this size, with the system's look light or dark. */
  Browser screen(int width, int height, String look) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", look))));
    return this;
  }

  Browser open(Path page) {
    driver.get(page.toUri().toString());
    return this;
  }

  /** What a script returns. */
  Object js(String script) {
    return driver.executeScript(script);
  }

  double number(String script) {
    return ((Number) js("return " + script)).doubleValue();
  }

  String text(String script) {
    return (String) js("return " + script);
  }

  /** Numbers that a script returns. */
  float[] floats(String script) {
    List<?> list = (List<?>) js("return Array.from(" + script + ")");
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = ((Number) list.get(i)).floatValue();
    }
    return values;
  }

  WebElement find(String selector) {
    return driver.findElement(By.cssSelector(selector));
  }

  Actions actions() {
    return new Actions(driver);
  }

  /** Nothing was complained of in the console, nothing fetched, and all fits the width. */
  void assertWell() {
    List<String> said =
        driver.manage().logs().get(LogType.BROWSER).getAll().stream()
            .map(entry -> entry.getLevel() + " " + entry.getMessage())
            .toList();
    assertEquals(List.of(), said, "the console");
    assertEquals(
        0,
        number(
            "performance.getEntriesByType('resource').filter(e =>"
                + " !e.name.startsWith('data:')).length"));
    double width = number("innerWidth");
    assertEquals(width, Math.max(width, number("document.documentElement.scrollWidth")));
  }

  @Override
  public void close() {
    driver.quit();
  }
}
