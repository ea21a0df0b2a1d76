package io.plotpalette.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.objectstore.ObjectStoreServer;
import io.plotpalette.model.template.Samples;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

class SampleFilesIT {
  private static final String BUCKET = "bucket";

  @TempDir private Path folder;

  @Test
  void theObjectStoreServesThem() throws Exception {
    SampleFiles.write(folder.resolve(BUCKET));

    try (ObjectStoreServer objects = new ObjectStoreServer(folder, BUCKET, 0);
        S3Client s3 =
            S3Client.builder()
                .endpointOverride(objects.endpoint())
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(
                    StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(
                            ObjectStoreServer.ACCESS_KEY_ID, ObjectStoreServer.SECRET_ACCESS_KEY)))
                .httpClient(UrlConnectionHttpClient.create())
                .build()) {
      for (String path : Samples.SEED_DATA) {
        assertThat(s3.getObjectAsBytes(get -> get.bucket(BUCKET).key(path)).asByteArray())
            .isEqualTo(Samples.read(path));
      }
    }
  }

  @Test
  void whatAUserMadeOfOneStays() throws Exception {
    SampleFiles.write(folder);
    Path story = folder.resolve("sample-templates/story.json");
    Files.writeString(story, "{}");

    SampleFiles.write(folder);

    assertThat(story).hasContent("{}");
    assertThat(folder.resolve("sample-templates")).isDirectoryNotContaining("glob:**.new");
  }
}
