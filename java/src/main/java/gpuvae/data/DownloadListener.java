package gpuvae.data;

/** Is told how a download goes. */
@FunctionalInterface
public interface DownloadListener {
  /** Says nothing. */
  DownloadListener SILENT = (file, bytes, total) -> {};

  /**
   * Called on the loading thread when a download begins and after each part of it.
   *
   * @param file name of the file
   * @param bytes how many have come
   * @param total how many are expected, or -1 if the server did not say
   */
  void progress(String file, long bytes, long total);
}
