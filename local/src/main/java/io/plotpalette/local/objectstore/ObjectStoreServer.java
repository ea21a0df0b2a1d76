package io.plotpalette.local.objectstore;

import io.plotpalette.local.loopback.Loopback;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/**
 * S3 over a folder: a bucket is a folder in it, an object a file with its metadata in extended
 * attributes, which the file system must have. Checks signatures as S3 does.
 */
public final class ObjectStoreServer implements AutoCloseable {
  /** Known to everyone: whoever reaches the loopback interface reads the folder anyway. */
  public static final String ACCESS_KEY_ID = "local";

  public static final String SECRET_ACCESS_KEY = "local-secret-key";

  private static final String WHAT = "the object store";
  private static final int MAX_THREADS = 32;

  private final FilesystemNio2BlobStore blobs;
  private final S3Proxy server;

  /**
   * Serves {@code folder}, with {@code bucket} in it; both are made if absent.
   *
   * @param port 0 for any free one
   */
  public ObjectStoreServer(Path folder, String bucket, int port) {
    // The store takes an absolute folder only.
    Path root = folder.toAbsolutePath();
    try {
      Files.createDirectories(root.resolve(bucket));
    } catch (IOException e) {
      throw new IllegalStateException("Cannot make the bucket " + root.resolve(bucket), e);
    }
    blobs = new FilesystemNio2BlobStore(root.toString());
    server =
        S3Proxy.builder()
            .endpoint(Loopback.endpoint(port))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY_ID, SECRET_ACCESS_KEY)
            .blobStore(blobs)
            // Newer SDKs send headers this version does not know.
            .ignoreUnknownHeaders(true)
            .jettyMaxThreads(MAX_THREADS)
            .build();
    try {
      Loopback.start(WHAT, port, server::start);
    } catch (RuntimeException e) {
      blobs.close();
      throw e;
    }
  }

  public URI endpoint() {
    return Loopback.endpoint(server.getPort());
  }

  @Override
  public void close() throws Exception {
    server.stop();
    blobs.close();
  }
}
