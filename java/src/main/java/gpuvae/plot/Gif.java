package gpuvae.plot;

import gpuvae.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes pictures as an animated GIF that begins again for ever. */
final class Gif {
  private static final String FORMAT = "javax_imageio_gif_image_1.0";
  private static final IndexColorModel GRAYS = grays();

  private Gif() {}

  /**
   * Writes one.
   *
   * @param frames of one size
   * @param delay of each frame in milliseconds, rounded down to hundredths of a second
   * @throws IOException naming the file and the reason
   */
  static void write(Path file, List<BufferedImage> frames, int delay) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    ImageWriteParam plain = writer.getDefaultWriteParam();
    // Interlaced, the default, frames of few lines come back in disorder from the JDK's reader.
    plain.setProgressiveMode(ImageWriteParam.MODE_DISABLED);
    try {
      AtomicFile.write(
          file,
          out -> {
            // In memory: ImageIO's own choice would be a temporary file.
            try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
              writer.setOutput(stream);
              writer.prepareWriteSequence(null);
              boolean first = true;
              for (BufferedImage frame : frames) {
                BufferedImage paletted = paletted(frame);
                writer.writeToSequence(
                    new IIOImage(paletted, null, metadata(writer, paletted, delay, first)), plain);
                first = false;
              }
              writer.endWriteSequence();
            }
          });
    } finally {
      writer.dispose();
    }
  }

  /** Gray pictures keep each of their 256 levels; of colours the writer itself chooses 256. */
  private static BufferedImage paletted(BufferedImage frame) {
    int width = frame.getWidth();
    int[] pixels = frame.getRGB(0, 0, width, frame.getHeight(), null, 0, width);
    for (int i = 0; i < pixels.length; i++) {
      int gray = pixels[i] & 0xFF;
      if ((pixels[i] & 0xFFFFFF) != gray * 0x010101) {
        return frame;
      }
      pixels[i] = gray;
    }
    BufferedImage paletted =
        new BufferedImage(width, frame.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, GRAYS);
    WritableRaster raster = paletted.getRaster();
    raster.setPixels(0, 0, width, frame.getHeight(), pixels);
    return paletted;
  }

  private static IndexColorModel grays() {
    byte[] levels = new byte[256];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) i;
    }
    return new IndexColorModel(8, levels.length, levels, levels, levels);
  }

  private static IIOMetadata metadata(
      ImageWriter writer, BufferedImage frame, int delay, boolean first) throws IOException {
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(frame), null);
    IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "none");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "FALSE");
    control.setAttribute("delayTime", Integer.toString(delay / 10));
    control.setAttribute("transparentColorIndex", "0");
    IIOMetadataNode root = new IIOMetadataNode(FORMAT);
    root.appendChild(control);
    if (first) {
      root.appendChild(loop());
    }
    metadata.mergeTree(FORMAT, root);
    return metadata;
  }

  /** Netscape's extension, which stands before the first frame. */
  private static IIOMetadataNode loop() {
    IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
    loop.setAttribute("applicationID", "NETSCAPE");
    loop.setAttribute("authenticationCode", "2.0");
    loop.setUserObject(new byte[] {1, 0, 0}); // 0: for ever
    IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
    extensions.appendChild(loop);
    return extensions;
  }
}
