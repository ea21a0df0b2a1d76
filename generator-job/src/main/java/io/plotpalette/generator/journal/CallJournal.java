package io.plotpalette.generator.journal;

import io.plotpalette.generator.journal.JournalRequest.Read;
import io.plotpalette.generator.journal.JournalRequest.Write;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;

/**
 * One owner's view of a job's call journal: it reads what others wrote, claims every bucket, and
 * then gathers entries into segments. Not thread-safe; does no input or output itself.
 *
 * <p>Claiming is what keeps two owners apart. A segment is written only where none stands, so once
 * an owner has put one of its own behind the last of a bucket, the owner before cannot append to
 * that bucket without seeing it. After all buckets are claimed no entry can appear that was not
 * read, and only then is anything counted or called.
 *
 * <p>A bucket has one write at a time: with two, the second could stand while the first does not,
 * and a reader would take the hole for the end.
 */
public final class CallJournal {

  /** Whether the journal can be written. */
  public enum Phase {
    /** It is read and claimed; what is durable may not be complete yet. */
    OPENING,
    OPEN,
    /** A newer owner has it. Nothing can be written any more. */
    LOST
  }

  private final CommitPolicy policy;
  private final String owner;
  private final List<Bucket> buckets = new ArrayList<>();
  private final Deque<Pending> pending = new ArrayDeque<>();

  private Phase phase = Phase.OPENING;
  private long newestEpoch;
  private Ownership ownership;
  private long nextSequence;
  private int emptyBytes;
  private long pendingBytes;

  /**
   * A journal that is not open yet.
   *
   * @param from what is already taken into account
   * @param owner an id no other owner has
   */
  public CallJournal(CommitPolicy policy, JournalCursor from, String owner) {
    if (from.nextNumbers().size() != policy.buckets()) {
      throw new IllegalArgumentException(
          "the journal has %d buckets, but %d are configured: a job keeps the number it started with"
              .formatted(from.nextNumbers().size(), policy.buckets()));
    }
    this.policy = policy;
    this.owner = owner;
    this.newestEpoch = from.epoch();
    for (int i = 0; i < policy.buckets(); i++) {
      buckets.add(new Bucket(new SegmentAddress(i, from.nextNumbers().get(i))));
    }
  }

  /** The first requests of a new owner. */
  public JournalStep open() {
    return step(new ArrayList<>());
  }

  /**
   * A page was read.
   *
   * @param last whether nothing stood behind it when it was read
   */
  public JournalStep read(int index, List<Segment> page, boolean last) {
    Bucket bucket = buckets.get(index);
    bucket.busy = false;
    bucket.atEnd = last;
    page.forEach(segment -> takeIn(bucket, segment));
    return step(new ArrayList<>());
  }

  /** A segment was written. */
  public JournalStep written(SegmentAddress address) {
    if (phase == Phase.LOST) {
      return JournalStep.NOTHING;
    }
    Bucket bucket = buckets.get(address.bucket());
    if (!bucket.busy || !bucket.write.address().equals(address)) {
      throw new IllegalStateException("nothing is being written to " + address);
    }
    List<JournalEntry> durable = new ArrayList<>(bucket.write.segment().entries());
    bucket.busy = false;
    bucket.write = null;
    bucket.end = address.next();
    if (phase == Phase.OPENING) {
      bucket.claimed = true;
    } else {
      bucket.folded = bucket.end;
    }
    return step(durable);
  }

  /** A segment could not be written, since {@code existing} stands there. */
  public JournalStep collided(SegmentAddress address, Segment existing) {
    if (phase == Phase.LOST) {
      return JournalStep.NOTHING;
    }
    int order = existing.ownership().compareTo(ownership);
    if (order == 0) {
      // An earlier try of the same write did arrive, though its answer did not.
      return written(address);
    }
    if (order > 0) {
      phase = Phase.LOST;
      pending.clear();
      return JournalStep.NOTHING;
    }
    if (phase == Phase.OPEN) {
      throw new JournalConflictException(
          "an owner that had lost the journal has written to it at " + address);
    }
    Bucket bucket = buckets.get(address.bucket());
    bucket.busy = false;
    bucket.write = null;
    takeIn(bucket, existing);
    return step(new ArrayList<>());
  }

  private void takeIn(Bucket bucket, Segment segment) {
    newestEpoch = Math.max(newestEpoch, segment.ownership().epoch());
    bucket.unfolded.add(segment);
    bucket.end = bucket.end.next();
  }

  /** Hands out what is ready and asks for what comes next. */
  private JournalStep step(List<JournalEntry> durable) {
    if (phase != Phase.OPENING) {
      return durable.isEmpty() ? JournalStep.NOTHING : new JournalStep(durable, List.of());
    }
    merge(durable);
    List<JournalRequest> requests = new ArrayList<>();
    // Reading keeps step with the merge, so that a long journal is never in memory as a whole,
    // until
    // the first bucket ends: the merge waits for its claim, and that for the ends of the others.
    boolean oneEnds =
        buckets.stream().anyMatch(bucket -> bucket.atEnd && bucket.unfolded.isEmpty());
    for (Bucket bucket : buckets) {
      if (!bucket.busy && !bucket.atEnd && (oneEnds || bucket.unfolded.isEmpty())) {
        bucket.busy = true;
        requests.add(new Read(bucket.end));
      }
    }
    if (buckets.stream().allMatch(bucket -> bucket.atEnd)) {
      claim(requests);
    }
    if (buckets.stream().allMatch(bucket -> bucket.claimed && bucket.unfolded.isEmpty())) {
      phase = Phase.OPEN;
    }
    return new JournalStep(durable, requests);
  }

