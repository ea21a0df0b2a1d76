package io.plotpalette.local.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalRequest.Read;
import io.plotpalette.generator.journal.JournalRequest.Write;
import io.plotpalette.generator.journal.Ownership;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.journal.SegmentAddress;
import io.plotpalette.generator.run.RunEvent;
import io.plotpalette.generator.run.RunEvent.JournalRead;
import io.plotpalette.generator.run.RunEvent.SegmentCollided;
import io.plotpalette.generator.run.RunEvent.SegmentWritten;
import io.plotpalette.generator.tables.DynamoDbStores;
import io.plotpalette.local.PaletteServer;
import io.plotpalette.local.dynamodb.DynamoDbLocalServer;
import io.plotpalette.local.dynamodb.TableCreator;
import io.plotpalette.model.table.Tables;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** The product's own store through the witness. */
class JournalWitnessIT {
  private static final String STAGE = "test";
  private static final SegmentAddress ADDRESS = new SegmentAddress(0, 0);
  private static final Segment NEWER = segment(2, "newer");
  private static final Segment OLDER = segment(1, "older");

  private static DynamoDbLocalServer dynamoDb;

  private final String jobId = UUID.randomUUID().toString();
  private final JournalAudit audit = new JournalAudit();
  private JournalWitness witness;
  private DynamoDbStores stores;

  @BeforeAll
  static void start() {
    System.setProperty("aws.accessKeyId", "local");
    System.setProperty("aws.secretAccessKey", "local");
    dynamoDb = DynamoDbLocalServer.inMemory(0);
    try (DynamoDbClient client = DynamoDbLocalServer.client(dynamoDb.endpoint())) {
      new TableCreator(client, STAGE).createAbsent(List.of(Tables.CALL_JOURNAL));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    dynamoDb.close();
  }

  @AfterEach
  void close() throws Exception {
    stores.close();
    witness.close();
  }

  @Test
  void anOlderOwnerIsRefusedAndOnlyWhatIsAcknowledgedCounts() throws Exception {
    open(Sabotage.NONE);

    assertThat(write(NEWER)).isEqualTo(new SegmentWritten(ADDRESS));
    assertThat(write(OLDER)).isEqualTo(new SegmentCollided(ADDRESS, NEWER));

    assertThat(read()).containsExactly(NEWER);
    assertThat(witness.refused()).isEqualTo(1);
    assertThat(audit.sums().leftOpen()).isEqualTo(1);
  }

  @Test
  void withoutFencingAnOlderOwnerWritesOverANewerOne() throws Exception {
    open(Sabotage.FENCING_OFF);

    assertThat(write(NEWER)).isEqualTo(new SegmentWritten(ADDRESS));
    assertThat(write(OLDER)).isEqualTo(new SegmentWritten(ADDRESS));

    assertThat(read()).containsExactly(OLDER);
    assertThat(witness.refused()).isZero();
    assertThat(audit.sums().leftOpen()).isEqualTo(2);
  }

  @Test
  void withoutAJournalNothingIsKeptOfWhatIsAcknowledged() throws Exception {
    open(Sabotage.JOURNAL_OFF);

    assertThat(write(NEWER)).isEqualTo(new SegmentWritten(ADDRESS));

    assertThat(read()).isEmpty();
    assertThat(audit.sums().leftOpen()).isEqualTo(1);
  }

  @Test
  void runsOfAJobAreNoSegments() throws Exception {
    open(Sabotage.JOURNAL_OFF);

    assertThat(stores.journal().claimRun(jobId).get(10, TimeUnit.SECONDS)).isEqualTo(1);
    assertThat(stores.journal().claimRun(jobId).get(10, TimeUnit.SECONDS)).isEqualTo(2);
  }

  private void open(Sabotage sabotage) {
    witness =
        new JournalWitness(
            dynamoDb.endpoint(), Tables.CALL_JOURNAL.physicalName(STAGE), sabotage, audit);
    stores =
        new DynamoDbStores(
            DynamoDbStores.Address.ofStage(PaletteServer.REGION, witness.endpoint(), STAGE),
            Clock.systemUTC());
  }

  private RunEvent write(Segment segment) throws Exception {
    return stores.journal().ask(jobId, new Write(ADDRESS, segment)).get(10, TimeUnit.SECONDS);
  }

  private List<Segment> read() throws Exception {
    RunEvent answer = stores.journal().ask(jobId, new Read(ADDRESS)).get(10, TimeUnit.SECONDS);
    return ((JournalRead) answer).page();
  }

  private static Segment segment(long epoch, String owner) {
    return new Segment(
        new Ownership(epoch, owner),
        0,
        List.of(new Intent(new CallId(7, 0, 0), 10, "ab".repeat(32), 0)));
  }
}
