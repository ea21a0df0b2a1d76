package io.plotpalette.generator.operators;

import io.plotpalette.generator.journal.JournalEntry;
import io.plotpalette.generator.journal.JournalRequest;
import io.plotpalette.generator.journal.MalformedSegmentException;
import io.plotpalette.generator.journal.Segment;
import io.plotpalette.generator.journal.SegmentAddress;
import io.plotpalette.generator.journal.SegmentCodec;
import io.plotpalette.generator.operators.Connections.Stores;
import io.plotpalette.generator.run.RunEvent;
import io.plotpalette.generator.run.RunEvent.JournalRead;
import io.plotpalette.generator.run.RunEvent.SegmentCollided;
import io.plotpalette.generator.run.RunEvent.SegmentWritten;
import io.plotpalette.generator.tables.JobStore;
import io.plotpalette.generator.tables.JournalStore;
import io.plotpalette.model.job.InvalidJobException;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.JobDefinition.TemplateRef;
import io.plotpalette.model.job.JobProgress;
import io.plotpalette.model.job.JobState;
import io.plotpalette.model.template.TemplateDefinition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** The tables of the dataset half in memory, with their conditions; answers at once if not held. */
final class InMemoryTables implements JobStore, JournalStore, Stores {
  private final Map<String, JobDefinition> definitions = new TreeMap<>();
  private final Map<String, JobProgress> progress = new HashMap<>();
  private final Map<String, TemplateDefinition> templates = new HashMap<>();
  private final Map<String, Map<SegmentAddress, byte[]>> journals = new HashMap<>();
  private final Map<String, Integer> runs = new HashMap<>();
  private final Deque<Runnable> heldLooks = new ArrayDeque<>();
  private boolean holdLooks;
  private int looks;

  /** As the API creates it. */
  void queue(JobDefinition job) {
    definitions.put(job.jobId(), job);
    progress.put(job.jobId(), JobProgress.queued(job));
  }

  void put(TemplateRef template, TemplateDefinition definition) {
    templates.put(template.templateId() + "#" + template.version(), definition);
  }

  /** As the API stops it. */
  void replace(JobDefinition job) {
    definitions.put(job.jobId(), job);
  }

  void delete(String jobId) {
    definitions.remove(jobId);
    progress.remove(jobId);
  }

  /** As the generator gets it there. */
  void move(String jobId, JobState state) {
    JobProgress now = progress.get(jobId);
    progress.put(
        jobId,
        new JobProgress(
            jobId,
            now.userId(),
            state,
            null,
            state.isFinal() ? null : JobProgress.queueKey(definitions.get(jobId)),
            now.seq() + 1,
            now.figures(),
            now.startedAt(),
            null,
            List.of()));
  }

  /** It is there, but no job. */
  void damage(String jobId) {
    definitions.put(jobId, null);
  }

  /** From now on looks at a job are answered by {@link #answerLooks}. */
  void holdLooks() {
    holdLooks = true;
  }

  /** Those held so far. */
  void answerLooks() {
    for (int i = heldLooks.size(); i > 0; i--) {
      heldLooks.remove().run();
    }
  }

  /** The one of those held that was asked for last. */
  void answerLastLook() {
    heldLooks.removeLast().run();
  }

  int looks() {
    return looks;
  }

  /** All entries of a job's journal. */
  List<JournalEntry> journal(String jobId) {
    List<JournalEntry> entries = new ArrayList<>();
    journals.getOrDefault(jobId, Map.of()).values().stream()
        .map(InMemoryTables::decode)
        .forEach(segment -> entries.addAll(segment.entries()));
    return entries;
  }

  /** Outcomes in the journals of all jobs. */
  long outcomes() {
    return journals.keySet().stream()
        .flatMap(job -> journal(job).stream())
        .filter(JournalEntry.Outcome.class::isInstance)
        .count();
  }

  @Override
  public CompletableFuture<Optional<StoredJob>> job(String jobId) {
    looks++;
    CompletableFuture<Optional<StoredJob>> answer = new CompletableFuture<>();
    if (holdLooks) {
      heldLooks.add(() -> look(jobId, answer));
    } else {
      look(jobId, answer);
    }
    return answer;
  }

  private void look(String jobId, CompletableFuture<Optional<StoredJob>> answer) {
    if (!definitions.containsKey(jobId)) {
      answer.complete(Optional.empty());
    } else if (definitions.get(jobId) == null) {
      answer.completeExceptionally(new InvalidJobException("name is missing"));
    } else {
      answer.complete(Optional.of(new StoredJob(definitions.get(jobId), progress.get(jobId))));
    }
  }

  @Override
  public CompletableFuture<List<String>> jobIds(JobState state) {
    return CompletableFuture.completedFuture(
        definitions.keySet().stream()
            .filter(job -> progress.containsKey(job) && progress.get(job).state() == state)
            .toList());
  }

  @Override
  public CompletableFuture<Optional<TemplateDefinition>> template(TemplateRef template) {
    return CompletableFuture.completedFuture(
        Optional.ofNullable(templates.get(template.templateId() + "#" + template.version())));
  }

  @Override
  public CompletableFuture<Boolean> write(JobProgress next) {
    throw new UnsupportedOperationException("no operator writes progress");
  }

  @Override
  public CompletableFuture<RunEvent> ask(String jobId, JournalRequest request) {
    Map<SegmentAddress, byte[]> segments = journals.computeIfAbsent(jobId, job -> new HashMap<>());
    RunEvent answer;
    if (request instanceof JournalRequest.Write write) {
      byte[] existing = segments.putIfAbsent(write.address(), SegmentCodec.encode(write.segment()));
      answer =
          existing == null
              ? new SegmentWritten(write.address())
              : new SegmentCollided(write.address(), decode(existing));
    } else {
      SegmentAddress next = ((JournalRequest.Read) request).from();
      List<Segment> page = new ArrayList<>();
      while (segments.containsKey(next)) {
        page.add(decode(segments.get(next)));
        next = new SegmentAddress(next.bucket(), next.number() + 1);
      }
      answer = new JournalRead(next.bucket(), page, true);
    }
    return CompletableFuture.completedFuture(answer);
  }

  private static Segment decode(byte[] bytes) {
    try {
      return SegmentCodec.decode(bytes);
    } catch (MalformedSegmentException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public CompletableFuture<Integer> claimRun(String jobId) {
    return CompletableFuture.completedFuture(runs.merge(jobId, 1, Integer::sum));
  }

  @Override
  public JobStore jobs() {
    return this;
  }

  @Override
  public JournalStore journal() {
    return this;
  }

  @Override
  public void close() {
    // What is in the tables outlives a connection.
  }
}
