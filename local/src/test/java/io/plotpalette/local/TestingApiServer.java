package io.plotpalette.local;

import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.dynamodb.TableCreator;
import io.plotpalette.local.objectstore.ObjectStoreServer;
import io.plotpalette.model.table.Tables;
import java.net.URI;
import java.nio.file.Path;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The API over HTTP with everything behind it but the jobs: tables in memory, the rest on disk. */
final class TestingApiServer implements AutoCloseable {
  private final Parts parts = new Parts();
  private final DynamoDbLocalServer dynamoDb;
  private final ApiServer api;

  private TestingApiServer(Path folder) {
    try {
      dynamoDb = parts.closeLater(DynamoDbLocalServer.inMemory(0));
      try (DynamoDbClient client =
          DynamoDbClient.builder()
              .endpointOverride(dynamoDb.endpoint())
              .region(Region.of(PaletteServer.REGION))
              .credentialsProvider(
                  StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "local")))
              .build()) {
        new TableCreator(client, PaletteServer.STAGE).createAbsent(Tables.all());
      }
      DataFolder data = new DataFolder(folder);
      ObjectStoreServer objects =
          parts.closeLater(new ObjectStoreServer(data.objects(), DataFolder.BUCKET, 0));
      api =
          parts.closeLater(
              ApiServer.start(
                  new ApiServer.Options(0, 0, 0, data, dynamoDb.endpoint(), objects.endpoint())));
    } catch (RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  static TestingApiServer start(Path folder) {
    return new TestingApiServer(folder);
  }

  ApiServer api() {
    return api;
  }

  URI dynamoDb() {
    return dynamoDb.endpoint();
  }

  @Override
  public void close() throws Exception {
    parts.close();
  }
}
