package io.plotpalette.generator.run;

import io.plotpalette.generator.journal.CallId;
import io.plotpalette.generator.journal.JournalCursor;
import io.plotpalette.generator.journal.JournalEntry.Intent;
import io.plotpalette.generator.journal.OutputCodec;
import io.plotpalette.generator.run.Counters.RecordError;
import io.plotpalette.generator.run.IndexRanges.Range;
import io.plotpalette.generator.run.RunState.Head;
import io.plotpalette.generator.run.RunState.Money;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The parts of a run's state as bytes, each with its version. A change of the format takes the next
 * version and goes on reading this one, since states outlive a deployment.
 */
public final class RunStateCodec {
  private static final int VERSION = 1;

  private RunStateCodec() {}

  /** The bytes of a head. */
  public static byte[] encode(Head head) {
    return bytes(
        out -> {
          out.writeLong(head.cursor().epoch());
          writeList(head.cursor().nextNumbers(), DataOutputStream::writeLong, out);
          writeList(
              head.notStarted().ranges(),
              (to, range) -> {
                to.writeLong(range.from());
                to.writeLong(range.to());
              },
              out);
          writeOptional(
              head.ending(),
              (to, ending) -> {
                OutputCodec.writeText(ending.kind().name(), to);
                writeOptional(ending.reason(), RunStateCodec::writeText, to);
              },
              out);
        });
  }

  /** The head of some bytes. */
  public static Head decodeHead(byte[] bytes) {
    return read(
        "head",
        bytes,
        in ->
            new Head(
                new JournalCursor(in.readLong(), readList(DataInputStream::readLong, in)),
                new IndexRanges(readList(from -> new Range(from.readLong(), from.readLong()), in)),
                readOptional(
                    from ->
                        new Ending(
                            Ending.Kind.valueOf(OutputCodec.readText(from)),
                            readOptional(OutputCodec::readText, from)),
                    in)));
  }

  /** The bytes of what is spent. */
  public static byte[] encode(Money money) {
    return bytes(
        out -> {
          out.writeLong(money.spent());
          writeList(
              money.steps(),
              (to, step) -> {
                to.writeLong(step.calls());
                to.writeLong(step.tokensIn());
                to.writeLong(step.tokensOut());
                to.writeLong(step.cost());
              },
              out);
        });
  }

  /** What is spent, of some bytes. */
  public static Money decodeMoney(byte[] bytes) {
    return read(
        "money",
        bytes,
        in ->
            new Money(
                in.readLong(),
                readList(
                    from ->
                        new StepTotals(
                            from.readLong(), from.readLong(), from.readLong(), from.readLong()),
                    in)));
  }

  /** The bytes of counters. */
  public static byte[] encode(Counters counters) {
    return bytes(
        out -> {
          out.writeLong(counters.ok());
          out.writeLong(counters.failed());
          out.writeLong(counters.rejected());
          writeList(
              counters.lastErrors(),
              (to, error) -> {
                to.writeLong(error.index());
                writeOptional(error.step(), RunStateCodec::writeText, to);
                OutputCodec.writeText(error.error(), to);
              },
              out);
        });
  }

  /** The counters of some bytes. */
  public static Counters decodeCounters(byte[] bytes) {
    return read(
        "counters",
        bytes,
        in ->
            new Counters(
                in.readLong(),
                in.readLong(),
                in.readLong(),
                readList(
                    from ->
                        new RecordError(
                            from.readLong(),
                            readOptional(OutputCodec::readText, from),
                            OutputCodec.readText(from)),
                    in)));
  }

  /** The bytes of a record in flight. */
  public static byte[] encode(RecordState record) {
    return bytes(
        out -> {
          out.writeLong(record.index());
          out.writeInt(record.step());
          out.writeInt(record.nextAttempt());
          out.writeInt(record.failures());
          writeOptional(
              record.repair(),
              (to, repair) -> {
                OutputCodec.write(repair.output(), to);
                OutputCodec.writeText(repair.violation(), to);
              },
              out);
          out.writeLong(record.notBefore());
          writeOptional(record.openCall(), RunStateCodec::writeIntent, out);
          writeUsage(out, record.usage());
          writeList(record.finishedSteps(), RunStateCodec::writeStep, out);
        });
  }

