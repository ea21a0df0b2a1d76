package io.plotpalette.generator.run;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalEntry;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.JournalEntry.Outcome;
import io.plotpalette.generator.journal.JournalEntry.Result;
import io.plotpalette.generator.journal.MalformedSegmentException;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.journal.SegmentAddress;
import io.plotpalette.generator.journal.SegmentCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The table {@code call-journal} of one job, as bytes, with conditional puts. */
final class SimulatedJournalTable {
  private final Map<SegmentAddress, byte[]> items = new HashMap<>();

  /** Calls with an intent that was acknowledged. */
  private final Set<CallId> intents = new HashSet<>();

  /** By call without its attempt, the smallest epoch that journalled a usable output. */
  private final Map<CallId, Long> answered = new HashMap<>();

  /** Null if the segment was written, else what stands there. */
  Segment put(SegmentAddress address, Segment segment, Sabotage sabotage) {
    byte[] existing = items.get(address);
    if (existing != null && sabotage != Sabotage.FENCING_OFF) {
      return decode(existing);
    }
    if (sabotage.keepsJournal()) {
      items.put(address, SegmentCodec.encode(segment));
    }
    acknowledge(segment);
    return null;
  }

  void acknowledge(Segment segment) {
    for (JournalEntry entry : segment.entries()) {
      if (entry instanceof Intent) {
        intents.add(entry.call());
      } else if (entry instanceof Outcome outcome && outcome.result() instanceof Result.Answered) {
        answered.merge(withoutAttempt(entry.call()), segment.ownership().epoch(), Math::min);
      }
    }
  }

  List<Segment> read(SegmentAddress from, int atMost) {
    List<Segment> page = new ArrayList<>();
    long number = from.number();
    while (page.size() < atMost && stands(from.bucket(), number)) {
      page.add(decode(items.get(new SegmentAddress(from.bucket(), number))));
      number++;
    }
    return page;
  }

  boolean stands(int bucket, long number) {
    return items.containsKey(new SegmentAddress(bucket, number));
  }

  boolean hasIntent(CallId call) {
    return intents.contains(call);
  }

  /** Whether an owner of this epoch or an older one has journalled an output of the call's step. */
  boolean isAnswered(CallId call, long epoch) {
    return answered.getOrDefault(withoutAttempt(call), Long.MAX_VALUE) <= epoch;
  }

  private static CallId withoutAttempt(CallId call) {
    return new CallId(call.record(), call.step(), 0);
  }

  private static Segment decode(byte[] bytes) {
    try {
      return SegmentCodec.decode(bytes);
    } catch (MalformedSegmentException e) {
      throw new AssertionError(e);
    }
  }
}
