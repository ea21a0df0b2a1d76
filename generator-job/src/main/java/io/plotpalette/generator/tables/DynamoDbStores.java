package io.plotpalette.generator.tables;

import io.plotpalette.model.table.Tables;
import java.io.Serializable;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;

/** All tables of the generator behind one client. */
public final class DynamoDbStores implements AutoCloseable {
  /** Writes of a job's journal are as many as it has buckets; the rest is a read now and then. */
  private static final int MAX_CONNECTIONS = 128;

  private static final int MAX_WAITING = 10_000;
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

  private final DynamoDbAsyncClient client;
  private final TableRequests requests = new TableRequests();
  private final JournalStore journal;
  private final JobStore jobs;

  /**
   * Where the tables are.
   *
   * @param endpoint null for the region's own
   */
  public record Address(
      String region, URI endpoint, String jobs, String templates, String callJournal)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    /** The tables of a stage. */
    public static Address ofStage(String region, URI endpoint, String stage) {
      return new Address(
          region,
          endpoint,
          Tables.JOBS.physicalName(stage),
          Tables.TEMPLATES.physicalName(stage),
          Tables.CALL_JOURNAL.physicalName(stage));
    }
  }

  /** Connects with the credentials of the environment. */
  public DynamoDbStores(Address address, Clock clock) {
    client =
        DynamoDbAsyncClient.builder()
            .region(Region.of(address.region()))
            .endpointOverride(address.endpoint())
            .httpClientBuilder(
                NettyNioAsyncHttpClient.builder()
                    .maxConcurrency(MAX_CONNECTIONS)
                    .maxPendingConnectionAcquires(MAX_WAITING)
                    .connectionAcquisitionTimeout(REQUEST_TIMEOUT))
            .overrideConfiguration(
                settings ->
                    settings
                        .apiCallTimeout(REQUEST_TIMEOUT)
                        .retryStrategy(AwsRetryStrategy.doNotRetry()))
            .build();
    journal = new DynamoDbJournalStore(client, requests, address.callJournal(), clock);
    jobs = new DynamoDbJobStore(client, requests, address.jobs(), address.templates());
  }

  public JournalStore journal() {
    return journal;
  }

  public JobStore jobs() {
    return jobs;
  }

  @Override
  public void close() {
    requests.close();
    client.close();
  }
}
