package io.plotpalette.local.cli;

import io.plotpalette.local.UsageException;
import io.plotpalette.local.sql.GoldCopies;
import io.plotpalette.local.sql.LakeDatabase;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a day's gold copies, as the schedule does in the cloud. */
@Command(
    name = "gold",
    description = {
      "Write the sorted, compacted copies of a day to lake/gold, for the tables whose names end in",
      "_gold. A day made again is replaced."
    },
    mixinStandardHelpOptions = true)
final class GoldCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--day",
      required = true,
      description = "The day in UTC as YYYY-MM-DD; of one that is not over, what is there now.")
  private LocalDate day;

  @Override
  public Integer call() throws Exception {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    if (day.isAfter(today)) {
      throw new UsageException("--day %s has not begun: today is %s in UTC.".formatted(day, today));
    }
    PrintWriter out = spec.commandLine().getOut();
    Path bucket = ProjectFolder.open().data().bucket();
    try (LakeDatabase lake = LakeDatabase.open(bucket)) {
      for (GoldCopies.Copy copy : new GoldCopies(bucket, lake).make(day)) {
        out.printf(
            "%-24s %8d rows, %10d bytes in %d file, from %d bytes in %d files%n",
            copy.table(),
            copy.rows(),
            copy.bytes(),
            copy.rows() == 0 ? 0 : 1,
            copy.sourceBytes(),
            copy.sourceFiles());
      }
    }
    return 0;
  }
}
