package gpuvae.backend.cuda;

/** What a backend is made of and closes before its context. */
interface Part extends AutoCloseable {
  @Override
  void close();
}
