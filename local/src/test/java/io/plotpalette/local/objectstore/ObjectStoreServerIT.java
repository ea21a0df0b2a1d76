package io.plotpalette.local.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.local.loopback.PortInUseException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

class ObjectStoreServerIT {
  private static final String BUCKET = "lake";

  @TempDir private Path folder;

  @Test
  void objectsAreFilesInTheBucketsFolderAndSurviveARestart() throws Exception {
    try (ObjectStoreServer server = new ObjectStoreServer(folder, BUCKET, 0);
        S3Client client = client(server, ObjectStoreServer.SECRET_ACCESS_KEY)) {
      put(client, "silver/day=01/a.txt", "hello");
    }
    assertThat(folder.resolve(BUCKET).resolve("silver/day=01/a.txt")).hasContent("hello");

    try (ObjectStoreServer server = new ObjectStoreServer(folder, BUCKET, 0);
        S3Client client = client(server, ObjectStoreServer.SECRET_ACCESS_KEY)) {
      assertThat(get(client, "silver/day=01/a.txt")).isEqualTo("hello");
    }
  }

  @Test
  void conditionalPutKeepsTheFirstObject() throws Exception {
    try (ObjectStoreServer server = new ObjectStoreServer(folder, BUCKET, 0);
        S3Client client = client(server, ObjectStoreServer.SECRET_ACCESS_KEY)) {
      put(client, "once", "first");

      assertThatThrownBy(
              () ->
                  client.putObject(
                      put -> put.bucket(BUCKET).key("once").ifNoneMatch("*"),
                      RequestBody.fromString("second")))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
      assertThat(get(client, "once")).isEqualTo("first");
    }
  }

  @Test
  void refusesARequestSignedWithAnotherKey() throws Exception {
    try (ObjectStoreServer server = new ObjectStoreServer(folder, BUCKET, 0);
        S3Client client = client(server, "another-secret-key")) {
      assertThatThrownBy(() -> put(client, "a", "hello"))
          .isInstanceOfSatisfying(
              S3Exception.class,
              e -> {
                assertThat(e.statusCode()).isEqualTo(403);
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo("SignatureDoesNotMatch");
              });
      assertThat(Files.exists(folder.resolve(BUCKET).resolve("a"))).isFalse();
    }
  }

  @Test
  void namesThePortThatIsTaken() throws Exception {
    try (ObjectStoreServer server = new ObjectStoreServer(folder, BUCKET, 0)) {
      int port = server.endpoint().getPort();

      assertThatThrownBy(() -> new ObjectStoreServer(folder, BUCKET, port))
          .isInstanceOfSatisfying(
              PortInUseException.class, e -> assertThat(e.port()).isEqualTo(port));
    }
  }

  private static void put(S3Client client, String key, String text) {
    client.putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromString(text));
  }

  private static String get(S3Client client, String key) {
    return client.getObjectAsBytes(get -> get.bucket(BUCKET).key(key)).asUtf8String();
  }

  private static S3Client client(ObjectStoreServer server, String secretAccessKey) {
    return S3Client.builder()
        .endpointOverride(server.endpoint())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(ObjectStoreServer.ACCESS_KEY_ID, secretAccessKey)))
        .build();
  }
}
