package io.plotpalette.connector.streams.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.connector.streams.proxy.StreamProxy.Listing;
import io.plotpalette.connector.streams.proxy.StreamProxy.Shard;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsRequest;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.StreamStatus;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

class SdkStreamProxyTest {

  static Stream<Arguments> classified() {
    return Stream.of(
        Arguments.of(service("TrimmedDataAccessException", 400), StreamFailure.Trimmed.class),
        Arguments.of(service("ExpiredIteratorException", 400), StreamFailure.ExpiredIterator.class),
        Arguments.of(service("ResourceNotFoundException", 400), StreamFailure.Gone.class),
        Arguments.of(service("LimitExceededException", 400), StreamFailure.Throttled.class),
        Arguments.of(service("ThrottlingException", 400), StreamFailure.Throttled.class),
        Arguments.of(service("InternalServerError", 500), StreamFailure.Unavailable.class),
        Arguments.of(
            SdkClientException.create("Unable to execute HTTP request", new IOException("reset")),
            StreamFailure.Unavailable.class));
  }

  @ParameterizedTest
  @MethodSource
  void classified(SdkException exception, Class<? extends StreamFailure> expected) {
    assertThat(SdkStreamProxy.classify("GetRecords", "shard-1", exception))
        .isInstanceOf(expected)
        .hasCause(exception);
  }

  @Test
  void whatAPersonMustPutRightSaysWhereToLook() {
    SdkException denied = service("AccessDeniedException", 400);

    assertThatThrownBy(() -> SdkStreamProxy.classify("DescribeStream", "arn:things", denied))
        .isInstanceOf(StreamRefusedException.class)
        .hasCause(denied)
        .hasMessageContaining("DescribeStream of arn:things failed with AccessDeniedException")
        .hasMessageContaining("dynamodb:DescribeStream");
  }

  @Test
  void listingTakesAllPages() throws Exception {
    TestingStreamsClient client = new TestingStreamsClient();
    client.listing(StreamStatus.ENABLED, "b", shard("a", "gone", "9"), shard("b", "a", null));
    client.listing(StreamStatus.ENABLED, null, shard("c", null, null));

    try (SdkStreamProxy proxy = client.proxy()) {
      assertThat(proxy.describe("arn"))
          .isEqualTo(
              new Listing(
                  List.of(
                      new Shard("a", "gone", true),
                      new Shard("b", "a", false),
                      new Shard("c", null, false)),
                  true));
    }
    assertThat(client.startedAfter).containsExactly(null, "b");
    assertThat(client.closed).isTrue();
  }

  @Test
  void listingOfASwitchedOffStreamSaysSo() throws Exception {
    TestingStreamsClient client = new TestingStreamsClient();
    client.listing(StreamStatus.DISABLED, null, shard("a", null, "9"));

    try (SdkStreamProxy proxy = client.proxy()) {
      assertThat(proxy.describe("arn").enabled()).isFalse();
    }
  }

  @Test
  void recordsKeepEverything() throws Exception {
    TestingStreamsClient client = new TestingStreamsClient();
    client.records =
        GetRecordsResponse.builder()
            .records(
                Record.builder()
                    .eventID("e")
                    .eventName("INSERT")
                    .eventVersion("1.1")
                    .dynamodb(
                        change ->
                            change
                                .approximateCreationDateTime(Instant.ofEpochSecond(77))
                                .sequenceNumber("5")
                                .sizeBytes(12L)
                                .streamViewType("NEW_IMAGE")
                                .keys(Map.of("k", sdk().s("x").build()))
                                .newImage(
                                    Map.of(
                                        "l",
                                        sdk()
                                            .l(sdk().n("1").build(), sdk().nul(true).build())
                                            .build(),
                                        "b",
                                        sdk().b(SdkBytes.fromByteArray(new byte[] {7})).build())))
                    .build())
            .nextShardIterator("next")
            .build();

    try (SdkStreamProxy proxy = client.proxy()) {
      StreamProxy.Page page = proxy.read("it", 10);
      StreamRecord record = page.records().get(0);

      assertThat(page.nextIterator()).isEqualTo("next");
      assertThat(record.createdMillis()).isEqualTo(77_000);
      assertThat(record.keys()).isEqualTo(Map.of("k", AttributeValue.string("x")));
      assertThat(record.newImage().get("l"))
          .isEqualTo(
              AttributeValue.list(List.of(AttributeValue.number("1"), AttributeValue.nul())));
      assertThat((byte[]) record.newImage().get("b").value()).containsExactly(7);
      assertThat(record.oldImage()).isNull();
      assertThat(record)
          .extracting(StreamRecord::eventId, StreamRecord::sequenceNumber, StreamRecord::sizeBytes)
          .containsExactly("e", "5", 12L);
    }
  }

  private static software.amazon.awssdk.services.dynamodb.model.AttributeValue.Builder sdk() {
    return software.amazon.awssdk.services.dynamodb.model.AttributeValue.builder();
  }

  private static software.amazon.awssdk.services.dynamodb.model.Shard shard(
      String shardId, String parentShardId, String lastSequence) {
    return software.amazon.awssdk.services.dynamodb.model.Shard.builder()
        .shardId(shardId)
        .parentShardId(parentShardId)
        .sequenceNumberRange(
            range -> range.startingSequenceNumber("1").endingSequenceNumber(lastSequence))
        .build();
  }

  private static SdkException service(String code, int status) {
    return DynamoDbException.builder()
        .awsErrorDetails(AwsErrorDetails.builder().errorCode(code).errorMessage("m").build())
        .statusCode(status)
        .build();
  }

  /** Answers from a script. */
  private static final class TestingStreamsClient implements DynamoDbStreamsClient {
    private final List<DescribeStreamResponse> listings = new ArrayList<>();
    private final List<String> startedAfter = new ArrayList<>();
    private GetRecordsResponse records;
    private boolean closed;

    SdkStreamProxy proxy() {
      return new SdkStreamProxy(
          new StreamsClientProvider() {
            @Override
            public DynamoDbStreamsClient streams() {
              return TestingStreamsClient.this;
            }

            @Override
            public DynamoDbClient tables() {
              throw new AssertionError("Not asked for");
            }
          });
    }

    void listing(
        StreamStatus status,
        String lastShardId,
        software.amazon.awssdk.services.dynamodb.model.Shard... shards) {
      listings.add(
          DescribeStreamResponse.builder()
              .streamDescription(
                  stream ->
                      stream.streamStatus(status).shards(shards).lastEvaluatedShardId(lastShardId))
              .build());
    }

    @Override
    public DescribeStreamResponse describeStream(DescribeStreamRequest request) {
      startedAfter.add(request.exclusiveStartShardId());
      return listings.remove(0);
    }

    @Override
    public GetRecordsResponse getRecords(GetRecordsRequest request) {
      return records;
    }

    @Override
    public String serviceName() {
      return "streams";
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
