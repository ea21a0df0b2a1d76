package io.plotpalette.generator.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.generator.journal.CallJournal.Phase;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.JournalRequest.Read;
import io.plotpalette.generator.journal.JournalRequest.Write;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CallJournalTest {
  private static final CommitPolicy POLICY = new CommitPolicy(3, 15, 100 * 1024);
  private static final JournalCursor BEGINNING = JournalCursor.beginning(3);

  private final Map<SegmentAddress, Segment> table = new HashMap<>();

  @Test
  void aFirstOwnerClaimsEveryBucketAndOpens() {
    CallJournal journal = new CallJournal(POLICY, BEGINNING, "a");

    assertThat(open(journal)).isEmpty();

    assertThat(journal.phase()).isEqualTo(Phase.OPEN);
    assertThat(journal.epoch()).isEqualTo(1);
    assertThat(table).hasSize(3);
    assertThat(journal.cursor()).isEqualTo(new JournalCursor(1, List.of(1L, 1L, 1L)));
  }

  @Test
  void isNotOpenBeforeTheLastBucketIsClaimed() {
    CallJournal journal = new CallJournal(POLICY, BEGINNING, "a");
    List<JournalRequest> reads = journal.open().requests();
    List<JournalRequest> writes = new ArrayList<>();
    for (JournalRequest read : reads) {
      writes.addAll(journal.read(((Read) read).from().bucket(), List.of(), true).requests());
    }

    journal.written(((Write) writes.get(0)).address());
    journal.written(((Write) writes.get(1)).address());

    assertThat(journal.phase()).isEqualTo(Phase.OPENING);
    assertThatThrownBy(() -> journal.append(intent(0), 0)).hasMessageContaining("not open");
    journal.written(((Write) writes.get(2)).address());
    assertThat(journal.phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void anOwnerThatWasReplacedLosesTheJournalAtItsNextWrite() {
    CallJournal old = opened("z");
    CallJournal young = opened("a");
    assertThat(young.epoch()).isEqualTo(2);

    old.append(intent(0), 0);
    List<JournalEntry> durable = perform(old, old.due(15));

    assertThat(durable).isEmpty();
    assertThat(old.phase()).isEqualTo(Phase.LOST);
    assertThat(young.phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void whatTheOldOwnerWroteWhileTheNewOneReadIsTakenIn() {
    CallJournal old = opened("a");
    CallJournal young = new CallJournal(POLICY, BEGINNING, "b");
    List<JournalRequest> claims = new ArrayList<>();
    Deque<JournalRequest> reads = new ArrayDeque<>(young.open().requests());
    while (claims.size() < 3) {
      JournalRequest next = reads.remove();
      if (next instanceof Read read) {
        reads.addAll(readAll(young, read).requests());
      } else {
        claims.add(next);
      }
    }
    old.append(intent(0), 0);
    assertThat(perform(old, old.due(15))).containsExactly(intent(0));

    List<JournalEntry> durable = perform(young, claims);

    assertThat(durable).containsExactly(intent(0));
    assertThat(young.phase()).isEqualTo(Phase.OPEN);
  }

  @Test
  void whatDependsOnASegmentThatIsFoundLateWaitsForIt() {
    CallJournal old = opened("a");
    CallJournal young = new CallJournal(POLICY, JournalCursor.beginning(3), "b");
    List<Read> reads = new ArrayList<>();
    young.open().requests().forEach(request -> reads.add((Read) request));
    assertThat(readAll(young, reads.get(0)).durable()).isEmpty();
    // The intent goes where the new owner has read already, its outcome where it has not.
    old.append(intent(0), 0);
    assertThat(((Write) performAll(old, old.due(15)).get(0)).address().bucket()).isZero();
    old.append(outcome(0, "text"), 20);
    assertThat(((Write) performAll(old, old.due(35)).get(0)).address().bucket()).isEqualTo(1);

    List<JournalEntry> durable = new ArrayList<>();
    List<JournalRequest> claims = new ArrayList<>();
    for (Read read : reads.subList(1, 3)) {
      JournalStep step = readAll(young, read);
      durable.addAll(step.durable());
      claims.addAll(step.requests());
    }
    durable.addAll(perform(young, claims));

    assertThat(durable).containsExactly(intent(0), outcome(0, "text"));
  }

  private List<JournalRequest> performAll(CallJournal journal, List<JournalRequest> requests) {
    perform(journal, requests);
    return requests;
  }

  @Test
  void ofTwoOwnersThatReadTheSameTheGreaterStays() {
    CallJournal lesser = new CallJournal(POLICY, BEGINNING, "a");
    CallJournal greater = new CallJournal(POLICY, BEGINNING, "b");
    List<JournalRequest> lesserClaims = readToTheEnd(lesser);
    List<JournalRequest> greaterClaims = readToTheEnd(greater);

    perform(lesser, lesserClaims);
    assertThat(lesser.phase()).isEqualTo(Phase.OPEN);
    perform(greater, greaterClaims);
    lesser.append(intent(0), 0);
    perform(lesser, lesser.due(15));

    assertThat(greater.phase()).isEqualTo(Phase.OPEN);
    assertThat(lesser.phase()).isEqualTo(Phase.LOST);
  }

  @Test
  void anEarlierTryOfTheSameWriteCounts() {
    CallJournal journal = opened("a");
    journal.append(intent(0), 0);
    Write write = (Write) journal.due(15).get(0);

    JournalStep step = journal.collided(write.address(), write.segment());

    assertThat(step.durable()).containsExactly(intent(0));
    assertThat(journal.phase()).isEqualTo(Phase.OPEN);
    assertThat(journal.isIdle()).isTrue();
  }

  @Test
  void entriesGatherUntilTheOldestHasWaitedLongEnough() {
    CallJournal journal = opened("a");
    journal.append(intent(0), 100);
    journal.append(intent(1), 110);

    assertThat(journal.dueAt()).hasValue(115);
    assertThat(journal.due(114)).isEmpty();
    List<JournalRequest> due = journal.due(115);

    assertThat(due).hasSize(1);
    assertThat(((Write) due.get(0)).segment().entries()).containsExactly(intent(0), intent(1));
    assertThat(journal.dueAt()).isEmpty();
  }

  @Test
  void aFullSegmentDoesNotWaitAndNoneIsTooLarge() {
    CallJournal journal = opened("a");
    for (int i = 0; i < 4; i++) {
      journal.append(outcome(i, "x".repeat(40_000)), 0);
    }

    List<JournalRequest> due = journal.due(0);

    // Two of them fill a segment; the third and fourth have not waited, and fill none.
    assertThat(due).hasSize(1);
    assertThat(((Write) due.get(0)).segment().entries()).hasSize(2);
    assertThat(SegmentCodec.encode(((Write) due.get(0)).segment()).length)
        .isLessThanOrEqualTo(POLICY.maxSegmentBytes());
    assertThat(journal.due(15)).hasSize(1);
  }

  @Test
  void aBucketHasOneWriteAtATime() {
    CallJournal journal = opened("a");
    List<JournalRequest> writes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      journal.append(intent(i), 0);
      writes.addAll(journal.due(15));
    }

    assertThat(writes.stream().map(write -> ((Write) write).address().bucket()))
        .containsExactlyInAnyOrder(0, 1, 2);
    assertThat(journal.dueAt()).isEmpty();
    assertThat(perform(journal, writes)).hasSize(3);
    assertThat(((Write) journal.due(15).get(0)).segment().entries())
        .containsExactly(intent(3), intent(4));
  }

  @Test
  void entriesComeBackInAnOrderThatRespectsWhatDependsOnWhat() {
    CallJournal journal = opened("a");
    List<JournalEntry> written = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      // The outcome depends on the intent, and the next intent on the outcome.
      for (JournalEntry entry : List.of(intent(i), outcome(i, "text"))) {
        journal.append(entry, i);
        written.addAll(perform(journal, journal.due(i + 15)));
      }
    }

    assertThat(open(new CallJournal(POLICY, BEGINNING, "b"))).isEqualTo(written);
  }

  @Test
  void onlyWhatIsBehindTheCursorIsReadAgain() {
    CallJournal journal = opened("a");
    journal.append(intent(0), 0);
    perform(journal, journal.due(15));
    JournalCursor cursor = journal.cursor();
    journal.append(intent(1), 20);
    perform(journal, journal.due(35));

    CallJournal restored = new CallJournal(POLICY, cursor, "b");

    assertThat(open(restored)).containsExactly(intent(1));
    assertThat(restored.epoch()).isEqualTo(2);
    // Nothing stands behind this cursor: the epoch must come out of it.
    CallJournal again = new CallJournal(POLICY, restored.cursor(), "c");
    assertThat(open(again)).isEmpty();
    assertThat(again.epoch()).isEqualTo(3);
  }

  @Test
  void refusesACursorOfAnotherNumberOfBuckets() {
    assertThatThrownBy(() -> new CallJournal(POLICY, JournalCursor.beginning(2), "a"))
        .hasMessageContaining("2 buckets, but 3 are configured");
  }

  private CallJournal opened(String owner) {
    CallJournal journal = new CallJournal(POLICY, BEGINNING, owner);
    open(journal);
    assertThat(journal.phase()).isEqualTo(Phase.OPEN);
    return journal;
  }

  private List<JournalEntry> open(CallJournal journal) {
    return perform(journal, journal.open().requests());
  }

  /** Answers requests, and those that follow from them, and gives what became durable. */
  private List<JournalEntry> perform(CallJournal journal, List<JournalRequest> requests) {
    List<JournalEntry> durable = new ArrayList<>();
    Deque<JournalRequest> open = new ArrayDeque<>(requests);
    while (!open.isEmpty()) {
      JournalStep step = perform(journal, open.remove());
      durable.addAll(step.durable());
      open.addAll(step.requests());
    }
    return durable;
  }

  private JournalStep perform(CallJournal journal, JournalRequest request) {
    if (request instanceof Read read) {
      Segment next = table.get(read.from());
      return journal.read(
          read.from().bucket(),
          next == null ? List.of() : List.of(next),
          next == null || !table.containsKey(read.from().next()));
    }
    Write write = (Write) request;
    Segment existing = table.putIfAbsent(write.address(), write.segment());
    return existing == null
        ? journal.written(write.address())
        : journal.collided(write.address(), existing);
  }

  private JournalStep readAll(CallJournal journal, Read read) {
    List<Segment> page = new ArrayList<>();
    for (SegmentAddress at = read.from(); table.containsKey(at); at = at.next()) {
      page.add(table.get(at));
    }
    return journal.read(read.from().bucket(), page, true);
  }

  private List<JournalRequest> readToTheEnd(CallJournal journal) {
    List<JournalRequest> claims = new ArrayList<>();
    for (JournalRequest read : journal.open().requests()) {
      claims.addAll(readAll(journal, (Read) read).requests());
    }
    assertThat(claims).hasSize(3);
    return claims;
  }

  private static Intent intent(long record) {
    return new Intent(new CallId(record, 0, 0), 100, "ab", 1);
  }

  private static Outcome outcome(long record, String text) {
    return new Outcome(
        new CallId(record, 0, 0), new Result.Answered(new Output.Inline(text)), 1, 2, 3, 4);
  }
}
