package gpuvae.page;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The pictures of each epoch that a run's folder holds, NAME-EPOCH.png. */
final class EpochPictures {
  /** More would make a page heavy: then they are thinned evenly, the first and last kept. */
  private static final int MOST = 40;

  private static final Map<String, String> TITLES =
      Map.of("reconstructions", "Test samples above their reconstructions", "samples", "Samples");

  private EpochPictures() {}

  /** For the page: a map of a title and the PNGs by epoch, for each kind that there is. */
  static List<Object> json(Path folder) throws IOException {
    List<Object> sets = new ArrayList<>();
    for (String name : List.of("reconstructions", "samples")) {
      List<Map.Entry<Integer, Path>> files = List.copyOf(files(folder, name).entrySet());
      Map<String, String> pictures = new LinkedHashMap<>();
      for (Map.Entry<Integer, Path> file : thinned(files)) {
        pictures.put(file.getKey().toString(), Base64Text.of(Files.readAllBytes(file.getValue())));
      }
      if (!pictures.isEmpty()) {
        sets.add(Map.of("title", TITLES.get(name), "pictures", pictures));
      }
    }
    return sets;
  }

  private static TreeMap<Integer, Path> files(Path folder, String name) throws IOException {
    Pattern pattern = Pattern.compile(name + "-(\\d{3,9})\\.png");
    TreeMap<Integer, Path> files = new TreeMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        Matcher matcher = pattern.matcher(file.getFileName().toString());
        if (matcher.matches()) {
          files.put(Integer.valueOf(matcher.group(1)), file);
        }
      }
    }
    return files;
  }

  private static <T> List<T> thinned(List<T> all) {
    if (all.size() <= MOST) {
      return all;
    }
    List<T> some = new ArrayList<>();
    for (int i = 0; i < MOST; i++) {
      some.add(all.get(Math.round((float) i * (all.size() - 1) / (MOST - 1))));
    }
    return some;
  }
}
