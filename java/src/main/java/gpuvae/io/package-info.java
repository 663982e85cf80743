/**
 * Files: atomic replacement ({@link gpuvae.io.AtomicFile}), the safetensors format ({@link
 * gpuvae.io.SafetensorsReader}, {@link gpuvae.io.SafetensorsWriter}) and strict JSON ({@link
 * gpuvae.io.Json}). Every failure is an {@link java.io.IOException} that names the file.
 */
package gpuvae.io;
