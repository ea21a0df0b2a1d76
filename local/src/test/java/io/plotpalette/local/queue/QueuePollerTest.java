package io.plotpalette.local.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse.BatchItemFailure;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent.SQSMessage;
import io.plotpalette.local.TestingClock;
import io.plotpalette.local.gateway.LambdaRuntime;
import io.plotpalette.local.queue.QueueDefinition.Redrive;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From the queue to a handler and back, through Lambda's own serializers. */
class QueuePollerTest {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration HIDDEN = Duration.ofSeconds(30);
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final QueueDefinition DEAD =
      new QueueDefinition("dead", HIDDEN, Duration.ofDays(14), Optional.empty());
  private static final QueueDefinition QUEUE =
      new QueueDefinition(
          "queue", HIDDEN, Duration.ofDays(4), Optional.of(new Redrive(DEAD.name(), 2)));

  @TempDir private Path folder;

  private final TestingClock clock = new TestingClock(Instant.parse("2026-05-22T08:00:00Z"));
  private final List<SQSMessage> received = new CopyOnWriteArrayList<>();
  private final LambdaRuntime lambda =
      new LambdaRuntime(4, InstantSource.system(), () -> UUID.randomUUID().toString());
  private QueueFile file;

  @BeforeEach
  void open() {
    file = new QueueFile(folder, clock, UUID::randomUUID);
  }

  @AfterEach
  void close() {
    lambda.close();
    file.close();
  }

  @Test
  void whatTheHandlerHasDoneIsDeletedAndTheRestComesAgainAndThenDies() throws Exception {
    String bad = send("good", "bad", "fine").get(1);
    try (QueuePoller poller =
        poll(
            event -> failing(event.getRecords().stream().filter(m -> m.getBody().equals("bad"))))) {
      await().atMost(DEADLINE).until(() -> file.counts("queue").all() == 1);
      assertThat(received).extracting(SQSMessage::getBody).containsExactly("good", "bad", "fine");

      clock.advance(HIDDEN);
      await().atMost(DEADLINE).until(() -> received.size() == 4);
      assertThat(received.get(3).getMessageId()).isEqualTo(bad);
      assertThat(received.get(3).getAttributes()).containsEntry("ApproximateReceiveCount", "2");

      clock.advance(HIDDEN);
      await().atMost(DEADLINE).until(() -> file.counts("dead").all() == 1);
      assertThat(received).hasSize(4);
      assertThat(poller).isNotNull();
    }
  }

  @Test
  void theEventIsWhatLambdaSends() throws Exception {
    String id = send("{\"a\":1}").get(0);
    try (QueuePoller poller = poll(event -> new SQSBatchResponse(List.of()))) {
      await().atMost(DEADLINE).until(() -> file.counts("queue").all() == 0);
      assertThat(poller).isNotNull();
    }

    SQSMessage message = received.get(0);
    assertThat(message.getMessageId()).isEqualTo(id);
    assertThat(message.getBody()).isEqualTo("{\"a\":1}");
    assertThat(message.getMd5OfBody()).isEqualTo("bb6cb5c68df4652941caf652a366f2d8");
    assertThat(message.getReceiptHandle()).isNotBlank();
    assertThat(message.getEventSource()).isEqualTo("aws:sqs");
    assertThat(message.getEventSourceArn()).isEqualTo("arn:aws:sqs:us-east-1:000000000000:queue");
    assertThat(message.getAttributes())
        .containsEntry("ApproximateReceiveCount", "1")
        .containsEntry("SentTimestamp", Long.toString(clock.millis()));
  }

  @Test
  void aBatchHasNoMoreThanTen() throws Exception {
    send(Collections.nCopies(25, "x").toArray(String[]::new));
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    try (QueuePoller poller =
        poll(
            event -> {
              sizes.add(event.getRecords().size());
              return new SQSBatchResponse(List.of());
            })) {
      await().atMost(DEADLINE).until(() -> file.counts("queue").all() == 0);
      assertThat(poller).isNotNull();
    }
    assertThat(sizes).allMatch(size -> size <= 10);
    assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(25);
  }

  @Test
  void nothingOfABatchIsDeletedWhenItsHandlerThrows() throws Exception {
    assertAllStay(
        event -> {
          throw new IllegalStateException("cannot");
        });
  }

  @Test
  void nothingOfABatchIsDeletedWhenAnUnknownMessageIsReported() throws Exception {
    assertAllStay(event -> new SQSBatchResponse(List.of(new BatchItemFailure("made up"))));
    assertAllStay(event -> new SQSBatchResponse(List.of(new BatchItemFailure(null))));
  }

  @Test
  void anAnswerWithoutFailuresIsSuccess() throws Exception {
    send("one");
    try (QueuePoller poller = poll(event -> null)) {
      await().atMost(DEADLINE).until(() -> file.counts("queue").all() == 0);
      assertThat(poller).isNotNull();
    }
  }

  @Test
  void aMessageMayNotComeAgainWhileItIsWorkedOn() {
    assertThatThrownBy(
            () ->
                new QueuePoller(file, QUEUE, (event, limit) -> null, QUEUE.visibilityTimeout(), 1))
        .hasMessageContaining("queue would come again after PT30S");
  }

  private void assertAllStay(Work body) throws Exception {
    received.clear();
    int before = file.counts("queue").all();
    send("one", "two");
    try (QueuePoller poller = poll(body)) {
      await().atMost(DEADLINE).until(() -> received.size() == 2);
      assertThat(poller).isNotNull();
    }
    assertThat(file.counts("queue").all()).isEqualTo(before + 2);
  }

  private List<String> send(String... bodies) {
    return file.send("queue", List.of(bodies), Collections.nCopies(bodies.length, Duration.ZERO));
  }

  private static SQSBatchResponse failing(Stream<SQSMessage> messages) {
    return new SQSBatchResponse(
        messages.map(message -> new BatchItemFailure(message.getMessageId())).toList());
  }

  /** What a handler does with a batch. */
  private interface Work {
    SQSBatchResponse answer(SQSEvent event);
  }

  private QueuePoller poll(Work body) {
    RequestHandler<SQSEvent, SQSBatchResponse> handler =
        (event, context) -> {
          received.addAll(event.getRecords());
          return body.answer(event);
        };
    return new QueuePoller(
        file,
        QUEUE,
        lambda.function("queue", handler, SQSEvent.class, SQSBatchResponse.class),
        LIMIT,
        1);
  }
}
