package io.plotpalette.connector.streams.proxy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.DescribeStreamResponse;
import software.amazon.awssdk.services.dynamodb.model.ExpiredIteratorException;
import software.amazon.awssdk.services.dynamodb.model.GetRecordsResponse;
import software.amazon.awssdk.services.dynamodb.model.InternalServerErrorException;
import software.amazon.awssdk.services.dynamodb.model.LimitExceededException;
import software.amazon.awssdk.services.dynamodb.model.Record;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ShardIteratorType;
import software.amazon.awssdk.services.dynamodb.model.StreamStatus;
import software.amazon.awssdk.services.dynamodb.model.TrimmedDataAccessException;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;

/** {@link StreamProxy} on the AWS SDK. */
public final class SdkStreamProxy implements StreamProxy {
  private static final Set<String> THROTTLING_CODES =
      Set.of(
          "LimitExceededException",
          "ProvisionedThroughputExceededException",
          "RequestLimitExceeded",
          "ThrottlingException");

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
        call(() -> streams.getRecords(ask -> ask.shardIterator(iterator).limit(maxRecords)));
    return new Page(
        answer.records().stream().map(SdkStreamProxy::record).toList(), answer.nextShardIterator());
  }

  @Override
  public void close() {
    streams.close();
  }

  private static <T> T call(Supplier<T> request) throws StreamFailure {
    try {
      return request.get();
    } catch (SdkException e) {
      throw classify(e);
    }
  }

  /** The failure this exception means; rethrows what only a person can put right. */
  static StreamFailure classify(SdkException e) {
    String message = e.getMessage();
    if (e instanceof SdkClientException) {
      return new StreamFailure.Unavailable(message, e);
    }
    if (e instanceof AwsServiceException service) {
      AwsErrorDetails details = service.awsErrorDetails();
      String code = details == null ? "" : Objects.requireNonNullElse(details.errorCode(), "");
      if (e instanceof TrimmedDataAccessException || code.equals("TrimmedDataAccessException")) {
        return new StreamFailure.Trimmed(message, e);
      }
      if (e instanceof ExpiredIteratorException || code.equals("ExpiredIteratorException")) {
        return new StreamFailure.ExpiredIterator(message, e);
      }
      if (e instanceof ResourceNotFoundException || code.equals("ResourceNotFoundException")) {
        return new StreamFailure.Gone(message, e);
      }
      if (e instanceof LimitExceededException
          || THROTTLING_CODES.contains(code)
          || service.statusCode() == 429) {
        return new StreamFailure.Throttled(message, e);
      }
      if (e instanceof InternalServerErrorException || service.statusCode() >= 500) {
        return new StreamFailure.Unavailable(message, e);
      }
    }
    throw e;
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
