package io.plotpalette.connector.streams.proxy;

import io.plotpalette.connector.failure.FailureKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.StreamStatus;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** {@link StreamProxy} on the AWS SDK. */
public final class SdkStreamProxy implements StreamProxy {
  private final StreamsClientProvider clients;
  private final DynamoDbStreamsClient streams;

  public SdkStreamProxy(StreamsClientProvider clients) {
    this.clients = clients;
    this.streams = clients.streams();
  }

  @Override
  public String latestStreamArn(String table) throws StreamFailure {
    String arn =
        call(
            "DescribeTable",
            table,
            () -> {
              try (DynamoDbClient tables = clients.tables()) {
                return tables.describeTable(ask -> ask.tableName(table)).table().latestStreamArn();
              }
            });
    if (arn == null) {
      throw new StreamFailure.Gone("Table " + table + " has no stream: enable one", null);
    }
    return arn;
  }

  @Override
  public Listing describe(String streamArn) throws StreamFailure {
    List<Shard> shards = new ArrayList<>();
    boolean enabled = true;
    String lastShardId = null;
    do {
      String after = lastShardId;
      DescribeStreamResponse answer =
          call(
              "DescribeStream",
              streamArn,
              () ->
                  streams.describeStream(
                      ask -> ask.streamArn(streamArn).exclusiveStartShardId(after)));
      answer
          .streamDescription()
          .shards()
          .forEach(
              shard ->
                  shards.add(
                      new Shard(
                          shard.shardId(),
                          shard.parentShardId(),
                          shard.sequenceNumberRange().endingSequenceNumber() != null)));
      enabled = answer.streamDescription().streamStatus() != StreamStatus.DISABLED;
      lastShardId = answer.streamDescription().lastEvaluatedShardId();
    } while (lastShardId != null);
    return new Listing(shards, enabled);
  }

  @Override
  public String openIterator(String streamArn, String shardId, ShardPosition position)
      throws StreamFailure {
    return call(
        "GetShardIterator",
        shardId,
        () ->
            streams
                .getShardIterator(
                    ask ->
                        ask.streamArn(streamArn)
                            .shardId(shardId)
                            .shardIteratorType(
                                ShardIteratorType.fromValue(position.anchor().name()))
                            .sequenceNumber(position.sequenceNumber()))
                .shardIterator());
  }

  @Override
  public Page read(String iterator, int maxRecords) throws StreamFailure {
    GetRecordsResponse answer =
        call(
            "GetRecords",
            "a shard",
            () -> streams.getRecords(ask -> ask.shardIterator(iterator).limit(maxRecords)));
    return new Page(
        answer.records().stream().map(SdkStreamProxy::record).toList(), answer.nextShardIterator());
  }

  @Override
  public void close() {
    streams.close();
  }

  private static <T> T call(String operation, String of, Supplier<T> request) throws StreamFailure {
    try {
      return request.get();
    } catch (SdkException e) {
      throw classify(operation, of, e);
    }
  }

  /**
   * The failure this exception means.
   *
   * @throws StreamRefusedException if only a person can put it right
   */
  static StreamFailure classify(String operation, String of, SdkException e) {
    String message = "%s of %s: %s".formatted(operation, of, e.getMessage());
    String code = FailureKind.codeOf(e);
    if (code.equals("TrimmedDataAccessException")) {
      return new StreamFailure.Trimmed(message, e);
    }
    if (code.equals("ExpiredIteratorException")) {
      return new StreamFailure.ExpiredIterator(message, e);
    }
    return switch (FailureKind.of(e)) {
      case THROTTLED -> new StreamFailure.Throttled(message, e);
      case UNAVAILABLE -> new StreamFailure.Unavailable(message, e);
      case MISSING -> new StreamFailure.Gone(message, e);
      case DENIED, REFUSED -> throw new StreamRefusedException(operation, of, code, e);
    };
  }

  private static StreamRecord record(Record record) {
    var change = record.dynamodb();
    return new StreamRecord(
        record.eventID(),
        record.eventNameAsString(),
        record.eventVersion(),
        change.approximateCreationDateTime() == null
            ? 0
            : change.approximateCreationDateTime().toEpochMilli(),
        change.sequenceNumber(),
        change.sizeBytes(),
        change.streamViewTypeAsString(),
        change.hasKeys() ? attributes(change.keys()) : null,
        change.hasNewImage() ? attributes(change.newImage()) : null,
        change.hasOldImage() ? attributes(change.oldImage()) : null);
  }

  private static Map<String, AttributeValue> attributes(
      Map<String, software.amazon.awssdk.services.dynamodb.model.AttributeValue> item) {
    Map<String, AttributeValue> attributes = new LinkedHashMap<>();
    item.forEach((name, value) -> attributes.put(name, attribute(value)));
    return attributes;
  }

  private static AttributeValue attribute(
      software.amazon.awssdk.services.dynamodb.model.AttributeValue value) {
    return switch (value.type()) {
      case S -> AttributeValue.string(value.s());
      case N -> AttributeValue.number(value.n());
      case B -> AttributeValue.binary(value.b().asByteArrayUnsafe());
      case BOOL -> AttributeValue.bool(value.bool());
      case NUL -> AttributeValue.nul();
      case M -> AttributeValue.map(attributes(value.m()));
      case L -> AttributeValue.list(value.l().stream().map(SdkStreamProxy::attribute).toList());
      case SS -> AttributeValue.strings(value.ss());
      case NS -> AttributeValue.numbers(value.ns());
      case BS ->
          AttributeValue.binaries(value.bs().stream().map(SdkBytes::asByteArrayUnsafe).toList());
      case UNKNOWN_TO_SDK_VERSION -> AttributeValue.unknown();
    };
  }
}
