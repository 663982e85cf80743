package gpuvae.cuda;

/**
 * A device's memory, in bytes.
 *
 * @param free what can still be allocated, by anyone
 * @param total all of it
 */
public record MemoryInfo(long free, long total) {}
