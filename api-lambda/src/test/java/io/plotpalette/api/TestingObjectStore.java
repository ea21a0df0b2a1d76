package io.plotpalette.api;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;

/** S3 over a folder, on the loopback interface, which checks signatures. */
public final class TestingObjectStore implements AutoCloseable {
  private final FilesystemNio2BlobStore blobs;
  private final S3Proxy server;
  private final SdkHttpClient http = UrlConnectionHttpClient.create();
  private final TransferBucket bucket;

  /** Makes a bucket in the folder. */
  public TestingObjectStore(Path folder) throws Exception {
    String name = TestingDynamoDb.CONFIG.dataBucket();
    try {
      Files.createDirectories(folder.toAbsolutePath().resolve(name));
    } catch (IOException e) {
      throw new IllegalStateException("cannot make the bucket", e);
    }
    blobs = new FilesystemNio2BlobStore(folder.toAbsolutePath().toString());
    server =
        S3Proxy.builder()
            .endpoint(URI.create("http://127.0.0.1:0"))
            .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, "local", "local")
            .blobStore(blobs)
            .ignoreUnknownHeaders(true)
            .build();
    server.start();
    bucket =
        new TransferBucket(
            name,
            Region.US_EAST_1,
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")),
            Optional.of(URI.create("http://127.0.0.1:" + server.getPort())),
            http);
  }

  public TransferBucket bucket() {
    return bucket;
  }

  @Override
  public void close() throws Exception {
    bucket.close();
    http.close();
    server.stop();
    blobs.close();
  }
}
