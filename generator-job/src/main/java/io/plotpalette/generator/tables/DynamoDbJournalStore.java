package io.plotpalette.generator.tables;

import io.plotpalette.generator.journal.JournalRequest;
import io.plotpalette.generator.journal.MalformedSegmentException;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.journal.SegmentAddress;
import io.plotpalette.generator.journal.SegmentCodec;
import io.plotpalette.generator.run.RunEvent;
import io.plotpalette.generator.run.RunEvent.JournalRead;
import io.plotpalette.generator.run.RunEvent.JournalUnreadable;
import io.plotpalette.generator.run.RunEvent.SegmentCollided;
import io.plotpalette.generator.run.RunEvent.SegmentWritten;
import io.plotpalette.model.job.JobAttribute;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.DynamoDbAsyncClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/** Journals in the table {@code call-journal}: one item a segment, written once, read in order. */
final class DynamoDbJournalStore implements JournalStore {
  private static final String BYTES = "entries";

  /**
   * Counted from the write, since a segment of 300 KB costs as much to be marked at the job's end
   * as it did to be written. A job that lost its state after a longer run than that finds the
   * beginning of its journal gone, and fails instead of paying twice.
   */
  static final Duration KEPT = Duration.ofDays(30);

  private final DynamoDbAsyncClient client;
  private final TableRequests requests;
  private final String table;
  private final Clock clock;

  DynamoDbJournalStore(
      DynamoDbAsyncClient client, TableRequests requests, String table, Clock clock) {
    this.client = client;
    this.requests = requests;
    this.table = table;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<RunEvent> ask(String jobId, JournalRequest request) {
    return request instanceof JournalRequest.Write write
        ? write(jobId, write)
        : read(jobId, ((JournalRequest.Read) request).from());
  }

  private CompletableFuture<RunEvent> write(String jobId, JournalRequest.Write write) {
    SegmentAddress address = write.address();
    PutItemRequest put =
        onlyIfAbsent(
            address.partitionKey(jobId),
            address.sortKey(),
            SdkBytes.fromByteArrayUnsafe(SegmentCodec.encode(write.segment())));
    return requests
        .untilAnswered("writing to the journal of job " + jobId, () -> client.putItem(put))
        .<RunEvent>thenApply(written -> new SegmentWritten(address))
        .exceptionallyCompose(failure -> collision(address, failure));
  }

  private static CompletableFuture<RunEvent> collision(SegmentAddress address, Throwable failure) {
    Throwable cause = TableRequests.unwrapped(failure);
    if (!(cause instanceof ConditionalCheckFailedException collision)) {
      return CompletableFuture.failedFuture(cause);
    }
    try {
      return CompletableFuture.completedFuture(
          new SegmentCollided(address, segment(collision.item())));
    } catch (MalformedSegmentException e) {
      return CompletableFuture.completedFuture(unreadable(address, e));
    }
  }

  private CompletableFuture<RunEvent> read(String jobId, SegmentAddress from) {
    QueryRequest query =
        QueryRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .keyConditionExpression("#key = :key and #segment >= :from")
            .expressionAttributeNames(
                Map.of("#key", JobAttribute.JOURNAL_KEY, "#segment", JobAttribute.SEGMENT))
            .expressionAttributeValues(
                Map.of(
                    ":key", AttributeValue.fromS(from.partitionKey(jobId)),
                    ":from", AttributeValue.fromS(from.sortKey())))
            .build();
    return requests
        .untilAnswered("reading the journal of job " + jobId, () -> client.query(query))
        .thenApply(answer -> page(from, answer));
  }

  private static RunEvent page(SegmentAddress from, QueryResponse answer) {
    List<Segment> page = new ArrayList<>();
    for (Map<String, AttributeValue> item : answer.items()) {
      SegmentAddress address = new SegmentAddress(from.bucket(), from.number() + page.size());
      String stands = item.get(JobAttribute.SEGMENT).s();
      if (!stands.equals(address.sortKey())) {
        return new JournalUnreadable(
            "segment %s of bucket %d is gone, but %s is there"
                .formatted(address.sortKey(), from.bucket(), stands));
      }
      try {
        page.add(segment(item));
      } catch (MalformedSegmentException e) {
        return unreadable(address, e);
      }
    }
    return new JournalRead(from.bucket(), page, answer.lastEvaluatedKey().isEmpty());
  }

  private static JournalUnreadable unreadable(
      SegmentAddress address, MalformedSegmentException failure) {
    return new JournalUnreadable(
        "segment %s of bucket %d: %s"
            .formatted(address.sortKey(), address.bucket(), failure.getMessage()));
  }

  private static Segment segment(Map<String, AttributeValue> item)
      throws MalformedSegmentException {
    AttributeValue bytes = item.get(BYTES);
    return SegmentCodec.decode(
        bytes == null || bytes.b() == null ? new byte[0] : bytes.b().asByteArrayUnsafe());
  }

  @Override
  public CompletableFuture<Integer> claimRun(String jobId) {
    return lastRun(jobId).thenCompose(last -> claimRun(jobId, last + 1));
  }

  private CompletableFuture<Integer> lastRun(String jobId) {
    QueryRequest query =
        QueryRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .scanIndexForward(false)
            .limit(1)
            .keyConditionExpression("#key = :key")
            .expressionAttributeNames(Map.of("#key", JobAttribute.JOURNAL_KEY))
            .expressionAttributeValues(
                Map.of(":key", AttributeValue.fromS(jobId + JobAttribute.JOURNAL_RUNS)))
            .build();
    return requests
        .untilAnswered("reading the runs of job " + jobId, () -> client.query(query))
        .thenApply(
            answer ->
                answer.items().isEmpty()
                    ? 0
                    : Integer.parseInt(answer.items().get(0).get(JobAttribute.SEGMENT).s()));
  }

  private CompletableFuture<Integer> claimRun(String jobId, int run) {
    PutItemRequest put =
        onlyIfAbsent(
            jobId + JobAttribute.JOURNAL_RUNS,
            new SegmentAddress(0, run).sortKey(),
            SdkBytes.fromByteArrayUnsafe(new byte[0]));
    return requests
        .untilAnswered("claiming a run of job " + jobId, () -> client.putItem(put))
        .thenApply(written -> run)
        .exceptionallyCompose(
            failure ->
                TableRequests.unwrapped(failure) instanceof ConditionalCheckFailedException
                    ? claimRun(jobId)
                    : CompletableFuture.failedFuture(failure));
  }

  private PutItemRequest onlyIfAbsent(String key, String segment, SdkBytes bytes) {
    long expiresAt = clock.instant().plus(KEPT).getEpochSecond();
    return PutItemRequest.builder()
        .tableName(table)
        .item(
            Map.of(
                JobAttribute.JOURNAL_KEY,
                AttributeValue.fromS(key),
                JobAttribute.SEGMENT,
                AttributeValue.fromS(segment),
                BYTES,
                AttributeValue.fromB(bytes),
                JobAttribute.EXPIRES_AT,
                AttributeValue.fromN(Long.toString(expiresAt))))
        .conditionExpression("attribute_not_exists(#key)")
        .expressionAttributeNames(Map.of("#key", JobAttribute.JOURNAL_KEY))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
        .build();
  }
}
