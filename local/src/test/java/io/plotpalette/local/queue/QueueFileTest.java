package io.plotpalette.local.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.local.TestingClock;
import io.plotpalette.local.queue.QueueDefinition.Redrive;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueueFileTest {
  private static final Duration HIDDEN = Duration.ofSeconds(30);
  private static final QueueDefinition DEAD =
      new QueueDefinition("dead", HIDDEN, Duration.ofDays(14), Optional.empty());
  private static final QueueDefinition QUEUE =
      new QueueDefinition(
          "queue", HIDDEN, Duration.ofDays(4), Optional.of(new Redrive(DEAD.name(), 2)));

  @TempDir private Path folder;

  private final TestingClock clock = new TestingClock(Instant.parse("2026-05-22T08:00:00Z"));
  private QueueFile file;

  @BeforeEach
  void open() {
    file = new QueueFile(folder, clock, UUID::randomUUID);
  }

  @AfterEach
  void close() {
    file.close();
  }

  @Test
  void aMessageIsReceivedInTheOrderItWasSentAndThenHidden() {
    send("one", "two", "three");

    assertThat(file.receive(QUEUE, 2)).extracting(QueueMessage::body).containsExactly("one", "two");
    assertThat(file.receive(QUEUE, 10)).extracting(QueueMessage::body).containsExactly("three");
    assertThat(file.receive(QUEUE, 10)).isEmpty();
    assertThat(file.receive(DEAD, 10)).isEmpty();
    assertThat(file.counts("queue")).isEqualTo(new QueueFile.Counts(0, 3, 0));
  }

  @Test
  void noMoreThanTenComeAtOnce() {
    send(Collections.nCopies(12, "x").toArray(String[]::new));

    assertThat(file.receive(QUEUE, 100)).hasSize(10);
  }

  @Test
  void whatIsNotDeletedComesAgainWithAnotherReceipt() {
    send("one");
    QueueMessage first = file.receive(QUEUE, 1).get(0);

    clock.advance(HIDDEN.minusMillis(1));
    assertThat(file.receive(QUEUE, 1)).isEmpty();
    clock.advance(Duration.ofMillis(1));
    QueueMessage second = file.receive(QUEUE, 1).get(0);

    assertThat(second.id()).isEqualTo(first.id());
    assertThat(second.receipt()).isNotEqualTo(first.receipt());
    assertThat(List.of(first.receiveCount(), second.receiveCount())).containsExactly(1, 2);
    assertThat(second.firstReceivedAt()).isEqualTo(first.firstReceivedAt());
    assertThat(second.sentAt()).isEqualTo(first.sentAt());
  }

  @Test
  void onlyTheLastReceiptDeletes() {
    send("one");
    String old = file.receive(QUEUE, 1).get(0).receipt();
    clock.advance(HIDDEN);
    String last = file.receive(QUEUE, 1).get(0).receipt();

    file.delete("queue", old);
    assertThat(file.counts("queue").all()).isEqualTo(1);
    file.delete("dead", last);
    assertThat(file.counts("queue").all()).isEqualTo(1);
    file.delete("queue", last);
    assertThat(file.counts("queue").all()).isZero();
  }

  @Test
  void whatWasHandedOutTooOftenGoesToTheDeadLetterQueue() {
    send("poison");
    String id = file.receive(QUEUE, 1).get(0).id();
    clock.advance(HIDDEN);
    assertThat(file.receive(QUEUE, 1)).hasSize(1);
    assertThat(file.counts("dead").all()).isZero();
    clock.advance(HIDDEN);

    assertThat(file.receive(QUEUE, 1)).isEmpty();

    assertThat(file.counts("queue").all()).isZero();
    assertThat(file.receive(DEAD, 1))
        .singleElement()
        .satisfies(
            dead -> {
              assertThat(dead.id()).isEqualTo(id);
              assertThat(dead.body()).isEqualTo("poison");
            });
  }

  @Test
  void aDelayedMessageComesNoEarlier() {
    file.send("queue", List.of("later"), List.of(Duration.ofSeconds(2)));

    assertThat(file.counts("queue")).isEqualTo(new QueueFile.Counts(0, 0, 1));
    clock.advance(Duration.ofMillis(1_999));
    assertThat(file.receive(QUEUE, 1)).isEmpty();
    clock.advance(Duration.ofMillis(1));
    assertThat(file.receive(QUEUE, 1)).hasSize(1);
  }

  @Test
  void aMessageIsForgottenAfterItsRetention() {
    send("one");
    clock.advance(QUEUE.retention());

    assertThat(file.receive(QUEUE, 1)).isEmpty();
    assertThat(file.counts("queue").all()).isZero();
  }

  @Test
  void whatTheProcessBeforeHadReceivedComesAgainAtOnceAndStillCounts() {
    send("one");
    QueueMessage before = file.receive(QUEUE, 1).get(0);
    file.close();
    open();

    QueueMessage after = file.receive(QUEUE, 1).get(0);

    assertThat(after.id()).isEqualTo(before.id());
    assertThat(after.receiveCount()).isEqualTo(2);
    file.delete("queue", before.receipt());
    assertThat(file.counts("queue").all()).isEqualTo(1);
  }

  @Test
  void acceptedMessagesSurviveAKill() throws Exception {
    file.close();
    List<String> accepted = KilledSender.run(folder, 25);
    // That process had the machine's clock.
    clock.advance(Duration.between(clock.instant(), Instant.now()));
    open();

    List<String> ids = new ArrayList<>();
    for (List<QueueMessage> batch = file.receive(QUEUE, 10);
        !batch.isEmpty();
        batch = file.receive(QUEUE, 10)) {
      batch.forEach(message -> ids.add(message.id()));
    }
    assertThat(accepted).hasSizeGreaterThanOrEqualTo(25);
    assertThat(ids).doesNotHaveDuplicates().containsAll(accepted);
  }

  @Test
  void concurrentReceiversNeverShareAMessage() throws Exception {
    send(Collections.nCopies(100, "x").toArray(String[]::new));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<List<QueueMessage>>> receivers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      receivers.add(threads.submit(() -> file.receive(QUEUE, 5)));
    }

    List<String> ids = new ArrayList<>();
    for (Future<List<QueueMessage>> receiver : receivers) {
      receiver.get().forEach(message -> ids.add(message.id()));
    }
    threads.shutdown();

    assertThat(ids).hasSize(100).doesNotHaveDuplicates();
  }

  private void send(String... bodies) {
    file.send("queue", List.of(bodies), Collections.nCopies(bodies.length, Duration.ZERO));
  }
}