  /**
   * Puts the segments of all buckets into one order. A bucket's next segment must be known for
   * that, or that there is none, which is certain only when the bucket is claimed.
   */
  private void merge(List<JournalEntry> durable) {
    while (buckets.stream().allMatch(bucket -> bucket.claimed || !bucket.unfolded.isEmpty())) {
      Bucket first = null;
      for (Bucket bucket : buckets) {
        if (!bucket.unfolded.isEmpty()
            && (first == null
                || Segment.ORDER.compare(bucket.unfolded.peek(), first.unfolded.peek()) < 0)) {
          first = bucket;
        }
      }
      if (first == null) {
        buckets.forEach(bucket -> bucket.folded = bucket.end);
        return;
      }
      durable.addAll(first.unfolded.remove().entries());
      first.folded = first.folded.next();
    }
  }

  private void claim(List<JournalRequest> requests) {
    if (ownership == null) {
      ownership = new Ownership(newestEpoch + 1, owner);
      emptyBytes = SegmentCodec.emptyBytes(ownership);
    }
    for (Bucket bucket : buckets) {
      if (!bucket.claimed && !bucket.busy) {
        requests.add(write(bucket, List.of()));
      }
    }
  }

  private Write write(Bucket bucket, List<JournalEntry> entries) {
    bucket.write = new Write(bucket.end, new Segment(ownership, nextSequence++, entries));
    bucket.busy = true;
    return bucket.write;
  }

  /** Lets an entry wait for its segment. */
  public void append(JournalEntry entry, long now) {
    if (phase != Phase.OPEN) {
      throw new IllegalStateException("the journal is " + phase + ", not open");
    }
    int bytes = SegmentCodec.entryBytes(entry);
    if (emptyBytes + bytes > policy.maxSegmentBytes()) {
      throw new IllegalArgumentException(
          "the entry of call %s has %d bytes, more than a segment: store its output beside it"
              .formatted(entry.call(), bytes));
    }
    pending.add(new Pending(entry, bytes, now));
    pendingBytes += bytes;
  }

  /** The segments to write now. */
  public List<JournalRequest> due(long now) {
    List<JournalRequest> writes = new ArrayList<>();
    Bucket bucket = freeBucket();
    while (bucket != null && isDue(now)) {
      writes.add(write(bucket, nextEntries()));
      bucket = freeBucket();
    }
    return writes;
  }

  /** When {@link #due} has something if nothing else happens, in epoch milliseconds. */
  public OptionalLong dueAt() {
    return pending.isEmpty() || freeBucket() == null
        ? OptionalLong.empty()
        : OptionalLong.of(pending.peek().since() + policy.maxDelayMillis());
  }

  private boolean isDue(long now) {
    return !pending.isEmpty()
        && (pending.peek().since() + policy.maxDelayMillis() <= now
            || emptyBytes + pendingBytes >= policy.maxSegmentBytes());
  }

  private List<JournalEntry> nextEntries() {
    List<JournalEntry> entries = new ArrayList<>();
    int bytes = emptyBytes;
    while (!pending.isEmpty() && bytes + pending.peek().bytes() <= policy.maxSegmentBytes()) {
      Pending next = pending.remove();
      bytes += next.bytes();
      pendingBytes -= next.bytes();
      entries.add(next.entry());
    }
    return entries;
  }

  /** The shortest one: buckets of like length are read without one waiting for the others. */
  private Bucket freeBucket() {
    Bucket shortest = null;
    for (Bucket bucket : buckets) {
      if (!bucket.busy && (shortest == null || bucket.end.number() < shortest.end.number())) {
        shortest = bucket;
      }
    }
    return shortest;
  }

  public Phase phase() {
    return phase;
  }

  /** Whether every entry is durable. */
  public boolean isIdle() {
    return pending.isEmpty() && buckets.stream().noneMatch(bucket -> bucket.busy);
  }

  /** This owner's epoch, or the one it would take now. */
  public long epoch() {
    return ownership == null ? newestEpoch + 1 : ownership.epoch();
  }

  /** What was handed out so far, for a checkpoint. */
  public JournalCursor cursor() {
    return new JournalCursor(
        ownership == null ? newestEpoch : ownership.epoch(),
        buckets.stream().map(bucket -> bucket.folded.number()).toList());
  }

  private record Pending(JournalEntry entry, int bytes, long since) {}

  private static final class Bucket {
    /** Read, but not handed out yet. */
    private final Deque<Segment> unfolded = new ArrayDeque<>();

    /** The first segment that was not handed out. */
    private SegmentAddress folded;

    /** The first address at which nothing is known to stand. */
    private SegmentAddress end;

    /** A request is under way. */
    private boolean busy;

    /** What is being written; null while reading or idle. */
    private Write write;

    private boolean atEnd;
    private boolean claimed;

    private Bucket(SegmentAddress start) {
      folded = start;
      end = start;
    }
  }
}
