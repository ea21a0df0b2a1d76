package io.plotpalette.generator.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.pressure.FailureClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentCodecTest {
  private static final CallId CALL = new CallId(123_456_789_012L, 2, 5);

  private static final Segment SEGMENT =
      new Segment(
          new Ownership(7, "owner-ä"),
          42,
          List.of(
              new Intent(CALL, Long.MAX_VALUE, "ab12", 1_795_262_400_000L),
              outcome(new Result.Answered(new Output.Inline("Ein Gedicht 🌊\n"))),
              outcome(new Result.Answered(new Output.Stored("jobs/1/large/3", 1_000_000))),
              outcome(new Result.Invalid(new Output.Inline("{}"), "$.title: is missing")),
              outcome(new Result.Rejected(new Output.Inline("{}"), "score 3 of 10")),
              outcome(new Result.Failed(FailureClass.TIME_OUT, "after 60 s")),
              outcome(new Result.NotMade())));

  @Test
  void readsWhatItWrote() throws Exception {
    assertThat(SegmentCodec.decode(SegmentCodec.encode(SEGMENT))).isEqualTo(SEGMENT);
  }

  @Test
  void goesOnReadingTheFirstVersion() throws Exception {
    // Written by the release that introduced it. A journal outlives a deployment: if this fails,
    // the format has changed and needs the next version number.
    byte[] golden =
        HexFormat.of()
            .parseHex(
                "0100000000000000030000000161000000000000000900000002010000000000000001000000"
                    + "000000000000000000000003e800000002616200000000000000050200000000000000010000"
                    + "000000000000010100000002686900000000000000030000000000000004000000000000000a"
                    + "00000000000000063c77cdf9");

    assertThat(SegmentCodec.decode(golden))
        .isEqualTo(
            new Segment(
                new Ownership(3, "a"),
                9,
                List.of(
                    new Intent(new CallId(1, 0, 0), 1_000, "ab", 5),
                    new Outcome(
                        new CallId(1, 0, 0),
                        new Result.Answered(new Output.Inline("hi")),
                        3,
                        4,
                        10,
                        6))));
  }

  @Test
  void knowsTheSizeOfAnEntryBeforehand() {
    int expected = SegmentCodec.emptyBytes(SEGMENT.ownership());
    for (JournalEntry entry : SEGMENT.entries()) {
      expected += SegmentCodec.entryBytes(entry);
    }
    assertThat(SegmentCodec.encode(SEGMENT)).hasSize(expected);
  }

  @Test
  void noticesEveryChangedByteAndEveryCut() {
    byte[] bytes = SegmentCodec.encode(SEGMENT);
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 4;
      assertThatThrownBy(() -> SegmentCodec.decode(changed))
          .isInstanceOf(MalformedSegmentException.class);
      byte[] cut = Arrays.copyOf(bytes, i);
      assertThatThrownBy(() -> SegmentCodec.decode(cut))
          .isInstanceOf(MalformedSegmentException.class);
    }
  }

  @Test
  void saysThatAVersionFromTheFutureNeedsALaterRelease() {
    byte[] bytes = SegmentCodec.encode(SEGMENT);
    bytes[0] = 2;

    assertThatThrownBy(() -> SegmentCodec.decode(bytes))
        .hasMessageContaining("version 2")
        .hasMessageContaining("a later one");
  }

  @Test
  void refusesWhatNoItemCanHold() {
    Outcome large =
        outcome(new Result.Answered(new Output.Inline("x".repeat(Output.MAX_INLINE_BYTES))));
    Segment tooLarge =
        new Segment(SEGMENT.ownership(), 0, new ArrayList<>(Collections.nCopies(5, large)));

    assertThatThrownBy(() -> SegmentCodec.encode(tooLarge)).hasMessageContaining("larger than");
    assertThatThrownBy(() -> new Output.Inline("ü".repeat(Output.MAX_INLINE_BYTES / 2 + 1)))
        .hasMessageContaining("store it");
  }

  @Test
  void cutsMessagesThatAreAsLongAsTheirInput() {
    assertThat(new Result.Failed(FailureClass.VALIDATION, "x".repeat(10_000)).message())
        .hasSize(500);
  }

  @Test
  void segmentsSortByNumberInTheTable() {
    assertThat(new SegmentAddress(3, 42).partitionKey("job-1")).isEqualTo("job-1#3");
    assertThat(new SegmentAddress(3, 42).sortKey()).isEqualTo("000000000042");
    assertThat(new SegmentAddress(3, 9).sortKey()).isLessThan(new SegmentAddress(3, 10).sortKey());
  }

  private static Outcome outcome(Result result) {
    return new Outcome(CALL, result, 10, 20, 300, 1_795_262_400_000L);
  }

  @Test
  void aLongMessageIsCutBetweenCharacters() {
    String message = "x".repeat(JournalEntry.MAX_TEXT - 1) + "\uD83D\uDE00";

    Result.Failed failed = new Result.Failed(FailureClass.VALIDATION, message);

    assertThat(failed.message()).isEqualTo("x".repeat(JournalEntry.MAX_TEXT - 1));
  }
}
