package gpuvae.data;

import gpuvae.config.Shape;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * One picture file, decoded and resized. Transparency is ignored, as PyTorch's ImageFolder does.
 */
final class Picture {
  private Picture() {}

  /**
   * Reads a file into values at offset, channel by channel.
   *
   * @throws UncheckedIOException that names the file if it cannot be read or decoded
   */
  static void read(Path file, Shape shape, byte[] values, int offset) {
    BufferedImage image = decode(file);
    float[][] planes = planes(image, shape.channels());
    for (float[] plane : planes) {
      float[] resized =
          Resampler.resize(
              plane, image.getWidth(), image.getHeight(), shape.width(), shape.height());
      for (float value : resized) {
        values[offset++] = (byte) Math.round(Math.clamp(value, 0f, 255f));
      }
    }
  }

  private static BufferedImage decode(Path file) {
    try {
      var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(Files.readAllBytes(file)));
      BufferedImage image = ImageIO.read(in); // closes the stream
      if (image == null) {
        throw new IOException("it is neither PNG nor JPEG");
      }
      return image;
    } catch (IOException | RuntimeException e) { // decoders throw both at malformed files
      throw new UncheckedIOException(
          new IOException("%s cannot be read as a picture: %s".formatted(file, e.getMessage()), e));
    }
  }

  private static float[][] planes(BufferedImage image, int channels) {
    // BufferedImage.getRGB would brighten gray pictures: it takes them for linear light.
    boolean gray = image.getColorModel().getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    if (gray) {
      float[] plane = grayPlane(image);
      return channels == 1 ? new float[][] {plane} : new float[][] {plane, plane, plane};
    }
    int width = image.getWidth();
    int height = image.getHeight();
    int[] pixels = image.getRGB(0, 0, width, height, null, 0, width);
    float[][] planes = new float[channels][width * height];
    for (int i = 0; i < pixels.length; i++) {
      int red = pixels[i] >> 16 & 0xFF;
      int green = pixels[i] >> 8 & 0xFF;
      int blue = pixels[i] & 0xFF;
      if (channels == 1) {
        planes[0][i] = 0.299f * red + 0.587f * green + 0.114f * blue; // ITU-R BT.601
      } else {
        planes[0][i] = red;
        planes[1][i] = green;
        planes[2][i] = blue;
      }
    }
    return planes;
  }

  private static float[] grayPlane(BufferedImage image) {
    Raster raster = image.getRaster();
    float[] plane = new float[image.getWidth() * image.getHeight()];
    raster.getSamples(0, 0, image.getWidth(), image.getHeight(), 0, plane);
    float scale = 255f / ((1 << raster.getSampleModel().getSampleSize(0)) - 1);
    for (int i = 0; i < plane.length; i++) {
      plane[i] *= scale;
    }
    return plane;
  }
}
