package io.plotpalette.generator.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalCursor;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.Output;
import io.plotpalette.generator.run.Counters.RecordError;
import io.plotpalette.generator.run.IndexRanges.Range;
import io.plotpalette.generator.run.RunState.Head;
import io.plotpalette.generator.run.RunState.Money;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunStateCodecTest {
  private static final StepUsage USAGE = new StepUsage(10, 20, 30, 2, "ab");
  private static final List<StepResult> STEPS =
      List.of(
          new StepResult("outline", new Output.Inline("Zürich"), USAGE),
          new StepResult("skipped", null, StepUsage.NONE),
          new StepResult("long", new Output.Stored("jobs/j/stored/1", 99_999), USAGE));

  @Test
  void headsComeBackAsTheyWere() {
    Head open =
        new Head(
            new JournalCursor(3, List.of(7L, 8L)),
            new IndexRanges(List.of(new Range(2, 5), new Range(9, 100))),
            null);
    Head ending =
        new Head(
            new JournalCursor(3, List.of(7L, 8L)),
            new IndexRanges(List.of()),
            new Ending(Ending.Kind.CANCELLED, "stopped"));

    assertThat(RunStateCodec.decodeHead(RunStateCodec.encode(open))).isEqualTo(open);
    assertThat(RunStateCodec.decodeHead(RunStateCodec.encode(ending))).isEqualTo(ending);
  }

  @Test
  void moneyAndCountersComeBackAsTheyWere() {
    Money money = new Money(12, List.of(new StepTotals(1, 2, 3, 4), StepTotals.NONE));
    Counters counters =
        new Counters(
            1, 2, 3, List.of(new RecordError(4, "story", "no"), new RecordError(5, null, "x")));

    assertThat(RunStateCodec.decodeMoney(RunStateCodec.encode(money))).isEqualTo(money);
    assertThat(RunStateCodec.decodeCounters(RunStateCodec.encode(counters))).isEqualTo(counters);
  }

  @Test
  void recordsComeBackAsTheyWere() {
    RecordState begun = RecordState.begun(3);
    RecordState called =
        new RecordState(
            4,
            2,
            3,
            1,
            new Repair(new Output.Inline("{"), "is no JSON"),
            17,
            new Intent(new CallId(4, 2, 2), 55, "cd", 16),
            USAGE,
            STEPS);

    assertThat(RunStateCodec.decodeRecord(RunStateCodec.encode(begun))).isEqualTo(begun);
    assertThat(RunStateCodec.decodeRecord(RunStateCodec.encode(called))).isEqualTo(called);
  }

  @Test
  void finishedRecordsComeBackAsTheyWere() {
    FinishedRecord ok = new FinishedRecord(1, FinishedRecord.Status.OK, STEPS, null, null, 1_000);
    FinishedRecord failed =
        new FinishedRecord(2, FinishedRecord.Status.FAILED, List.of(), "story", "no", 1_000);

    assertThat(RunStateCodec.decodeFinished(RunStateCodec.encode(ok))).isEqualTo(ok);
    assertThat(RunStateCodec.decodeFinished(RunStateCodec.encode(failed))).isEqualTo(failed);
  }

  @Test
  void saysWhichVersionItIsWhenItIsNotItsOwn() {
    byte[] bytes = RunStateCodec.encode(RecordState.begun(3));
    bytes[0] = 9;

    assertThatThrownBy(() -> RunStateCodec.decodeRecord(bytes))
        .hasMessageContaining("version 9")
        .hasMessageContaining("a later one");
  }
}
