/** Variational autoencoders trained and run from Java, on NVIDIA GPUs and on any CPU. */
module gpuvae {
  requires com.fasterxml.jackson.jr.ob;
  requires java.desktop;
  requires java.net.http;

  exports gpuvae.data;
}
