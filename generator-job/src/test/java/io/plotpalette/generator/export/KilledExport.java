package io.plotpalette.generator.export;

import io.plotpalette.generator.export.DatasetExport.Moment;
import io.plotpalette.model.job.DatasetRecord;
import io.plotpalette.model.job.JobDefinition;
import io.plotpalette.model.job.PartitionBy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A process that exports up to a moment, says so, and waits for its end. */
final class KilledExport {
  static final String AT = "at ";

  private KilledExport() {}

  /** Arguments: folder, number of records, moment. */
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int count = Integer.parseInt(args[1]);
    Moment moment = Moment.valueOf(args[2]);
    List<DatasetRecord> records = TestingOutputs.records(count);
    DatasetExport.write(
        TestingOutputs.request(job(count), records, folder),
        reached -> {
          if (reached == moment) {
            System.out.println(AT + moment);
            System.out.flush();
            waitForEver();
          }
        });
    throw new IllegalStateException("there was no moment " + moment);
  }

  static JobDefinition job(int count) {
    return TestingOutputs.job(count, PartitionBy.NONE, new JobDefinition.Dedup(0.999), null);
  }

  private static void waitForEver() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