  /** The record in flight of some bytes. */
  public static RecordState decodeRecord(byte[] bytes) {
    return read(
        "record in flight",
        bytes,
        in ->
            new RecordState(
                in.readLong(),
                in.readInt(),
                in.readInt(),
                in.readInt(),
                readOptional(
                    from -> new Repair(OutputCodec.read(from), OutputCodec.readText(from)), in),
                in.readLong(),
                readOptional(RunStateCodec::readIntent, in),
                readUsage(in),
                readList(RunStateCodec::readStep, in)));
  }

  /** The bytes of a record that has left. */
  public static byte[] encode(FinishedRecord record) {
    return bytes(
        out -> {
          out.writeLong(record.index());
          OutputCodec.writeText(record.status().name(), out);
          writeList(record.steps(), RunStateCodec::writeStep, out);
          writeOptional(record.failedStep(), RunStateCodec::writeText, out);
          writeOptional(record.error(), RunStateCodec::writeText, out);
          out.writeLong(record.finishedAt());
        });
  }

  /** The record that has left, of some bytes. */
  public static FinishedRecord decodeFinished(byte[] bytes) {
    return read(
        "finished record",
        bytes,
        in ->
            new FinishedRecord(
                in.readLong(),
                FinishedRecord.Status.valueOf(OutputCodec.readText(in)),
                readList(RunStateCodec::readStep, in),
                readOptional(OutputCodec::readText, in),
                readOptional(OutputCodec::readText, in),
                in.readLong()));
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    OutputCodec.writeText(text, out);
  }

  private static void writeIntent(DataOutputStream out, Intent intent) throws IOException {
    out.writeLong(intent.call().record());
    out.writeInt(intent.call().step());
    out.writeInt(intent.call().attempt());
    out.writeLong(intent.reservation());
    OutputCodec.writeText(intent.promptSha256(), out);
    out.writeLong(intent.at());
  }

  private static Intent readIntent(DataInputStream in) throws IOException {
    return new Intent(
        new CallId(in.readLong(), in.readInt(), in.readInt()),
        in.readLong(),
        OutputCodec.readText(in),
        in.readLong());
  }

  private static void writeUsage(DataOutputStream out, StepUsage usage) throws IOException {
    out.writeLong(usage.tokensIn());
    out.writeLong(usage.tokensOut());
    out.writeLong(usage.cost());
    out.writeInt(usage.attempts());
    writeOptional(usage.promptSha256(), RunStateCodec::writeText, out);
  }

  private static StepUsage readUsage(DataInputStream in) throws IOException {
    return new StepUsage(
        in.readLong(),
        in.readLong(),
        in.readLong(),
        in.readInt(),
        readOptional(OutputCodec::readText, in));
  }

  private static void writeStep(DataOutputStream out, StepResult step) throws IOException {
    OutputCodec.writeText(step.step(), out);
    writeOptional(step.output(), (to, output) -> OutputCodec.write(output, to), out);
    writeUsage(out, step.usage());
  }

  private static StepResult readStep(DataInputStream in) throws IOException {
    return new StepResult(
        OutputCodec.readText(in), readOptional(OutputCodec::read, in), readUsage(in));
  }

  private static <T> void writeList(List<T> list, Writer<T> writer, DataOutputStream out)
      throws IOException {
    out.writeInt(list.size());
    for (T element : list) {
      writer.write(out, element);
    }
  }

  private static <T> List<T> readList(Reader<T> reader, DataInputStream in) throws IOException {
    int size = in.readInt();
    List<T> list = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      list.add(reader.read(in));
    }
    return list;
  }

  private static <T> void writeOptional(T value, Writer<T> writer, DataOutputStream out)
      throws IOException {
    out.writeBoolean(value != null);
    if (value != null) {
      writer.write(out, value);
    }
  }

  private static <T> T readOptional(Reader<T> reader, DataInputStream in) throws IOException {
    return in.readBoolean() ? reader.read(in) : null;
  }

  private static byte[] bytes(Body body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(VERSION);
      body.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(String what, byte[] bytes, Reader<T> reader) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IllegalStateException(
            "the %s in the state has version %d, but this release reads %d only: run the job with the release that wrote it, or a later one"
                .formatted(what, version, VERSION));
      }
      return reader.read(in);
    } catch (IOException e) {
      throw new IllegalStateException("the %s in the state cannot be read".formatted(what), e);
    }
  }

  @FunctionalInterface
  private interface Body {
    void write(DataOutputStream out) throws IOException;
  }

  @FunctionalInterface
  private interface Writer<T> {
    void write(DataOutputStream out, T value) throws IOException;
  }

  @FunctionalInterface
  private interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }
}
