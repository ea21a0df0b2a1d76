package io.plotpalette.generator.operators;

/** A record of a dataset on its way to a file. Mutable only for Flink's serializer. */
public final class OutputLine {
  public String jobId;
  public int run;

  /** JSON without a line break. */
  public String line;

  /** For Flink. */
  public OutputLine() {}

  OutputLine(String jobId, int run, String line) {
    this.jobId = jobId;
    this.run = run;
    this.line = line;
  }
}
